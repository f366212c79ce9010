// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Filter::parse: recursive descent over the expression itself, every error with its place.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"
#include "view/filter.h"
#include "view/filter_node.h"
#include "view/filter_scanner.h"

namespace spawn::view {
namespace {

using Kind = FilterNode::Kind;

// Expressions come from outside, and parsing and evaluating them use the stack.
constexpr int kMaxDepth = 64;

struct Keyword {
  std::string_view name;
  FilterKeyword keyword;
};
constexpr auto kKeywords = std::to_array<Keyword>({
    {"ok", FilterKeyword::ok},
    {"error", FilterKeyword::error},
    {"fault", FilterKeyword::fault},
    {"throttle", FilterKeyword::throttle},
    {"partial", FilterKeyword::partial},
    {"root", FilterKeyword::root},
    {"inferred", FilterKeyword::inferred},
    {"responsetime", FilterKeyword::responsetime},
    {"duration", FilterKeyword::duration},
    {"http.status", FilterKeyword::http_status},
    {"http.url", FilterKeyword::http_url},
    {"http.method", FilterKeyword::http_method},
    {"http.useragent", FilterKeyword::http_useragent},
    {"http.clientip", FilterKeyword::http_clientip},
    {"user", FilterKeyword::user},
    {"name", FilterKeyword::name},
    {"type", FilterKeyword::type},
    {"message", FilterKeyword::message},
    {"instance.id", FilterKeyword::instance_id},
    {"availabilityzone", FilterKeyword::availabilityzone},
    {"resource.arn", FilterKeyword::resource_arn},
});
constexpr auto kOthers = std::to_array<std::string_view>(
    {"annotation", "service", "edge", "group.name", "group.arn", "AND", "OR", "NOT"});
// X-Ray has them; here they would be said to be unknown.
constexpr auto kUnsupported =
    std::to_array<std::string_view>({"first", "last", "remote", "index", "coverage", "json"});

struct Operator {
  std::string_view text;
  Comparison comparison;
};
// The longer one first where one begins with the other.
constexpr auto kOperators = std::to_array<Operator>({{"!=", Comparison::not_equal},
                                                     {"<=", Comparison::less_or_equal},
                                                     {">=", Comparison::greater_or_equal},
                                                     {"=", Comparison::equal},
                                                     {"<", Comparison::less},
                                                     {">", Comparison::greater}});
constexpr auto kTextOperators = std::to_array<Operator>({{"contains", Comparison::contains},
                                                         {"beginswith", Comparison::begins_with},
                                                         {"endswith", Comparison::ends_with}});
constexpr std::string_view kTextForms =
    R"(one of = != CONTAINS BEGINSWITH ENDSWITH and a text in double quotes)";
constexpr std::string_view kNumberForms = "one of = != < <= > >= and a number";
constexpr std::string_view kBooleanForms = "= or != and true or false";

bool is_order(Comparison comparison) {
  return comparison >= Comparison::less && comparison <= Comparison::greater_or_equal;
}
bool is_equality(Comparison comparison) { return comparison <= Comparison::not_equal; }

std::string suggestion(std::string_view word) {
  std::vector<std::string_view> known(kOthers.begin(), kOthers.end());
  for (const Keyword& keyword : kKeywords) known.push_back(keyword.name);
  const auto near = core::nearest(word, known);
  if (near) return fmt::format("; did you mean {}?", *near);
  return fmt::format(R"(; for a service write service("{}"))", core::visible(word));
}

class Parser : private FilterScanner {
 public:
  Parser(std::string_view text, const FindGroup& find_group)
      : FilterScanner(text), groups_(find_group) {}

  tl::expected<FilterNode, FilterError> parse() {
    FilterNode root = parse_any();
    if (!failed() && !at_end()) fail_here("AND, OR or another keyword was expected");
    if (failed()) return tl::unexpected(error());
    return root;
  }

 private:
  struct Depth {
    explicit Depth(Parser& of) : parser(of) {
      if (++parser.depth_ > kMaxDepth) {
        parser.fail_here(fmt::format("this is nested deeper than {} levels", kMaxDepth));
      }
    }
    ~Depth() { --parser.depth_; }
    Depth(const Depth&) = delete;
    Depth& operator=(const Depth&) = delete;
    Parser& parser;
  };

  // --- logic ---
  FilterNode parse_any() {
    const Depth depth(*this);
    FilterNode node;
    node.kind = Kind::any;
    do {
      node.parts.push_back(parse_all());
    } while (!failed() && take_word("OR"));
    return node.parts.size() == 1 ? std::move(node.parts[0]) : std::move(node);
  }

  bool ends_operands() {
    return at_end() || next_is(")") || next_is("}") || core::iequals(peek_word(), "OR");
  }

  // Only a whole expression may be empty: what follows AND or OR may not, nor what () hold.
  FilterNode parse_all() {
    FilterNode node;
    const bool may_be_empty = depth_ == 1 && !any_operand_ && at_end();
    if (may_be_empty) return node;
    do {
      if (ends_operands()) {
        fail_here("a keyword was expected here");
        break;
      }
      node.parts.push_back(parse_not());
      any_operand_ = true;
      if (failed()) break;
    } while (take_word("AND") || !ends_operands());
    return node.parts.size() == 1 ? std::move(node.parts[0]) : std::move(node);
  }

  FilterNode parse_not() {
    bool negated = false;
    while ((next_is("!") && !next_is("!=") && take("!")) || take_word("NOT")) negated = !negated;
    FilterNode operand = parse_operand();
    if (!negated) return operand;
    FilterNode node;
    node.kind = Kind::negation;
    node.parts.push_back(std::move(operand));
    return node;
  }

  FilterNode parse_operand() {
    if (failed()) return {};
    if (take("(")) {
      FilterNode node = parse_any();
      if (!failed()) expect(")");
      return node;
    }
    const std::size_t at = place();
    const std::string_view word = take_word();
    if (word.empty()) {
      fail_here("a keyword was expected here");
      return {};
    }
    const std::string lower = core::to_lower(word);
    if (lower == "service" || lower == "edge") return parse_visit(lower == "edge");
    if (lower == "annotation" || lower.starts_with("annotation."))
      return parse_annotation(at, word);
    if (lower == "group.name" || lower == "group.arn") return parse_group(word);
    const auto known = std::ranges::find(kKeywords, lower, &Keyword::name);
    if (known != kKeywords.end()) return parse_keyword(*known);
    refuse_word(at, word, lower);
    return {};
  }

  void refuse_word(std::size_t at, std::string_view word, const std::string& lower) {
    const bool unsupported = std::ranges::find(kUnsupported, lower) != kUnsupported.end() ||
                             lower.starts_with("rootcause.");
    const std::string shown = core::visible(word);
    fail_since(at,
               unsupported ? fmt::format("'{}' is not supported here, only by X-Ray itself", shown)
                           : fmt::format("'{}' is no keyword of filter expressions{}", shown,
                                         suggestion(word)),
               unsupported);
  }

  // --- comparisons ---
  std::optional<Comparison> take_comparison() {
    for (const Operator& op : kOperators) {
      if (take(op.text)) return op.comparison;
    }
    for (const Operator& op : kTextOperators) {
      if (take_word(op.text)) return op.comparison;
    }
    return std::nullopt;
  }

  // What looks like a misspelt CONTAINS; the keyword before it needs an operator.
  void refuse_operator(std::string_view keyword, std::string_view forms) {
    constexpr std::string_view kNames[] = {"CONTAINS", "BEGINSWITH", "ENDSWITH"};
    const auto near = core::nearest(peek_word(), kNames);
    fail_here(fmt::format("{} needs {}{}", keyword, forms,
                          near ? fmt::format("; did you mean {}?", *near) : ""));
  }

  FilterNode parse_keyword(const Keyword& keyword) {
    FilterNode node;
    node.kind = Kind::keyword;
    node.keyword = keyword.keyword;
    const bool is_boolean = keyword.keyword < FilterKeyword::responsetime;
    const bool is_number = !is_boolean && keyword.keyword < FilterKeyword::http_url;
    const auto forms = is_boolean ? kBooleanForms : is_number ? kNumberForms : kTextForms;
    const std::size_t at = place();
    const auto comparison = take_comparison();
    if (!comparison) {
      node.value = true;
      if (!is_boolean) refuse_operator(keyword.name, forms);
      return node;
    }
    node.comparison = *comparison;
    const bool fits = is_boolean  ? is_equality(*comparison)
                      : is_number ? is_equality(*comparison) || is_order(*comparison)
                                  : !is_order(*comparison);
    if (!fits) {
      fail_since(at, fmt::format("{} needs {}", keyword.name, forms));
      return node;
    }
    parse_value(node, keyword.name, forms,
                is_boolean  ? kBooleanValue
                : is_number ? kNumberValue
                            : kTextValue);
    if (failed() || !is_boolean || node.comparison == Comparison::equal) return node;
    node.comparison = Comparison::equal;
    node.value = !std::get<bool>(node.value);
    return node;
  }

  // Indices of AnnotationValue.
  static constexpr std::size_t kTextValue = 0;
  static constexpr std::size_t kBooleanValue = 1;
  static constexpr std::size_t kNumberValue = 2;

  void parse_value(FilterNode& node, std::string_view keyword, std::string_view forms,
                   std::optional<std::size_t> type) {
    const std::size_t at = place();
    auto value = take_value();
    if (failed()) return;
    if (!value || (type && value->index() != *type)) {
      std::string message = fmt::format("{} needs {}", keyword, forms);
      if (value) return fail_since(at, std::move(message));
      return fail_here(std::move(message));
    }
    node.value = std::move(*value);
  }

  // --- annotation.key, annotation[key] ---
  FilterNode parse_annotation(std::size_t at, std::string_view word) {
    constexpr std::size_t kPrefix = std::string_view("annotation.").size();
    FilterNode node;
    node.kind = Kind::has_annotation;
    if (in_visit_) {
      fail_since(at, "annotation cannot be used inside service{} or edge{}");
      return node;
    }
    if (word.size() >= kPrefix) {
      node.text = word.substr(kPrefix);
    } else if (take("[")) {
      node.text = core::trim(take_until(']').value_or(""));
      if (!expect("]")) return node;
    }
    if (node.text.empty()) {
      fail_since(at, "annotation needs a key: annotation.key or annotation[key]");
      return node;
    }
    const std::size_t before = place();
    const auto comparison = take_comparison();
    if (!comparison) return node;
    node.kind = Kind::annotation;
    node.comparison = *comparison;
    parse_value(node, "the comparison", "a text in double quotes, a number, true or false", {});
    if (failed()) return node;
    const std::size_t type = node.value.index();
    const bool fits = is_equality(*comparison) ||
                      (is_order(*comparison) ? type == kNumberValue : type == kTextValue);
    if (!fits) {
      fail_since(before, is_order(*comparison) ? "only a number has an order"
                                               : "CONTAINS, BEGINSWITH and ENDSWITH need a text");
    }
    return node;
  }

  // --- service() and edge() ---
  FilterNode parse_visit(bool edge) {
    const Depth depth(*this);
    FilterNode node;
    node.kind = edge ? Kind::edge : Kind::service;
    if (!expect("(")) return node;
    if (!next_is(")")) {
      node.to = parse_pattern();
      if (!failed() && edge && expect(",")) {
        node.from = std::exchange(node.to, {});
        node.to = parse_pattern();
      }
    }
    if (failed() || !expect(")") || !take("{")) return node;
    if (take("}")) return node;
    const bool outer = std::exchange(in_visit_, true);
    node.parts.push_back(parse_any());
    in_visit_ = outer;
    if (!failed()) expect("}");
    return node;
  }

  ServicePattern parse_pattern() {
    ServicePattern pattern;
    if (next_is("\"")) {
      pattern.name = take_text();
      return pattern;
    }
    if (!take_word("id")) {
      fail_here(
          R"(a name in double quotes or id(name: "", type: "", account.id: "") was expected)");
      return pattern;
    }
    if (!expect("(")) return pattern;
    do {
      std::optional<std::string>* member = take_word("name")         ? &pattern.name
                                           : take_word("type")       ? &pattern.type
                                           : take_word("account.id") ? &pattern.account_id
                                                                     : nullptr;
      if (member == nullptr) {
        fail_here("name, type or account.id was expected");
      } else if (expect(":")) {
        if (next_is("\"")) {
          *member = take_text();
        } else {
          fail_here("a text in double quotes was expected");
        }
      }
    } while (!failed() && take(","));
    if (!failed()) expect(")");
    return pattern;
  }

  // --- group.name, group.arn: the group's own expression stands here ---
  FilterNode parse_group(std::string_view word) {
    FilterNode node;
    if (!take("=") || !next_is("\"")) {
      fail_here(fmt::format("{} needs = and a text in double quotes", core::to_lower(word)));
      return node;
    }
    const std::size_t at = place();
    const std::string wanted = take_text();
    if (failed()) return node;
    const auto expression = groups_ ? groups_(wanted) : std::nullopt;
    if (!expression) {
      fail_since(at, fmt::format("there is no group '{}'", core::visible(wanted)));
      return node;
    }
    // A group that names groups could name itself.
    auto parsed = Parser(*expression, {}).parse();
    if (!parsed) {
      fail_since(at, fmt::format("the filter expression of this group is broken: {}",
                                 parsed.error().message));
      return node;
    }
    return std::move(*parsed);
  }

  const FindGroup& groups_;
  int depth_ = 0;
  bool in_visit_ = false;
  bool any_operand_ = false;
};

}  // namespace

tl::expected<Filter, FilterError> Filter::parse(std::string_view expression,
                                                const FindGroup& find_group) {
  auto root = Parser(expression, find_group).parse();
  if (!root) return tl::unexpected(std::move(root.error()));
  return Filter(std::make_shared<const FilterNode>(std::move(*root)));
}

}  // namespace spawn::view
