// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "otelconfig/sampler.h"

#include <optional>

namespace spawn::otelconfig {
namespace {

Sampler of_rate(trace::Rate rate) { return {rate, false, trace::ParentRates::all(rate)}; }

Sampler of_ratio(Reading& read, const Node& node) {
  if (!read.is_map_or_null(node, {"ratio"})) return {};
  // "1.0 is used" without it. In its bounds it is a rate.
  return of_rate(*trace::Rate::from(read.probability(node, "ratio").value_or(1)));
}

// A part of parent_based decides alone. That it is what the parent decided anyway needs no rate.
std::optional<trace::Rate> read_part(Reading& read, const Node& parent_based, std::string_view key,
                                     trace::Rate usual) {
  const Node* const node = parent_based.find(key);
  if (node == nullptr) return std::nullopt;
  const Sampler sampler = read_sampler(read, *node);
  if (sampler.remote || sampler.parents.obey_all()) {
    read.fault(*node, "expected always_on, always_off or trace_id_ratio_based");
  }
  return sampler.root == usual ? std::nullopt : std::optional(sampler.root);
}

Sampler read_parent_based(Reading& read, const Node& node) {
  if (!read.is_map_or_null(node, {"root", "remote_parent_sampled", "remote_parent_not_sampled",
                                  "local_parent_sampled", "local_parent_not_sampled"})) {
    return {};
  }
  Sampler sampler;
  if (const Node* const root = node.find("root")) {
    const Sampler of_root = read_sampler(read, *root);
    sampler.root = of_root.root;
    sampler.remote = of_root.remote;
  }
  const trace::Rate on = trace::Rate::always();
  const trace::Rate off = trace::Rate::never();
  sampler.parents = {read_part(read, node, "remote_parent_sampled", on),
                     read_part(read, node, "remote_parent_not_sampled", off),
                     read_part(read, node, "local_parent_sampled", on),
                     read_part(read, node, "local_parent_not_sampled", off)};
  return sampler;
}

// ExperimentalComposableSampler.
Sampler read_composite(Reading& read, const Node& node) {
  constexpr std::string_view kKinds = "always_on, always_off, probability, parent_threshold";
  const auto chosen = read.choice(node, kKinds);
  if (!chosen) return {};
  if (chosen->name == "probability") return of_ratio(read, *chosen->node);
  if (chosen->name == "parent_threshold") {
    const Node* const root = chosen->node->find("root");
    if (!read.is_map(*chosen->node, {"root"})) return {};
    if (root == nullptr) {
      read.fault(*chosen->node, "no root; expected a sampler below it");
      return {};
    }
    return {read_composite(read, *root).root};
  }
  const bool on = chosen->name == "always_on";
  if (!on && chosen->name != "always_off") {
    read.fault(*chosen->node, "no such sampler here; expected " + std::string(kKinds));
    return {};
  }
  (void)read.is_map_or_null(*chosen->node, {});
  return of_rate(on ? trace::Rate::always() : trace::Rate::never());
}

}  // namespace

Sampler read_sampler(Reading& read, const Node& node) {
  constexpr std::string_view kKinds =
      "always_on, always_off, trace_id_ratio_based, parent_based, probability/development, "
      "composite/development, xray";
  const auto chosen = read.choice(node, kKinds);
  if (!chosen) return {};
  const auto [name, sampler] = *chosen;
  if (name == "trace_id_ratio_based" || name == "probability/development") {
    return of_ratio(read, *sampler);
  }
  if (name == "parent_based") return read_parent_based(read, *sampler);
  if (name == "composite/development") return read_composite(read, *sampler);
  if (name != "always_on" && name != "always_off" && name != "xray") {
    read.fault(*sampler, "no such sampler here; expected " + std::string(kKinds));
    return {};
  }
  (void)read.is_map_or_null(*sampler, {});
  if (name == "xray") return {trace::Rate::always(), true};
  return of_rate(name == "always_on" ? trace::Rate::always() : trace::Rate::never());
}

}  // namespace spawn::otelconfig
