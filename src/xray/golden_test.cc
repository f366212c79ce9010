// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The corpus tests/golden/xray: span in, document out, one file a block. After a wanted change
// UPDATE_GOLDEN=1 writes the documents anew; read the difference before committing it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "core/text.h"
#include "trace/jsonl.h"
#include "xray/document.h"

namespace spawn::xray {
namespace {

constexpr std::size_t kFewestCases = 150;

std::vector<std::string> files() {
  std::vector<std::string> paths;
  for (const auto& file : std::filesystem::directory_iterator(SPAWN_GOLDEN_DIR)) {
    if (file.path().extension() == ".txt") paths.push_back(file.path().string());
  }
  std::ranges::sort(paths);
  return paths;
}

std::string read(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// "it shows this --annotate a --log-group g" → its settings.
DocumentSettings settings_of(std::string_view title) {
  DocumentSettings settings;
  std::istringstream words{std::string(title)};
  for (std::string word; words >> word;) {
    if (word == "--annotate-all") settings.annotate = DocumentSettings::Annotate::all;
    if (word == "--no-annotations") settings.annotate = DocumentSettings::Annotate::none;
    if (word == "--annotate" && words >> word) settings.annotation_keys.push_back(word);
    if (word == "--log-group" && words >> word) settings.log_groups.push_back(word);
  }
  return settings;
}

std::string document_of(const std::string& span, std::string_view title) {
  const auto set = trace::JsonLinesFormat().read(span);
  if (!set || set->spans.size() != 1) return "no span";
  const DocumentSettings settings = settings_of(title);
  core::CharBuffer plain;
  core::JsonWriter plain_out(plain);
  write_document(set->spans[0], plain_out, settings);
  return std::string(plain.view());
}

// The file with every document made anew.
std::string made_anew(const std::string& text, std::set<std::string>& titles) {
  std::istringstream lines(text);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    result += line + '\n';
    if (!line.starts_with("== ")) continue;
    EXPECT_TRUE(titles.insert(line).second) << line << " is there twice";
    std::string span;
    std::string document;
    std::getline(lines, span);
    std::getline(lines, document);
    result += span + '\n' + document_of(span, line) + '\n';
  }
  return result;
}

TEST(Corpus, every_span_becomes_its_document) {
  std::size_t cases = 0;
  for (const std::string& path : files()) {
    const std::string wanted = read(path);
    std::set<std::string> titles;
    const std::string made = made_anew(wanted, titles);
    cases += titles.size();
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << made;
    std::istringstream a(wanted);
    std::istringstream b(made);
    std::string title;
    for (std::string x, y; std::getline(a, x) && std::getline(b, y);) {
      if (x.starts_with("== ")) title = x;
      EXPECT_EQ(x, y) << path << ": " << title;
    }
  }
  EXPECT_GE(cases, kFewestCases);
}

}  // namespace
}  // namespace spawn::xray
