# Compiler settings shared by every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(TORPOR_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(TORPOR_FUZZ "Build the fuzzers (tools/fuzz); clang only" OFF)
option(TORPOR_MUTANTS "Build the faults that can be planted in the model (core/mutants.h)" OFF)
option(TORPOR_REAL_TESTS "Build the tests that need a real server, a real client or minutes" ON)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
# No -DNDEBUG: broken invariants abort in every build.
set(CMAKE_CXX_FLAGS_RELEASE "-O3")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")

add_library(torpor_options INTERFACE)
target_compile_options(torpor_options INTERFACE -Wall -Wextra -Wpedantic -Werror -Wshadow
                                                -Wnon-virtual-dtor -Wimplicit-fallthrough)
target_compile_definitions(torpor_options INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION
                                                    BOOST_BEAST_SEPARATE_COMPILATION)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC 12 reports false positives inside its own library and in coroutine frames at -O3.
  target_compile_options(torpor_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized
                                                  -Wno-stringop-overflow -Wno-array-bounds
                                                  -Wno-dangling-pointer)
endif()
find_program(TORPOR_LLD ld.lld)
if(TORPOR_LLD)
  target_link_options(torpor_options INTERFACE -fuse-ld=lld)  # some forty test programs are linked
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_UNITY_BUILD)
  # Sources that are compiled together are included: GCC takes them for headers, in which this would be a mistake.
  target_compile_options(torpor_options INTERFACE -Wno-subobject-linkage)
endif()
if(TORPOR_MUTANTS)
  target_compile_definitions(torpor_options INTERFACE TORPOR_MUTANTS)
endif()
target_include_directories(torpor_options INTERFACE ${PROJECT_SOURCE_DIR})
if(TORPOR_SANITIZE)
  set(flags -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_compile_options(torpor_options INTERFACE ${flags})
  target_link_options(torpor_options INTERFACE ${flags})
  target_compile_definitions(torpor_options INTERFACE TORPOR_SANITIZE)
endif()
if(TORPOR_FUZZ)
  # Its check of function types is more than clang 14 can do to an optimised coroutine.
  target_compile_options(torpor_options INTERFACE -fsanitize=fuzzer-no-link -fno-sanitize=function)
endif()
