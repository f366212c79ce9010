// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The corpus tests/golden/map: documents in, summaries and service graph out,
// as X-Ray's API writes them. After a wanted change UPDATE_GOLDEN=1 writes what
// comes out anew; read the difference before committing it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/json.h"
#include "view/service_graph.h"
#include "view/summary.h"
#include "view/xray_json.h"
#include "xray/facts.h"

namespace spawn::view {
namespace {

constexpr std::size_t kFewestCases = 20;

std::vector<std::string> files() {
  std::vector<std::string> paths;
  for (const auto& file : std::filesystem::directory_iterator(SPAWN_MAP_GOLDEN_DIR)) {
    if (file.path().extension() == ".txt") paths.push_back(file.path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string read(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// A summary a line, by trace id, then a service a line.
std::string answer(const std::vector<std::string>& documents) {
  std::map<trace::TraceId, std::vector<trace::SegmentFacts>> traces;
  for (const std::string& text : documents) {
    const auto document = core::Json::parse(text);
    EXPECT_TRUE(document.has_value()) << text;
    const auto id = trace::TraceId::from_xray(document->text_at("trace_id"));
    EXPECT_TRUE(id.has_value()) << text;
    if (id) xray::add_facts(*document, traces[*id]);
  }
  core::CharBuffer buffer;
  core::JsonWriter out(buffer);
  ServiceGraphBuilder graph;
  for (const auto& [id, facts] : traces) {
    const TraceSummary summary = summarize(id, facts);
    write_summary(summary, out);
    buffer.append("\n");
    graph.add(summary);
  }
  std::string text(buffer.view());
  buffer.clear();
  write_services(graph.build(), out);
  const auto services = core::Json::parse(buffer.view());
  EXPECT_TRUE(services.has_value() && services->array() != nullptr);
  for (const core::Json& service : *services->array()) text += service.to_text() + '\n';
  return text;
}

std::string made_anew(const std::string& text, std::size_t& cases) {
  std::istringstream lines(text);
  std::string result;
  std::vector<std::string> documents;
  const auto finish = [&] {
    if (documents.empty()) return;
    result += "--\n" + answer(documents) + '\n';
    documents.clear();
    ++cases;
  };
  bool answers = false;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("#") || line.starts_with("== ")) {
      finish();
      answers = false;
      result += line + '\n';
      if (line.starts_with("#")) result += '\n';
    } else if (line == "--") {
      answers = true;
    } else if (!answers && !line.empty()) {
      documents.push_back(line);
      result += line + '\n';
    }
  }
  finish();
  return result;
}

TEST(MapCorpus, documents_become_their_summaries_and_their_graph) {
  std::size_t cases = 0;
  for (const std::string& path : files()) {
    const std::string wanted = read(path);
    const std::string made = made_anew(wanted, cases);
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << made;
    EXPECT_EQ(wanted, made) << path;
  }
  EXPECT_GE(cases, kFewestCases);
}

TEST(MapCorpus, the_order_of_documents_does_not_matter) {
  for (const std::string& path : files()) {
    std::istringstream lines(read(path));
    std::vector<std::string> documents;
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with(R"({"id")")) documents.push_back(line);
    }
    const std::string forwards = answer(documents);
    std::ranges::reverse(documents);
    EXPECT_EQ(answer(documents), forwards) << path;
  }
}

}  // namespace
}  // namespace spawn::view
