# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# Every foreign library is found here. Which room may include which is the business of
# tools/check-layers.
find_package(Threads REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(pugixml REQUIRED)
find_package(CLI11 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
# Headers only, without a CMake package.
find_path(PROTOZERO_INCLUDE_DIR protozero/pbf_reader.hpp REQUIRED)
add_library(protozero INTERFACE IMPORTED)
target_include_directories(protozero SYSTEM INTERFACE ${PROTOZERO_INCLUDE_DIR})
find_path(RE2_INCLUDE_DIR re2/re2.h REQUIRED)
find_library(RE2_LIBRARY NAMES re2 REQUIRED)
add_library(re2 INTERFACE IMPORTED)
target_include_directories(re2 SYSTEM INTERFACE ${RE2_INCLUDE_DIR})
target_link_libraries(re2 INTERFACE ${RE2_LIBRARY})
find_package(tl-expected QUIET)
if(NOT TARGET tl::expected)
  # Debian 12 ships the header without a usable CMake package.
  add_library(tl::expected INTERFACE IMPORTED)
endif()
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()
find_package(httplib QUIET)
if(NOT TARGET httplib::httplib)
  # Debian builds cpp-httplib as a shared library without a CMake package.
  find_library(HTTPLIB_LIBRARY NAMES cpp-httplib REQUIRED)
  add_library(httplib::httplib INTERFACE IMPORTED)
  target_link_libraries(httplib::httplib INTERFACE ${HTTPLIB_LIBRARY} Threads::Threads)
endif()
if(BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()
