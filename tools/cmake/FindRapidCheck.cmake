# Finds RapidCheck (Debian: librapidcheck-dev, which ships no working CMake package) and defines rapidcheck.
include(FindPackageHandleStandardArgs)
find_path(RapidCheck_INCLUDE_DIR rapidcheck.h)
find_library(RapidCheck_LIBRARY rapidcheck)
find_package_handle_standard_args(RapidCheck REQUIRED_VARS RapidCheck_LIBRARY RapidCheck_INCLUDE_DIR)
if(RapidCheck_FOUND AND NOT TARGET rapidcheck)
  add_library(rapidcheck UNKNOWN IMPORTED)
  set_target_properties(rapidcheck PROPERTIES IMPORTED_LOCATION ${RapidCheck_LIBRARY}
                                              INTERFACE_INCLUDE_DIRECTORIES ${RapidCheck_INCLUDE_DIR})
endif()
