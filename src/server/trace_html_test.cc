// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/trace_html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "trace/attributes.h"

namespace spawn::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string page_of(std::string_view name) {
  trace::Resource resource;
  resource.set(trace::key::kServiceName, std::string("shop"));
  trace::Trace trace;
  trace.id = *trace::TraceId::from_user("65f0a1b2c3d4e5f60718293a4b5c6d7e");
  trace::SpanRecord& span = trace.spans.emplace_back();
  span.trace_id = trace.id;
  span.span_id = {1};
  span.start_ns = 1'767'323'045'000'000'000;
  span.end_ns = span.start_ns + 1'000'000;
  span.set_name(name);
  span.resource = &resource;
  return trace_html(trace, span.end_ns);
}

TEST(TraceHtml, has_the_trace_and_the_page_in_one_file) {
  const std::string page = page_of("checkout");
  EXPECT_THAT(page, HasSubstr("checkout"));
  EXPECT_THAT(page, HasSubstr("export_main.js"));
  EXPECT_THAT(page, Not(HasSubstr("{{data}}")));
  EXPECT_THAT(page, Not(HasSubstr("{{modules}}")));
  EXPECT_THAT(page, Not(HasSubstr(" src=")));
}

TEST(TraceHtml, names_end_no_element_and_begin_none) {
  const std::string page = page_of("</script><script>alert(1)</script> {{loader}}");
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("\\u003c/script>"));
  // A mark in a name is a name.
  EXPECT_THAT(page, HasSubstr("{{loader}}"));
}

}  // namespace
}  // namespace spawn::server
