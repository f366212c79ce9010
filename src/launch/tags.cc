// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/tags.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/text.h"
#include "handoff/tags.h"

namespace spawn::launch {
namespace {

namespace tag = handoff::tag;
using core::Code;

// What a launch writes, and the option that a person has for it ("" for none).
struct Own {
  std::string_view key;
  std::string_view option;
};
constexpr std::array<Own, 12> kOwn = {{
    {tag::kManaged, ""},
    {tag::kCreatedBy, ""},
    {tag::kVersion, ""},
    {tag::kLaunchId, ""},
    {"spawn:instance-id", ""},
    {tag::kTraceparent, ""},
    {tag::kTracestate, ""},
    {tag::kCommand, "--command"},
    {tag::kJobArrayId, "--count"},
    {tag::kJobArrayName, "--job-array-name"},
    {tag::kJobArraySize, "--count"},
    {tag::kJobArrayIndex, "--count"},
}};

tl::unexpected<core::Error> bad(std::string message) {
  return core::fail(Code::invalid_argument, std::move(message));
}

// EC2 counts characters, not bytes.
std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string shown(std::string_view text) {
  return core::visible(core::utf8_prefix(text, 60)) + (text.size() > 60 ? "…" : "");
}

core::Status check_not_own(std::string_view key) {
  if (const auto own = std::ranges::find(kOwn, key, &Own::key); own != kOwn.end()) {
    return bad(own->option.empty()
                   ? fmt::format("'{}' is set by spawn itself", key)
                   : fmt::format("'{}' is set by spawn itself; use {}", key, own->option));
  }
  return core::ok();  // whether it is a setting is config's business
}

core::Status check_key(std::string_view key) {
  if (key.empty()) return bad("a tag without a name; expected NAME=VALUE");
  if (characters(key) > kMaxTagKey) {
    return bad(fmt::format("the name '{}' has {} characters; EC2 takes {}", shown(key),
                           characters(key), kMaxTagKey));
  }
  if (core::to_lower(key).starts_with("aws:")) {
    return bad(fmt::format("'{}': names that begin with 'aws:' are AWS's own", shown(key)));
  }
  return core::ok();
}

core::Status check_value(std::string_view key, std::string_view value) {
  if (characters(value) <= kMaxTagValue) return core::ok();
  return bad(fmt::format("the value of '{}' has {} characters; EC2 takes {}", shown(key),
                         characters(value), kMaxTagValue));
}

core::Status add(std::string_view text, Tags& tags) {
  if (!core::is_valid_utf8(text)) return bad(fmt::format("'{}' is no UTF-8", shown(text)));
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) {
    return bad(fmt::format("'{}' is no tag; expected NAME=VALUE", shown(text)));
  }
  const std::string key(core::trim(text.substr(0, equals)));
  if (auto good = check_key(key); !good) return good;
  if (auto good = check_not_own(key); !good) return good;
  if (!tags.emplace(key, text.substr(equals + 1)).second) {
    return bad(fmt::format("'{}' is given twice", shown(key)));
  }
  return core::ok();
}

}  // namespace

core::Result<Tags> parse_tags(const std::vector<std::string>& single,
                              const std::vector<std::string>& lists) {
  Tags tags;
  for (const std::string& text : single) {
    if (auto added = add(text, tags); !added) {
      return core::fail(std::move(added.error()).while_("--tag"));
    }
  }
  for (const std::string& list : lists) {
    for (const std::string_view text : core::split(list, ',')) {
      if (auto added = add(core::trim(text), tags); !added) {
        return core::fail(std::move(added.error()).while_("--tags"));
      }
    }
  }
  return tags;
}

core::Status check_tags(const Tags& tags) {
  for (const auto& [key, value] : tags) {
    if (auto good = check_key(key); !good)
      return core::fail(std::move(good.error()).while_("tags"));
    if (auto good = check_value(key, value); !good) {
      return core::fail(std::move(good.error()).while_("tags"));
    }
  }
  if (tags.size() <= kMaxTags) return core::ok();
  const auto ours = static_cast<std::size_t>(
      std::ranges::count_if(tags, [](const auto& tag) { return tag.first.starts_with("spawn:"); }));
  return bad(fmt::format("tags: there are {} of them, {} of which spawn needs; EC2 takes {}",
                         tags.size(), ours, kMaxTags));
}

bool fit_into_metadata(const Tags& tags) {
  return std::ranges::all_of(tags, [](const auto& tag) {
    const std::string& key = tag.first;
    const bool charset = std::ranges::all_of(key, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             std::string_view("+-=._:@,").find(c) != std::string_view::npos;
    });
    return charset && key != "." && key != ".." && key != "_index";
  });
}

}  // namespace spawn::launch
