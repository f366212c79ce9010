# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
#
# The packaged opentelemetry-cpp with its OTLP/HTTP exporter, for those who measure or test beside it.
if(TARGET stock::otlp_http)
  return()
endif()
include(StockOpenTelemetry)
add_library(stock_otlp_http INTERFACE)
add_library(stock::otlp_http ALIAS stock_otlp_http)
foreach(library opentelemetry_exporter_otlp_http opentelemetry_exporter_otlp_http_client
    opentelemetry_otlp_recordable opentelemetry_proto opentelemetry_http_client_curl)
  find_library(${library}_LIBRARY ${library} REQUIRED)
  target_link_libraries(stock_otlp_http INTERFACE ${${library}_LIBRARY})
endforeach()
target_link_libraries(stock_otlp_http INTERFACE stock_opentelemetry)
