// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/summary.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "view/span_text.h"

namespace spawn::view {
namespace {

using trace::SegmentFacts;

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

// The facts that count, by start; parents and the segments around them by
// index.
class Forest {
 public:
  explicit Forest(std::span<const SegmentFacts> facts) {
    sort(facts);
    for (std::size_t i = 0; i < all_.size(); ++i) by_id_.emplace_back(all_[i]->id, i);
    std::ranges::sort(by_id_);
    for (const SegmentFacts* one : all_) parents_.push_back(find(one->parent_id));
    find_owners();
  }

  [[nodiscard]] std::size_t size() const { return all_.size(); }
  [[nodiscard]] const SegmentFacts& operator[](std::size_t i) const { return *all_[i]; }
  [[nodiscard]] std::size_t parent(std::size_t i) const { return parents_[i]; }
  // The segment that it is or lies in; kNone when that is not here.
  [[nodiscard]] std::size_t owner(std::size_t i) const { return owners_[i]; }

  [[nodiscard]] std::size_t root() const {
    const auto first = [&](const auto& is_it) {
      const auto at = std::ranges::find_if(all_, is_it);
      return at == all_.end() ? kNone : static_cast<std::size_t>(at - all_.begin());
    };
    const auto is_root = [](const SegmentFacts* f) { return f->segment && !f->parent_id.valid(); };
    const std::size_t root = first(is_root);
    if (root != kNone) return root;
    const std::size_t segment = first([](const SegmentFacts* f) { return f->segment; });
    return segment != kNone || all_.empty() ? segment : 0;
  }

 private:
  // Of the same id the last one that ended stays.
  void sort(std::span<const SegmentFacts> facts) {
    for (const SegmentFacts& one : facts) all_.push_back(&one);
    std::ranges::stable_sort(
        all_, {}, [](const SegmentFacts* f) { return std::make_tuple(f->id, !f->in_progress); });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      if (i + 1 < all_.size() && all_[i + 1]->id == all_[i]->id) continue;
      all_[kept++] = all_[i];
    }
    all_.resize(kept);
    std::ranges::sort(all_, {}, [](const SegmentFacts* f) {
      return std::make_tuple(f->start_ns, !f->segment, f->id);
    });
  }

  [[nodiscard]] std::size_t find(trace::SpanId id) const {
    const auto at = std::ranges::lower_bound(by_id_, std::make_pair(id, std::size_t{0}));
    return id.valid() && at != by_id_.end() && at->first == id ? at->second : kNone;
  }

  // Every chain of parents is walked once; a circle has no owner.
  void find_owners() {
    enum class State : unsigned char { unknown, on_the_way, known };
    std::vector<State> states(all_.size(), State::unknown);
    owners_.assign(all_.size(), kNone);
    std::vector<std::size_t> way;
    for (std::size_t i = 0; i < all_.size(); ++i) {
      std::size_t at = i;
      while (at != kNone && states[at] == State::unknown && !all_[at]->segment) {
        states[at] = State::on_the_way;
        way.push_back(at);
        at = parents_[at];
      }
      std::size_t owner = kNone;
      if (at != kNone && all_[at]->segment) owner = at;
      if (at != kNone && states[at] == State::known) owner = owners_[at];
      for (; !way.empty(); way.pop_back()) {
        owners_[way.back()] = owner;
        states[way.back()] = State::known;
      }
      if (at == i && all_[i]->segment) owners_[i] = i;
    }
  }

  std::vector<const SegmentFacts*> all_;
  std::vector<std::pair<trace::SpanId, std::size_t>> by_id_;
  std::vector<std::size_t> parents_;
  std::vector<std::size_t> owners_;
};

Outcome outcome_of(const SegmentFacts& f) {
  return {f.start_ns, f.end_ns - f.start_ns, f.error, f.fault, f.throttle, f.in_progress};
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (!text.empty() && std::ranges::find(list, text) == list.end()) list.push_back(text);
}
void add_once(std::vector<ServiceIndex>& list, ServiceIndex service) {
  if (service != kNoService && std::ranges::find(list, service) == list.end()) {
    list.push_back(service);
  }
}

class Summary {
 public:
  Summary(const trace::TraceId& id, std::span<const SegmentFacts> facts) : forest_(facts) {
    summary_.id = id;
  }

  TraceSummary make() {
    if (forest_.size() == 0) return std::move(summary_);
    find_services();
    add_visits();
    tell_root();
    for (std::size_t i = 0; i < forest_.size(); ++i) tell(forest_[i], service_of(forest_.owner(i)));
    std::int64_t end = summary_.start_ns;
    for (std::size_t i = 0; i < forest_.size(); ++i) end = std::max(end, forest_[i].end_ns);
    summary_.duration_ns = end - summary_.start_ns;
    list_annotations();
    return std::move(summary_);
  }

 private:
  [[nodiscard]] ServiceIndex service_of(std::size_t segment) const {
    return segment == kNone ? kNoService : services_[segment];
  }

  ServiceIndex intern(const SegmentFacts& f) {
    const ServiceId id{f.name, f.type, f.segment ? f.account_id : ""};
    const auto [at, is_new] =
        known_.emplace(id, static_cast<ServiceIndex>(summary_.services.size()));
    if (is_new) summary_.services.push_back({id, f.alias, true, false});
    return at->second;
  }

  void find_services() {
    services_.assign(forest_.size(), kNoService);
    for (std::size_t i = 0; i < forest_.size(); ++i) {
      if (!forest_[i].segment) continue;
      services_[i] = intern(forest_[i]);
      Service& service = summary_.services[services_[i]];
      service.inferred = false;
      service.root = service.root || !forest_[i].parent_id.valid();
    }
  }

  // An attempt of an AWS call is no call to somebody else.
  [[nodiscard]] bool draws_callee(std::size_t i) const {
    if (!forest_[i].call) return false;
    const std::size_t parent = forest_.parent(i);
    return parent == kNone || !forest_[parent].aws_call || !is_attempt(forest_[i].span_name);
  }

  void add_visits() {
    std::vector<bool> answered(forest_.size(), false);
    for (std::size_t i = 0; i < forest_.size(); ++i) {
      if (forest_[i].segment && forest_.parent(i) != kNone) answered[forest_.parent(i)] = true;
    }
    for (std::size_t i = 0; i < forest_.size(); ++i) {
      if (forest_[i].segment) {
        add_segment(i);
      } else if (draws_callee(i) && !answered[i]) {
        Visit visit;
        visit.service = intern(forest_[i]);
        visit.caller = service_of(forest_.owner(i));
        visit.own = visit.call = outcome_of(forest_[i]);
        add_visit(visit, forest_[i]);
      }
    }
  }

  void add_segment(std::size_t i) {
    Visit visit;
    visit.service = services_[i];
    visit.own = visit.call = outcome_of(forest_[i]);
    const std::size_t parent = forest_.parent(i);
    if (parent != kNone) {
      visit.caller = service_of(forest_.owner(parent));
      if (forest_[parent].call) visit.call = outcome_of(forest_[parent]);
    } else if (!forest_[i].parent_id.valid()) {
      visit.caller = kClient;
    }
    add_visit(visit, forest_[i]);
  }

  void add_visit(Visit visit, const SegmentFacts& f) {
    if (f.http != HttpFacts{} || !f.user.empty() || !f.instance_id.empty() ||
        !f.availability_zone.empty() || !f.resource_arn.empty() || !f.exceptions.empty()) {
      visit.details = static_cast<std::uint32_t>(summary_.details.size());
      summary_.details.push_back(
          {f.http, f.user, f.instance_id, f.availability_zone, f.resource_arn, f.exceptions});
    }
    summary_.visits.push_back(visit);
  }

  void tell_root() {
    const std::size_t at = forest_.root();
    const SegmentFacts& root = forest_[at];
    summary_.start_ns = root.start_ns;
    if (!root.in_progress) summary_.response_time_ns = root.end_ns - root.start_ns;
    summary_.has_error = root.error;
    summary_.has_fault = root.fault;
    summary_.http = root.http;
    if (root.segment) summary_.entry_point = services_[at];
    summary_.root_name = root.span_name;
    // The segment around a call is named by the call.
    for (std::size_t i = 0; root.no_span && i < forest_.size(); ++i) {
      if (forest_.parent(i) != at) continue;
      summary_.root_name = forest_[i].span_name;
      break;
    }
  }

  void tell(const SegmentFacts& f, ServiceIndex service) {
    summary_.has_throttle = summary_.has_throttle || f.throttle;
    summary_.is_partial = summary_.is_partial || f.in_progress;
    summary_.spans += f.no_span ? 0 : 1;
    summary_.errors += (f.error || f.fault) && !f.no_span && !is_attempt(f.span_name) ? 1 : 0;
    add_once(summary_.instance_ids, f.instance_id);
    add_once(summary_.availability_zones, f.availability_zone);
    add_once(summary_.resource_arns, f.resource_arn);
    if (!f.user.empty()) {
      const auto at = std::ranges::find(summary_.users, f.user, &User::name);
      User& user = at == summary_.users.end() ? summary_.users.emplace_back(User{f.user, {}}) : *at;
      add_once(user.services, service);
    }
    for (const auto& annotation : f.annotations) add_once(annotations_[annotation], service);
  }

  void list_annotations() {
    for (auto& [annotation, services] : annotations_) {
      summary_.annotations.push_back({annotation.first, annotation.second, std::move(services)});
    }
  }

  Forest forest_;
  std::vector<ServiceIndex> services_;  // of segments
  std::map<ServiceId, ServiceIndex> known_;
  std::map<std::pair<std::string, AnnotationValue>, std::vector<ServiceIndex>> annotations_;
  TraceSummary summary_;
};

}  // namespace

TraceSummary summarize(const trace::TraceId& id, std::span<const SegmentFacts> facts) {
  return Summary(id, facts).make();
}

}  // namespace spawn::view
