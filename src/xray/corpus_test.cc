// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Prints a thousand segment documents of all shapes, one a line, under all settings, and those of
// some trees of spans, for tests/schema/check_documents.
#include <cstdio>
#include <string>

#include "xray/document.h"
#include "xray/test_records.h"
#include "xray/test_spans.h"

int main() {
  using namespace spawn;
  using Annotate = xray::DocumentSettings::Annotate;
  testing::FakeRng rng;
  xray::RandomSpans spans(rng);
  for (int i = 0; i < 1200; ++i) {
    const trace::Resource resource = spans.resource();
    const trace::SpanRecord record = spans.span(resource);
    xray::DocumentSettings settings;
    settings.annotate = static_cast<Annotate>(i % 3);
    if (i % 2 == 0) settings.annotation_keys = {"key 0", "key 1", "otel.resource.service.name"};
    if (i % 5 == 0) settings.log_groups = {"/group", std::string(5000, 'g')};
    core::CharBuffer buffer;
    core::JsonWriter out(buffer);
    xray::write_document(record, out, settings);
    std::printf("%s\n", std::string(buffer.view()).c_str());
  }
  for (int i = 0; i < 25; ++i) {
    const trace::Resource resource = spans.resource();
    for (const std::string& document : xray::tree_documents(spans.tree(resource, 40))) {
      std::printf("%s\n", document.c_str());
    }
  }
}
