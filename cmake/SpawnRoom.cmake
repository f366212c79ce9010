# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# spawn_room(<name> SOURCES … HEADERS … DEPENDS <rooms> LIBRARIES <foreign targets> TESTS …)
#
# A room is a folder below src/, a namespace and a target: src/aws → spawn::aws. DEPENDS names the
# rooms that this one may include; tools/check-layers reads the same lines. Headers compile alone:
# foo.cc, which includes foo.h first, proves it; what has no such file is compiled by the target
# all_verify_interface_header_sets. Tests of a room are one program, spawn_<name>_tests.
include(GoogleTest)

function(spawn_room name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;DEPENDS;LIBRARIES;TESTS;TEST_DEPENDS" ${ARGN})
  add_library(spawn_${name} STATIC)
  add_library(spawn::${name} ALIAS spawn_${name})
  target_sources(spawn_${name} PRIVATE ${ARG_SOURCES})
  target_sources(spawn_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src
    FILES ${ARG_HEADERS})
  list(TRANSFORM ARG_SOURCES REPLACE "\\.cc$" ".h" OUTPUT_VARIABLE proved)
  set(alone ${ARG_HEADERS})
  list(REMOVE_ITEM alone ${proved})
  target_sources(spawn_${name} PUBLIC FILE_SET alone TYPE HEADERS
    BASE_DIRS ${PROJECT_SOURCE_DIR}/src FILES ${alone})
  set_target_properties(spawn_${name} PROPERTIES LINKER_LANGUAGE CXX
    VERIFY_INTERFACE_HEADER_SETS ON INTERFACE_HEADER_SETS_TO_VERIFY alone)
  list(TRANSFORM ARG_DEPENDS PREPEND spawn::)
  target_link_libraries(spawn_${name} PUBLIC spawn::flags ${ARG_DEPENDS} ${ARG_LIBRARIES})

  # Once more, for what is in a shared library; built when one asks for it. Its thread-local
  # variables are reached as fast as a program's, for which the loader has a little room.
  if(SPAWN_OPENTELEMETRY)
    add_library(spawn_${name}_pic STATIC EXCLUDE_FROM_ALL ${ARG_SOURCES})
    set_target_properties(spawn_${name}_pic PROPERTIES LINKER_LANGUAGE CXX
      POSITION_INDEPENDENT_CODE ON EXPORT_COMPILE_COMMANDS OFF)
    target_compile_options(spawn_${name}_pic PRIVATE -ftls-model=initial-exec)
    list(TRANSFORM ARG_DEPENDS REPLACE "^spawn::(.*)$" "spawn_\\1_pic" OUTPUT_VARIABLE pic_depends)
    target_link_libraries(spawn_${name}_pic PUBLIC spawn::flags ${pic_depends} ${ARG_LIBRARIES})
  endif()

  if(BUILD_TESTING AND ARG_TESTS)
    list(TRANSFORM ARG_TEST_DEPENDS PREPEND spawn::)
    add_executable(spawn_${name}_tests ${ARG_TESTS})
    target_link_libraries(spawn_${name}_tests PRIVATE spawn::${name} ${ARG_TEST_DEPENDS}
      GTest::gmock GTest::gtest_main)
    gtest_discover_tests(spawn_${name}_tests TEST_PREFIX ${name}. DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT 60 LABELS unit)
  endif()
endfunction()
