# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# spawn::flags carries the language level and the warnings. Strictness (-Werror) is the developer's:
# the presets switch it on, a packager's plain build does not.
option(SPAWN_WERROR "Treat warnings as errors" OFF)
option(SPAWN_BENCH "Build the benchmarks (needs opentelemetry-cpp-dev and libbenchmark-dev)" OFF)
option(SPAWN_OPENTELEMETRY "Build the library for OpenTelemetry (needs opentelemetry-cpp-dev and libabsl-dev)" OFF)
option(SPAWN_FUZZ "Build the fuzz targets (needs clang)" OFF)
set(SPAWN_SANITIZE "" CACHE STRING "Value for -fsanitize=, empty for none")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)

find_program(CCACHE ccache)
if(CCACHE)
  # Clones in other folders share what was compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} ${CCACHE})
endif()

add_library(spawn_flags INTERFACE)
add_library(spawn::flags ALIAS spawn_flags)
target_compile_options(spawn_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-qual -Wformat=2
  -Wundef -Wvla
  # For the stacks of sanitizers and profilers; what is shipped goes without.
  $<$<NOT:$<CONFIG:Release>>:-fno-omit-frame-pointer>
  # g++ 12 sees phantoms at -O2: inside std::variant (GCC bug 105562 and its kin), and behind a
  # bounds check that it did not follow.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<BOOL:${SPAWN_WERROR}>:-Werror>
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(SPAWN_SANITIZE)
  target_compile_options(spawn_flags INTERFACE
    -fsanitize=${SPAWN_SANITIZE} -fno-sanitize-recover=all)
  # The compilers have no common word for it.
  target_compile_definitions(spawn_flags INTERFACE SPAWN_SANITIZED)
  target_link_options(spawn_flags INTERFACE -fsanitize=${SPAWN_SANITIZE})
endif()
target_include_directories(spawn_flags INTERFACE ${PROJECT_SOURCE_DIR}/src)
