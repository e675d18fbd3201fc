# SPDX-License-Identifier: AGPL-3.0-or-later
include(CTest)
include(GoogleTest)

# ankisync_test(<name> SOURCES <files…> LIBRARIES <targets…>): one GoogleTest program, every case a ctest of its own.
function(ankisync_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE project_options ${ARG_LIBRARIES} GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name} PRIVATE ANKISYNC_VECTORS="${CMAKE_SOURCE_DIR}/tests/vectors")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  set(properties LABELS unit TIMEOUT 300)  # a hang is a failure, soon
  if(ANKISYNC_SANITIZE MATCHES "thread")
    list(APPEND properties ENVIRONMENT "TSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/tsan.supp")
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 PROPERTIES ${properties})
endfunction()
