// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/agent_package.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "aws/services/s3.h"
#include "aws/services/s3_bucket.h"
#include "aws/services/s3_presign.h"
#include "aws/services/s3_upload.h"
#include "aws/services/sts.h"
#include "aws/sigv4.h"
#include "core/text.h"
#include "core/url.h"
#include "http/body.h"

namespace spawn::launch {
namespace {

using core::Code;
namespace s3 = aws::s3;

// An instance fetches within minutes of its launch; a link that lives longer helps nobody.
constexpr std::chrono::seconds kLinkLives{900};

core::Result<PackageLink> link_to_object(aws::Session& session, const s3::ObjectName& name,
                                         std::string sha256, bool with_role, core::Clock& clock) {
  const auto endpoint = session.endpoint(s3::kService);
  if (!endpoint) return core::fail(endpoint.error());
  PackageLink link{"", std::move(sha256), with_role, endpoint->region};
  core::Result<std::string> url;
  if (with_role) {
    url = s3::object_url(*endpoint, name);
  } else {
    const auto credentials = session.credentials().get();
    if (!credentials) return core::fail(credentials.error());
    url = s3::presigned_get(*credentials, *endpoint, name, kLinkLives, clock);
  }
  if (!url) return core::fail(std::move(url.error()));
  link.url = std::move(*url);
  return link;
}

struct AgentUrl {
  std::string url;
  std::string sha256;
};
core::Result<AgentUrl> parse(const std::string& text) {
  constexpr std::string_view kHash = "#sha256=";
  AgentUrl parsed{text, ""};
  if (const auto hash = text.find('#'); hash != std::string::npos) {
    parsed = {text.substr(0, hash), text.substr(hash)};
    const bool hex = parsed.sha256.starts_with(kHash) &&
                     parsed.sha256.size() == kHash.size() + 64 &&
                     std::ranges::all_of(parsed.sha256.substr(kHash.size()), [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                     });
    if (!hex) {
      return core::fail(Code::invalid_argument,
                        "--agent-url: after '#' expected sha256= and 64 hex digits");
    }
    parsed.sha256 = parsed.sha256.substr(kHash.size());
  }
  if (parsed.url.starts_with("s3://")) {
    const auto slash = parsed.url.find('/', 5);
    if (slash == std::string::npos || slash == 5 || slash + 1 == parsed.url.size()) {
      return core::fail(Code::invalid_argument, "--agent-url: expected s3://BUCKET/KEY");
    }
    return parsed;
  }
  const auto url = core::Url::parse(parsed.url);
  if (!url) return core::fail(core::Error(url.error()).while_("--agent-url"));
  if (url->query.find("X-Amz-Security-Token=") != std::string::npos) {
    return core::fail(Code::invalid_argument,
                      "--agent-url: its query holds a session token, which user-data would show to "
                      "whoever may describe the instance; give s3://BUCKET/KEY with --iam-role");
  }
  if (url->scheme == "http" && parsed.sha256.empty()) {
    return core::fail(Code::invalid_argument,
                      "--agent-url: over http nothing vouches for the package; add "
                      "#sha256=… to the URL, or use https");
  }
  return parsed;
}

}  // namespace

core::Result<std::string> find_package(const std::string& folder, const std::string& architecture) {
  std::error_code error;
  std::string best;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename();
    if (name.starts_with("spored_") && name.ends_with("_" + architecture + ".deb")) {
      best = std::max(best, entry.path().string());
    }
  }
  if (!best.empty()) return best;
  return core::fail(Code::not_found,
                    fmt::format("this spawn carries no agent for {} (looked in {}); give "
                                "--agent-url, or --no-agent to launch without it",
                                architecture, folder));
}

core::Result<PackageLink> stage_package(aws::Session& session, telemetry::Tracer& tracer,
                                        const std::string& path, bool with_role,
                                        core::Deadline deadline) {
  auto file = http::FileSource::open(path);
  if (!file) return core::fail(std::move(file.error()));
  auto sha256 = aws::sigv4::sha256_hex(*file);
  if (!sha256) return core::fail(std::move(sha256.error()));
  const auto sts = session.endpoint(aws::sts::kService);
  if (!sts) return core::fail(sts.error());
  const auto who = aws::sts::get_caller_identity(session.caller(), *sts, deadline);
  if (!who) return core::fail(who.error());
  const auto endpoint = session.endpoint(s3::kService);
  if (!endpoint) return core::fail(endpoint.error());

  const s3::ObjectName name{fmt::format("spawn-agent-{}-{}", who->account, endpoint->region),
                            *sha256};
  const auto there = s3::head_object(session.caller(), *endpoint, name, deadline);
  if (!there && there.error().code != Code::not_found) return core::fail(there.error());
  if (!there) {
    if (auto made = s3::create_bucket(session.caller(), *endpoint, name.bucket, deadline); !made) {
      return core::fail(std::move(made.error()));
    }
    s3::NewObject object;
    object.name = name;
    object.content_type = "application/vnd.debian.binary-package";
    const auto put = s3::upload_file(session.caller(), tracer, *endpoint, object, path, deadline);
    if (!put) return core::fail(put.error());
  }
  return link_to_object(session, name, std::move(*sha256), with_role, tracer.clock());
}

core::Result<PackageLink> link_to(aws::Session& session, const std::string& agent_url,
                                  bool with_role, core::Clock& clock) {
  auto parsed = parse(agent_url);
  if (!parsed) return core::fail(std::move(parsed.error()));
  if (!parsed->url.starts_with("s3://")) {
    return PackageLink{std::move(parsed->url), std::move(parsed->sha256), false, ""};
  }
  const auto slash = parsed->url.find('/', 5);
  return link_to_object(session, {parsed->url.substr(5, slash - 5), parsed->url.substr(slash + 1)},
                        std::move(parsed->sha256), with_role, clock);
}

core::Status check_link(aws::Session& session, const Plan& plan) {
  const bool elsewhere = !plan.agent_url.empty() && !plan.agent_url.starts_with("s3://");
  if (!plan.with_agent || !plan.iam_role.empty() || elsewhere) return core::ok();
  const auto credentials = session.credentials().get();
  if (!credentials) return core::fail(credentials.error());
  if (credentials->session_token.empty()) return core::ok();
  return core::fail(
      Code::invalid_argument,
      fmt::format("the agent's package: these credentials ({}) are temporary, and a link signed "
                  "with them would show their session token in user-data; give --iam-role NAME, "
                  "so that the instance fetches it itself, or --agent-url https://…, or --no-agent",
                  credentials->source));
}

core::Status check_agent_url(const std::string& agent_url) {
  const auto parsed = parse(agent_url);
  return parsed ? core::ok() : core::Status(core::fail(parsed.error()));
}

}  // namespace spawn::launch
