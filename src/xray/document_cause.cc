// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Exceptions: one for each `exception` event and for each cause that its stack trace names, or else
// what the span's status and error.type say.
#include <algorithm>

#include "xray/draft.h"
#include "xray/stack.h"

namespace spawn::xray {
namespace {

constexpr std::size_t kMaxMessageBytes = 4096;  // all of it is in the metadata
constexpr std::size_t kMaxFrames = 50;          // of one exception
constexpr std::size_t kMaxCauses = 10;          // of one exception

// An exception needs an id of its own, unique in the trace: the span's, mixed (splitmix64).
trace::SpanId exception_id(const trace::SpanRecord& record, std::uint64_t ordinal) {
  std::uint64_t z = record.span_id.value + (ordinal + 1) * 0x9E3779B97F4A7C15U;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
  return {z ^ (z >> 31)};
}

template <class Writer>
void write_frames(Draft<Writer>& draft, const StackedException& exception) {
  const std::size_t shown = std::min({exception.frames.size(), kMaxFrames, draft.limits.items});
  const std::size_t left_out = exception.frames.size() - shown + exception.left_out;
  if (left_out > 0) {
    draft.out.template lit<R"(,"truncated":)">();
    draft.out.integer(static_cast<std::int64_t>(left_out));
  }
  if (shown == 0) return;
  draft.out.template lit<R"(,"stack":[)">();
  for (std::size_t i = 0; i < shown; ++i) {
    const Frame& frame = exception.frames[i];
    if (i > 0) draft.out.template lit<",">();
    draft.out.template lit<R"({"path":)">();
    draft.quoted(frame.path, kMaxTextCharacters);
    if (frame.line > 0) {
      draft.out.template lit<R"(,"line":)">();
      draft.out.integer(frame.line);
    }
    draft.template member<R"(,"label":")">(frame.label);
    draft.out.template lit<"}">();
  }
  draft.out.template lit<"]">();
}

// Writes exceptions one after the other, each with an id of its own.
template <class Writer>
class CauseWriter {
 public:
  explicit CauseWriter(Draft<Writer>& draft) : draft_(draft) {}

  // Leaves the exception open for more members.
  void begin(std::string_view type, std::string_view message) {
    if (count_ == 0) {
      draft_.out.template lit<R"(,"cause":{"exceptions":[{"id":")">();
    } else {
      draft_.out.template lit<R"(,{"id":")">();
    }
    draft_.span_id(exception_id(draft_.record, count_++));
    draft_.out.template lit<"\"">();
    draft_.template member<R"(,"type":")">(type);
    draft_.template member<R"(,"message":")">(message, kMaxMessageBytes);
    const trace::SpanKind kind = draft_.record.kind;
    if (kind == trace::SpanKind::client || kind == trace::SpanKind::producer) {
      draft_.out.template lit<R"(,"remote":true)">();
    }
  }
  // The one that comes next caused it.
  void caused_by_next() {
    draft_.out.template lit<R"(,"cause":")">();
    draft_.span_id(exception_id(draft_.record, count_));
    draft_.out.template lit<"\"">();
  }
  void end() { draft_.out.template lit<"}">(); }

  void event(const trace::SpanRecord::Event& event) {
    std::string_view type;
    std::string_view message;
    std::string_view stack;
    draft_.record.for_each_attribute_of(event, [&](const trace::Attribute& a) {
      if (a.value.type() != trace::ValueType::string) return;
      if (a.key == "exception.type") type = a.value.string();
      if (a.key == "exception.message") message = a.value.string();
      if (a.key == "exception.stacktrace") stack = a.value.string();
    });
    const std::vector<StackedException> all = parse_stack(stack);
    const std::size_t causes = std::min({all.size() - 1, kMaxCauses, draft_.limits.items});
    for (std::size_t i = 0; i <= causes; ++i) {
      begin(i == 0 ? type : all[i].type, i == 0 ? message : all[i].message);
      write_frames(draft_, all[i]);
      if (i < causes) {
        caused_by_next();
      } else if (causes + 1 < all.size()) {
        draft_.out.template lit<R"(,"skipped":)">();
        draft_.out.integer(static_cast<std::int64_t>(all.size() - 1 - causes));
      }
      end();
    }
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
  Draft<Writer>& draft_;
  std::uint64_t count_ = 0;
};

}  // namespace

template <class Writer>
void write_cause(Draft<Writer>& draft) {
  const trace::SpanRecord& record = draft.record;
  CauseWriter<Writer> writer(draft);
  if (record.event_count() > 0) {
    std::size_t events = 0;
    record.for_each_event([&](const trace::SpanRecord::Event& event) {
      if (event.name == "exception" && events++ < draft.limits.items) writer.event(event);
    });
  }
  if (writer.count() == 0 && (draft.flags.any() || record.status == trace::StatusCode::error)) {
    const std::string_view type = draft.fields.text(Field::error_type);
    const std::string_view message = record.status_message();
    if (!type.empty() || !message.empty()) {
      writer.begin(type, message.empty() ? type : message);
      writer.end();
    }
  }
  if (writer.count() > 0) draft.out.template lit<"]}">();
}

template void write_cause(Draft<core::JsonWriter>& draft);
template void write_cause(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
