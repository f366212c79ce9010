// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "agent/identity.h"

#include <fmt/format.h>
#include <unistd.h>

#include "core/json.h"
#include "core/text.h"
#include "core/time_text.h"
#include "trace/attributes.h"

namespace spawn::agent {
namespace {

namespace key = trace::key;
constexpr std::string_view kMetadata = "/latest/meta-data/";

// An item that not every instance has.
std::string item(aws::Imds& imds, std::string_view name) {
  const auto text = imds.get(std::string(kMetadata).append(name));
  return text ? std::string(core::trim(*text)) : "";
}

}  // namespace

core::Result<Identity> ask_instance(aws::Imds& imds) {
  const auto text = imds.get("/latest/dynamic/instance-identity/document");
  if (!text) return core::fail(text.error());
  const auto document = core::Json::parse(*text);
  Identity identity;
  identity.is_local = false;
  if (document) identity.instance_id = document->text_at("instanceId");
  if (identity.instance_id.empty()) {
    return core::fail(core::Code::protocol,
                      "instance metadata: the identity document names no instance");
  }
  identity.region = document->text_at("region");
  identity.availability_zone = document->text_at("availabilityZone");
  identity.instance_type = document->text_at("instanceType");
  identity.image_id = document->text_at("imageId");
  identity.account_id = document->text_at("accountId");
  identity.private_ip = document->text_at("privateIp");
  identity.launched_at_ns = core::parse_rfc3339(document->text_at("pendingTime"));
  identity.public_ip = item(imds, "public-ipv4");
  identity.is_spot = item(imds, "instance-life-cycle") == "spot";
  return identity;
}

Identity local_identity(const config::Settings& settings) {
  Identity identity;
  identity.instance_id = settings.instance_id.value;
  if (identity.instance_id.empty()) {
    char host[256] = "";
    (void)gethostname(host, sizeof host - 1);
    identity.instance_id = fmt::format("local-{}", host);
  }
  return identity;
}

void describe(const Identity& identity, const telemetry::Detection& wanted,
              trace::Resource& resource) {
  if (!identity.instance_id.empty()) resource.set(key::kInstanceId, identity.instance_id);
  if (identity.is_local) return;
  const auto set = [&](std::string_view name, const std::string& value) {
    if (!value.empty() && wanted.tells(telemetry::Detector::aws, name)) resource.set(name, value);
  };
  set(key::kHostId, identity.instance_id);
  set(key::kHostType, identity.instance_type);
  set(key::kHostImageId, identity.image_id);
  set(key::kCloudProvider, "aws");
  set(key::kCloudPlatform, "aws_ec2");
  set(key::kCloudRegion, identity.region);
  set(key::kCloudZone, identity.availability_zone);
  set(key::kCloudAccountId, identity.account_id);
}

}  // namespace spawn::agent
