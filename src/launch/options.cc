// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/options.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "config/duration.h"
#include "config/settings.h"
#include "core/file.h"
#include "core/text.h"
#include "handoff/tags.h"
#include "launch/agent_package.h"
#include "launch/instance_tags.h"
#include "launch/user_data.h"

namespace spawn::launch {
namespace {

namespace tag = handoff::tag;
using core::Code;

constexpr std::array<std::string_view, 2> kProviders = {"ec2", "local"};

tl::unexpected<core::Error> bad(std::string message) {
  return core::fail(Code::invalid_argument, std::move(message));
}

std::string shown(std::string_view text) {
  return core::visible(core::utf8_prefix(text, 60)) + (text.size() > 60 ? "…" : "");
}

core::Result<std::string_view> one_of(std::string_view option, std::string_view typed,
                                      std::span<const std::string_view> known) {
  if (std::ranges::find(known, typed) != known.end()) return typed;
  if (const auto near = core::nearest(typed, known)) {
    return bad(fmt::format("{}: '{}' is none of {}; did you mean '{}'?", option, shown(typed),
                           fmt::join(known, ", "), *near));
  }
  return bad(fmt::format("{}: '{}' is none of {}", option, shown(typed), fmt::join(known, ", ")));
}

core::Result<std::int64_t> number(std::string_view option, std::string_view typed,
                                  std::int64_t least, std::int64_t most) {
  const auto value = core::parse_int(typed);
  if (value && *value >= least && *value <= most) return *value;
  return bad(
      fmt::format("{}: '{}' is no whole number from {} to {}", option, shown(typed), least, most));
}

core::Status check_instance_type(const Options& options) {
  const std::string& type = options.instance_type;
  if (type.empty()) return bad("--instance-type is missing, such as t3.micro");
  const auto dot = type.find('.');
  const bool charset = std::ranges::all_of(type, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  if (charset && dot != std::string::npos && dot > 0 && dot + 1 < type.size()) return core::ok();
  return bad(fmt::format("--instance-type: '{}' is none; expected such as t3.micro", shown(type)));
}

core::Status check_id(std::string_view option, std::string_view typed, std::string_view prefix) {
  if (typed.empty() || typed.starts_with(prefix)) return core::ok();
  return bad(fmt::format("{}: '{}' is no id; expected {}…", option, shown(typed), prefix));
}

core::Result<std::string> ami_of(const std::string& typed) {
  constexpr std::string_view kResolve = "resolve:ssm:";  // as the AWS CLI has it
  if (typed.empty() || typed.starts_with("ami-")) return typed;
  if (typed.starts_with(kResolve)) return typed.substr(kResolve.size());
  if (typed.starts_with('/')) return typed;
  return bad(
      fmt::format("--ami: '{}' is no image; expected ami-…, or the name of an SSM parameter "
                  "such as /aws/service/debian/release/12/latest/amd64",
                  shown(typed)));
}

core::Result<std::string> user_data_of(const Options& options) {
  std::string path = options.user_data_file;
  if (!options.user_data.empty()) {
    if (!path.empty()) return bad("--user-data and --user-data-file: expected one of them");
    if (!options.user_data.starts_with('@')) return options.user_data;
    path = options.user_data.substr(1);
  }
  if (path.empty()) return std::string();
  auto text = core::read_file(path, kMaxUserData);
  if (text) return std::move(*text);
  core::Error error = std::move(text.error());
  if (error.code == Code::not_found) error.code = Code::invalid_argument;
  return core::fail(std::move(error).while_("--user-data"));
}

// The checks of one option each, in the order of the plan.
class Checker {
 public:
  explicit Checker(const Options& options) : options_(options) {}

  core::Result<Plan> operator()() {
    for (const auto step : {&Checker::provider, &Checker::machine, &Checker::array, &Checker::tags,
                            &Checker::lifecycle, &Checker::tracing, &Checker::user_data,
                            &Checker::agent, &Checker::waiting, &Checker::what_local_has_not}) {
      if (auto good = (this->*step)(); !good) return core::fail(std::move(good.error()));
    }
    // Whether they came as options or as tags.
    if (auto good = config::check_tags({plan_.tags.begin(), plan_.tags.end()}); !good) {
      return core::fail(std::move(good.error()));
    }
    if (auto good = check_instance_tags(plan_); !good) return core::fail(std::move(good.error()));
    const auto ending = plan_.tags.find(std::string(tag::kOnComplete));
    plan_.hibernates = ending != plan_.tags.end() && ending->second == "hibernate";
    return std::move(plan_);
  }

 private:
  // An option that is sugar for a tag.
  core::Status put(std::string_view option, std::string_view key, const std::string& value) {
    if (value.empty()) return core::ok();
    if (plan_.tags.emplace(key, value).second) return core::ok();
    return bad(fmt::format("{} and --tag {}=…: expected one of them", option, key));
  }

  core::Status provider() {
    const auto provider = one_of("--provider", options_.provider, kProviders);
    if (!provider) return core::fail(provider.error());
    plan_.provider = *provider == "local" ? Provider::local : Provider::ec2;
    return core::ok();
  }

  core::Status machine() {
    plan_.region = options_.region;
    plan_.profile = options_.profile;
    plan_.az = options_.az;
    plan_.key_name = options_.key_name;
    plan_.iam_role = options_.iam_role;
    plan_.subnet = options_.subnet;
    plan_.spot = options_.spot;
    plan_.spot_max_price = options_.spot_max_price;
    plan_.dry_run = options_.dry_run;
    plan_.output_id = options_.output_id;
    plan_.name = options_.name;
    plan_.instance_type = options_.instance_type;
    if (plan_.provider == Provider::local) return core::ok();
    if (auto good = check_instance_type(options_); !good) return good;
    if (auto good = check_id("--subnet", options_.subnet, "subnet-"); !good) return good;
    for (const std::string& list : options_.security_groups) {
      for (const std::string_view group : core::split(list, ',')) {
        const std::string id(core::trim(group));
        if (auto good = check_id("--security-groups", id, "sg-"); !good) return good;
        plan_.security_groups.push_back(id);
      }
    }
    auto ami = ami_of(options_.ami);
    if (!ami) return core::fail(std::move(ami.error()));
    plan_.ami = std::move(*ami);
    return machine_numbers();
  }

  core::Status machine_numbers() {
    if (!options_.volume_size.empty()) {
      const auto gib = number("--volume-size", options_.volume_size, 1, 65536);
      if (!gib) return core::fail(gib.error());
      plan_.volume_gib = static_cast<int>(*gib);
    }
    if (options_.spot_max_price.empty()) return core::ok();
    if (!options_.spot) return bad("--spot-max-price: has a meaning only with --spot");
    const auto price = core::parse_double(options_.spot_max_price);
    if (price && *price > 0) return core::ok();
    return bad(
        fmt::format("--spot-max-price: '{}' is no price; expected dollars an hour, such as "
                    "0.05",
                    shown(options_.spot_max_price)));
  }

  core::Status array() {
    const auto count = number("--count", options_.count, 1, kMaxMembers);
    if (!count) return core::fail(count.error());
    plan_.count = static_cast<int>(*count);
    plan_.job_array_name = options_.job_array_name;
    plan_.is_array = plan_.count > 1 || !plan_.job_array_name.empty();
    plan_.command = options_.command;
    if (plan_.command.size() > kMaxTagValue) {
      return bad(
          fmt::format("--command: it has {} characters, and a tag holds {}; put it into a "
                      "script (--user-data-file, or one in the image)",
                      plan_.command.size(), kMaxTagValue));
    }
    return core::ok();
  }

  core::Status tags() {
    auto tags = parse_tags(options_.tag, options_.tags);
    if (!tags) return core::fail(std::move(tags.error()));
    plan_.tags = std::move(*tags);
    if (!plan_.name.empty()) return put("--name", "Name", plan_.name);
    if (const auto name = plan_.tags.find("Name"); name != plan_.tags.end()) {
      plan_.name = name->second;
    }
    return core::ok();
  }

  core::Status lifecycle() {
    const std::pair<std::string_view, const std::string&> options[] = {
        {tag::kTtl, options_.ttl},
        {tag::kIdleTimeout, options_.idle_timeout},
        {tag::kIdleCpu, options_.idle_cpu},
        {tag::kOnComplete, options_.on_complete},
        {tag::kCompletionFile, options_.completion_file},
        {tag::kCompletionDelay, options_.completion_delay}};
    for (const auto& [key, value] : options) {
      const std::string option = "--" + std::string(key.substr(tag::kPrefix.size()));
      if (auto good = put(option, key, value); !good) return good;
    }
    return core::ok();
  }

  core::Status tracing() {
    const bool says_more = !options_.trace_exporter.empty() || !options_.trace_sampling.empty() ||
                           !options_.trace_endpoint.empty();
    const bool asked = options_.trace || says_more;
    if (auto good = put("--trace", tag::kTracingEnabled, asked ? "true" : ""); !good) return good;
    if (auto good = put("--trace-exporter", tag::kTracingExporter, options_.trace_exporter);
        !good) {
      return good;
    }
    if (auto good = put("--trace-sampling", tag::kTracingSampling, options_.trace_sampling);
        !good) {
      return good;
    }
    return put("--trace-endpoint", tag::kTracingEndpoint, options_.trace_endpoint);
  }

  core::Status user_data() {
    auto text = user_data_of(options_);
    if (!text) return core::fail(std::move(text.error()));
    plan_.user_data = std::move(*text);
    return core::ok();
  }

  core::Status agent() {
    plan_.with_agent = !options_.no_agent;
    plan_.agent_url = options_.agent_url;
    if (options_.no_agent && !options_.agent_url.empty()) {
      return bad("--no-agent and --agent-url: expected one of them");
    }
    if (options_.no_agent && !options_.command.empty()) {
      return bad("--command: the agent runs it, so it cannot be with --no-agent");
    }
    if (!plan_.agent_url.empty()) {
      if (auto good = check_agent_url(plan_.agent_url); !good) return good;
    }
    // Ours is a shell script, which can start another one, but is no container of cloud-init's.
    if (plan_.with_agent && !plan_.user_data.empty() && !plan_.user_data.starts_with("#!")) {
      return bad(
          "--user-data: with the agent it must be a script, beginning with '#!'; other "
          "kinds need --no-agent");
    }
    return core::ok();
  }

  core::Status waiting() {
    plan_.wait = options_.wait;
    plan_.wait_timeout = std::chrono::minutes(10);
    if (options_.wait_timeout.empty()) return core::ok();
    if (!options_.wait) return bad("--wait-timeout: has a meaning only with --wait");
    const auto timeout = config::parse_duration(options_.wait_timeout);
    if (!timeout || timeout->count() == 0) {
      return bad(
          fmt::format("--wait-timeout: '{}' is no length of time; expected such as 90s, 10m "
                      "or 1h30m",
                      shown(options_.wait_timeout)));
    }
    plan_.wait_timeout = *timeout;
    return core::ok();
  }

  core::Status what_local_has_not() {
    if (plan_.provider == Provider::ec2) return core::ok();
    const std::pair<std::string_view, bool> ec2_only[] = {
        {"--instance-type", !options_.instance_type.empty()},
        {"--az", !options_.az.empty()},
        {"--ami", !options_.ami.empty()},
        {"--user-data", !plan_.user_data.empty()},
        {"--spot", options_.spot},
        {"--key-name", !options_.key_name.empty()},
        {"--subnet", !options_.subnet.empty()},
        {"--security-groups", !options_.security_groups.empty()},
        {"--iam-role", !options_.iam_role.empty()},
        {"--volume-size", !options_.volume_size.empty()},
        {"--agent-url", !options_.agent_url.empty()},
        {"--no-agent", options_.no_agent}};
    for (const auto& [option, given] : ec2_only) {
      if (given) return bad(fmt::format("{}: has no meaning with --provider local", option));
    }
    if (plan_.command.empty()) return bad("--command is missing: what shall the members run?");
    return core::ok();
  }

  const Options& options_;
  Plan plan_;
};

}  // namespace

core::Result<Plan> check(const Options& options) { return Checker(options)(); }

}  // namespace spawn::launch
