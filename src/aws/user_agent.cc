// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "aws/user_agent.h"

#include <algorithm>

#include "core/text.h"
#include "trace/xray_header.h"

namespace spawn::aws {
namespace {

constexpr std::size_t kMaxAppIdSize = 50;

// RFC 9110's token characters without '/' and '#', which part names from values.
std::string sanitised(std::string_view text) {
  std::string out(text.substr(0, kMaxAppIdSize));
  std::ranges::replace_if(
      out,
      [](char c) {
        const bool alphanumeric =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        return !alphanumeric &&
               std::string_view("!$%&'*+-.^_`|~").find(c) == std::string_view::npos;
      },
      '-');
  return out;
}

}  // namespace

std::string user_agent(std::string_view version, const core::Env& env, const Profile& profile) {
  std::string text = "spawn/" + std::string(version) + " lang/c++";
  std::string app = env.get_non_empty("AWS_SDK_UA_APP_ID").value_or("");
  if (app.empty()) app = profile.get("sdk_ua_app_id");
  app = sanitised(core::trim(app));
  if (!app.empty()) text += " app/" + app;
  return text;
}

std::string with_trace(const std::string& base, const http::Headers& headers) {
  const auto context = trace::parse_xray_header(http::header(headers, trace::kXRayHeader));
  if (!context || context->sampled != trace::XRayHeader::Sampled::yes) return base;
  return base + " md/trace#" + context->root->hex();
}

}  // namespace spawn::aws
