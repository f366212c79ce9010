// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "launch/refusals.h"

#include <array>
#include <string>
#include <string_view>

namespace spawn::launch {
namespace {

using core::Code;

struct Refusal {
  std::string_view aws_code;
  Code code;
  std::string_view words;
};
constexpr std::array<Refusal, 12> kRefusals = {{
    {"InsufficientInstanceCapacity", Code::not_found,
     "AWS has no such instances free there now; try later, another --az or another "
     "--instance-type"},
    {"InsufficientHostCapacity", Code::not_found,
     "AWS has no such hosts free there now; try later or another --az"},
    {"SpotMaxPriceTooLow", Code::not_found,
     "the spot price is above --spot-max-price; raise it, or leave it out to pay up to the "
     "on-demand price"},
    {"MaxSpotInstanceCountExceeded", Code::not_found,
     "the account's quota of spot instances is used up; ask for more in Service Quotas, or launch "
     "without --spot"},
    {"VcpuLimitExceeded", Code::not_found,
     "the account's quota of vCPUs for this family is used up; ask for more in Service Quotas, or "
     "terminate something (spawn list)"},
    {"InstanceLimitExceeded", Code::not_found,
     "the account's quota of instances is used up; ask for more in Service Quotas, or terminate "
     "something (spawn list)"},
    {"InvalidKeyPair.NotFound", Code::not_found, "there is no such key pair in the region"},
    {"InvalidAMIID.NotFound", Code::not_found, "there is no such image in the region"},
    {"InvalidAMIID.Malformed", Code::invalid_argument, "that is no id of an image"},
    {"InvalidSubnetID.NotFound", Code::not_found, "there is no such subnet in the region"},
    {"InvalidGroup.NotFound", Code::not_found, "there is no such security group in the region"},
    {"UnauthorizedOperation", Code::permission_denied,
     "these credentials may not launch; 'spawn iam policy' prints what they need"},
}};

}  // namespace

core::Error in_plain_words(core::Error error) {
  for (const Refusal& refusal : kRefusals) {
    if (error.message.find(refusal.aws_code) == std::string::npos) continue;
    return {refusal.code, std::string(refusal.words) + " (" + error.message + ")"};
  }
  return error;
}

bool is_dry_run_success(const core::Error& error) {
  return error.message.find("DryRunOperation") != std::string::npos;
}

}  // namespace spawn::launch
