# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The packaged opentelemetry-cpp 1.19. Its own CMake config asks for gRPC, protobuf and their code
# generators; the trace SDK needs only absl, in the flavour it was built with: HAVE_ABSEIL and ABI v1.
# Also installed, for those who use our library.
if(TARGET stock::opentelemetry)
  return()
endif()
find_path(OPENTELEMETRY_INCLUDE_DIR opentelemetry/trace/tracer.h REQUIRED)
add_library(stock_opentelemetry INTERFACE)
add_library(stock::opentelemetry ALIAS stock_opentelemetry)
target_include_directories(stock_opentelemetry SYSTEM INTERFACE ${OPENTELEMETRY_INCLUDE_DIR})
target_compile_definitions(stock_opentelemetry INTERFACE HAVE_ABSEIL OPENTELEMETRY_ABI_VERSION_NO=1)
foreach(library opentelemetry_trace opentelemetry_resources opentelemetry_common absl_bad_variant_access)
  find_library(${library}_LIBRARY ${library} REQUIRED)
  target_link_libraries(stock_opentelemetry INTERFACE ${${library}_LIBRARY})
endforeach()
