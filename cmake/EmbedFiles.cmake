# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# spawn_embed(<output.cc> <folder> FILES <paths below the folder>...): the files as C++ arrays, for
# server/page_files.h. Run as a script (-P) it writes the output anew; CMake runs it when a file has changed.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  function(spawn_embed output folder)
    cmake_parse_arguments(ARG "" "" "FILES" ${ARGN})
    list(TRANSFORM ARG_FILES PREPEND ${folder}/ OUTPUT_VARIABLE paths)
    string(REPLACE ";" "|" names "${ARG_FILES}")
    add_custom_command(OUTPUT ${output}
      COMMAND ${CMAKE_COMMAND} -D OUTPUT=${output} -D FOLDER=${folder} -D "NAMES=${names}"
        -P ${CMAKE_CURRENT_FUNCTION_LIST_FILE}
      DEPENDS ${paths} ${CMAKE_CURRENT_FUNCTION_LIST_FILE} VERBATIM)
  endfunction()
  return()
endif()

set(types html "text/html; charset=utf-8" js "text/javascript; charset=utf-8" css "text/css; charset=utf-8"
  svg "image/svg+xml" png "image/png" json "application/json" txt "text/plain; charset=utf-8" woff2 "font/woff2")
string(REPLACE "|" ";" names "${NAMES}")
set(arrays "")
set(table "")
set(sums "")
set(number 0)
foreach(name ${names})
  file(READ ${FOLDER}/${name} bytes HEX)
  file(SHA256 ${FOLDER}/${name} sum)
  string(APPEND sums "${name} ${sum} ")
  string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
  string(REGEX REPLACE ".*\\." "" ending ${name})
  list(FIND types ${ending} at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${name}: no content type is known for .${ending} (cmake/EmbedFiles.cmake)")
  endif()
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  string(APPEND arrays "constexpr unsigned char kFile${number}[] = {${bytes}0};\n")
  string(APPEND table "    {\"/${name}\", \"${type}\", text(kFile${number}, sizeof kFile${number} - 1)},\n")
  math(EXPR number "${number} + 1")
endforeach()
string(SHA256 version "${sums}")
string(SUBSTRING ${version} 0 16 version)
file(WRITE ${OUTPUT} "// Made by cmake/EmbedFiles.cmake.
#include \"server/page_files.h\"

namespace spawn::server {
namespace {

${arrays}
std::string_view text(const unsigned char* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

const std::vector<PageFile>& page_files() {
  static const std::vector<PageFile> files = {
${table}  };
  return files;
}

std::string_view page_version() { return \"${version}\"; }

}  // namespace spawn::server
")
