# torpor_library(NAME HEADERS ... SOURCES ... DEPS ... TESTS ... REAL_TESTS ... TEST_DEPS ...)
#
# One folder, one target. NAME.h files are the folder's public surface; each is compiled alone
# (all_verify_interface_header_sets). TESTS sit beside the sources and become one test program,
# NAME_test. REAL_TESTS need a real server: NAME_real_test, with
# the label `real`.
include(GoogleTest)

# A test's own code is compiled quickly rather than well: what nearly every one includes is compiled once
# for all, and without optimisation. What it tests is built as everybody gets it; with the sanitizers only that is
# watched for undefined behaviour, which costs half of the compiling of a test.
if(TORPOR_SANITIZE)
  set(torpor_quickly -O0 -fno-sanitize=undefined)
else()
  set(torpor_quickly -O0)
endif()
function(torpor_compile_quickly program)
  if(NOT TARGET torpor_test_headers)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/test_headers.cc CONTENT "")
    add_library(torpor_test_headers OBJECT ${PROJECT_BINARY_DIR}/test_headers.cc)
    target_link_libraries(torpor_test_headers PRIVATE torpor_options nlohmann_json::nlohmann_json GTest::gmock GTest::gtest)
    target_compile_options(torpor_test_headers PRIVATE ${torpor_quickly})
    target_precompile_headers(torpor_test_headers PRIVATE <gmock/gmock.h> <gtest/gtest.h> <nlohmann/json.hpp>)
  endif()
  target_compile_options(${program} PRIVATE ${torpor_quickly})
  target_precompile_headers(${program} REUSE_FROM torpor_test_headers)
endfunction()

# What nearly every source includes is compiled once for all of them: two fifths of a build.
function(torpor_precompile target)
  if(NOT TARGET torpor_common_headers)
    file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/common_headers.cc CONTENT "")
    add_library(torpor_common_headers OBJECT ${PROJECT_BINARY_DIR}/common_headers.cc)
    target_link_libraries(torpor_common_headers PRIVATE torpor_options nlohmann_json::nlohmann_json)
    target_precompile_headers(torpor_common_headers PRIVATE
      <algorithm> <array> <chrono> <coroutine> <filesystem> <fstream> <functional> <map> <memory> <optional> <set>
      <sstream> <string> <string_view> <variant> <vector> <nlohmann/json.hpp>)
  endif()
  target_precompile_headers(${target} REUSE_FROM torpor_common_headers)
endfunction()

function(torpor_library name)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;DEPS;TESTS;REAL_TESTS;TEST_DEPS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON LINKER_LANGUAGE CXX)
  target_link_libraries(${name} PUBLIC torpor_options ${ARG_DEPS})
  torpor_precompile(${name})
  if(ARG_TESTS)
    torpor_test_program(${name}_test LIBRARY ${name} SOURCES ${ARG_TESTS} DEPS ${ARG_TEST_DEPS})
  endif()
  if(ARG_REAL_TESTS AND TORPOR_REAL_TESTS)
    torpor_test_program(${name}_real_test LIBRARY ${name} SOURCES ${ARG_REAL_TESTS} DEPS ${ARG_TEST_DEPS} LABELS real)
  endif()
endfunction()

function(torpor_test_program program)
  cmake_parse_arguments(ARG "" "LIBRARY;LABELS" "SOURCES;DEPS" ${ARGN})
  add_executable(${program} ${ARG_SOURCES})
  target_link_libraries(${program} PRIVATE ${ARG_LIBRARY} ${ARG_DEPS} rapidcheck GTest::gmock GTest::gtest_main)
  torpor_compile_quickly(${program})
  set(properties TIMEOUT 300)
  if(ARG_LABELS)
    list(APPEND properties LABELS ${ARG_LABELS})
  endif()
  torpor_list_tests(${program} PREFIX ${ARG_LIBRARY}. PROPERTIES ${properties})
endfunction()

# CTest lists a program's tests one by one; by programs (WHOLE) where its tests share what takes long, and with the
# sanitizers, where a process takes long to begin.
function(torpor_list_tests program)
  cmake_parse_arguments(ARG "WHOLE" "PREFIX" "PROPERTIES" ${ARGN})
  if(TORPOR_SANITIZE OR ARG_WHOLE)
    add_test(NAME ${ARG_PREFIX}all COMMAND ${program} --gtest_brief=1)
    set_tests_properties(${ARG_PREFIX}all PROPERTIES ${ARG_PROPERTIES} TIMEOUT 1200)
  else()
    gtest_discover_tests(${program} TEST_PREFIX ${ARG_PREFIX} DISCOVERY_TIMEOUT 60 PROPERTIES ${ARG_PROPERTIES})
  endif()
endfunction()
