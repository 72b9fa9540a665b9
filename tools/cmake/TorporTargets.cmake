# torpor_library(NAME HEADERS ... SOURCES ... DEPS ... TESTS ... TEST_DEPS ...)
#
# One folder, one target. NAME.h files are the folder's public surface; each is compiled alone
# (all_verify_interface_header_sets). TESTS sit beside the sources and become one test program,
# NAME_test, whose cases CTest lists one by one.
include(GoogleTest)

function(torpor_library name)
  cmake_parse_arguments(ARG "" "" "HEADERS;SOURCES;DEPS;TESTS;TEST_DEPS;TEST_LABELS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_sources(${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ARG_HEADERS})
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON LINKER_LANGUAGE CXX)
  target_link_libraries(${name} PUBLIC torpor_options ${ARG_DEPS})
  if(ARG_TESTS)
    add_executable(${name}_test ${ARG_TESTS})
    target_link_libraries(${name}_test PRIVATE ${name} ${ARG_TEST_DEPS} rapidcheck GTest::gmock
                                               GTest::gtest_main)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 300 LABELS "${ARG_TEST_LABELS}")
  endif()
endfunction()
