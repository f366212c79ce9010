// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The X-Ray exporter: records → documents → PutTraceSegments, on the plain stack, at most 50 a
// call. A span goes into its parent's document where it can (forest.h): a call takes several
// hundred. Every span is accounted for. The reply is data: a refused document that holds several
// spans is taken apart, and one of a single span is lost, by X-Ray's code, with the span's name and
// what would cure it, unless rewriting cures it here: a name is spelled in ASCII, a trace that is
// full is continued in a linked one (budget.h). Where a refusal has no id, the call is suspect and
// sent once more in halves. A call that is refused as a whole is halved until the bad document
// stands alone. What may go better later (throttles, 5xx, no connection, no credentials, a reply
// that is none, or not X-Ray's) is left to be sent again.
//
// Every minute the counts go to X-Ray itself (PutTelemetryRecords).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "aws/caller.h"
#include "aws/endpoints.h"
#include "aws/services/xray.h"
#include "aws/services/xray_account.h"
#include "core/rng.h"
#include "trace/sink.h"
#include "xray/budget.h"
#include "xray/document.h"
#include "xray/forest.h"

namespace spawn::xray {

class XRaySink final : public trace::SpanSink {
 public:
  XRaySink(aws::Caller& caller, aws::Endpoint endpoint, core::Clock& clock, core::Rng& rng,
           DocumentSettings settings = {});

  trace::WriteReport write(std::span<const trace::SpanRecord> batch,
                           core::Deadline deadline) override;
  void dropped(std::uint64_t count) override {
    counts_.segments_spilled += static_cast<std::int64_t>(count);
  }
  core::Nanos housekeeping(core::Deadline deadline) override;

 private:
  using Batch = std::span<const trace::SpanRecord>;
  using Refusals = std::vector<aws::xray::Unprocessed>;
  struct Task {  // one write()
    core::Deadline deadline;
    trace::WriteReport report;
    bool apart = false;  // no span goes into another one's document
  };
  struct Refused {
    const aws::xray::Unprocessed* by;
    const trace::SpanRecord* record;  // null: it does not say which
  };
  // What a document took from its trace's budget.
  struct Charge {
    trace::TraceId trace;
    std::size_t bytes;
    std::uint32_t root = UINT32_MAX;  // of a document of several spans, see root_of_
  };
  // How much is in the body, and what was taken from budgets for it.
  struct Mark {
    std::size_t bytes = 0;
    std::size_t documents = 0;
    std::size_t charged = 0;
    std::size_t begun = 0;
    std::size_t spans = 0;
  };

  // Both settle all of it, in order; false when the rest of the batch has to wait.
  bool send_all(Batch batch, Task& task, bool may_halve);
  bool send(Batch batch, Task& task, bool may_halve);
  bool send_halves(Batch batch, Task& task, bool may_halve);
  // Some document in the body holds several spans.
  [[nodiscard]] bool holds_trees() const;
  bool send_apart(Batch spans, Task& task);
  bool settle(Batch sent, const Refusals& refused, Task& task);
  const trace::SpanRecord* find_refused(Batch sent, const std::string& id) const;
  // Once more, rewritten; none: that does not help either. later: nobody knows yet.
  enum class Cure : std::uint8_t { done, none, later };
  Cure cure(const trace::SpanRecord& record, const aws::xray::Unprocessed& refused, Task& task);
  void lose(std::size_t count, const std::string& code, const std::string& what, Task& task);
  static void count_loss(const std::string& why, std::size_t count, Task& task);

  core::Result<Refusals> put(core::Deadline deadline);
  std::size_t fill_body(Batch batch, bool apart);
  void begin_body();
  [[nodiscard]] Mark mark() const;
  void undo(const Mark& to);
  void give_back(const Charge& charge);
  void forget_charges();
  bool add_trees(Batch trace, bool apart);
  bool add_tree(std::uint32_t root);
  std::size_t add_singles(Batch trace);
  void end_body() { body_.append("]}"); }
  void add_document(const trace::SpanRecord& record);
  void add_continued(const trace::SpanRecord& record);
  void begin_continuation(const trace::SpanRecord& record, Budget::Trace& full);
  std::size_t append_document(const trace::SpanRecord& record);
  template <typename Write>
  std::size_t append_document(const Write& write);
  Budget::Trace& budget_of(const trace::SpanRecord& record) {
    return budget_.of(record.trace_id, clock_.steady_ns());
  }
  void charge(const trace::TraceId& id, Budget::Trace& trace, std::size_t bytes);

  // Counts what fails on its way, and tells whether it was X-Ray that said no.
  class Counting final : public aws::Caller {
   public:
    Counting(aws::Caller& inner, aws::xray::TelemetryRecord& counts)
        : inner_(inner), counts_(counts) {}
    aws::Outcome call(const aws::Call& call) override;
    // The last call, because of what is in it: sent again as it is, it is refused again.
    [[nodiscard]] bool refused() const { return refused_; }

   private:
    aws::Caller& inner_;
    aws::xray::TelemetryRecord& counts_;
    bool refused_ = false;
  };

  aws::xray::TelemetryRecord counts_;  // since counted_since_ns_
  Counting caller_;
  aws::Endpoint endpoint_;
  core::Clock& clock_;
  core::Rng& rng_;
  DocumentSettings settings_;
  std::string where_;  // "X-Ray at http://… "
  core::CharBuffer body_;
  std::size_t documents_ = 0;  // in body_
  // For each span in body_, in their order, the one whose document it is in.
  std::vector<std::uint32_t> root_of_;
  Forest forest_;
  Budget budget_;
  // What body_ took from budgets, and traces whose continuation begins in it: given back unless it
  // is sent.
  std::vector<Charge> charged_;
  std::vector<trace::TraceId> begun_;
  std::optional<trace::TraceId> wide_;  // of this write(): needs more documents than a call takes
  std::unordered_set<std::uint64_t> announced_;  // span ids that were sent before they ended
  std::int64_t counted_since_ns_ = 0;            // steady time; 0: nothing to be told
};

}  // namespace spawn::xray
