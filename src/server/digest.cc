// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/digest.h"

#include <cstring>
#include <utility>

#include "trace/attributes.h"
#include "view/digest.h"
#include "xray/facts.h"

namespace spawn::server {
namespace {

// A new one with every change of what is written here.
constexpr std::uint64_t kFormat = 1;

void write(std::uint64_t value, std::string& to) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  to.append(bytes, sizeof bytes);
}
void write(std::string_view text, std::string& to) {
  write(text.size(), to);
  to += text;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    good_ = good_ && rest_.size() >= sizeof value;
    if (!good_) return 0;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view text() {
    const std::uint64_t size = number();
    good_ = good_ && size <= rest_.size();
    if (!good_) return {};
    const std::string_view found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }
  [[nodiscard]] bool good() const { return good_; }
  [[nodiscard]] bool at_end() const { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

}  // namespace

Digest digest_of(const trace::Trace& trace, const std::vector<store::Document>& documents) {
  Digest digest;
  digest.summary =
      view::summarize(trace.id, xray::facts_of(trace.spans, store::texts_of(documents)));
  for (const trace::SpanRecord& span : trace.spans) {
    const std::string_view array = span.text(trace::key::kJobArrayId);
    if (digest.array_id.empty() && !array.empty()) digest.array_id = array;
    if (!span.in_progress) continue;
    if (++digest.unfinished_count > Digest::kMaxUnfinished) continue;
    digest.unfinished.push_back({span.span_id, span.parent_id,
                                 std::string(span.resource->service_name()),
                                 std::string(span.name()), span.start_ns});
  }
  return digest;
}

std::string to_bytes(const Digest& digest) {
  std::string bytes;
  write(kFormat, bytes);
  write(view::to_digest(digest.summary), bytes);
  write(digest.array_id, bytes);
  write(digest.unfinished_count, bytes);
  write(digest.unfinished.size(), bytes);
  for (const Unfinished& span : digest.unfinished) {
    write(span.id.value, bytes);
    write(span.parent.value, bytes);
    write(span.service, bytes);
    write(span.name, bytes);
    write(static_cast<std::uint64_t>(span.start_ns), bytes);
  }
  return bytes;
}

std::optional<Digest> digest_from(std::string_view bytes) {
  Reader reader(bytes);
  if (reader.number() != kFormat) return std::nullopt;
  auto summary = view::from_digest(reader.text());
  if (!summary) return std::nullopt;
  Digest digest;
  digest.summary = std::move(*summary);
  digest.array_id = reader.text();
  digest.unfinished_count = reader.number();
  const std::uint64_t listed = reader.number();
  for (std::uint64_t i = 0; i < listed && reader.good(); ++i) {
    Unfinished& span = digest.unfinished.emplace_back();
    span.id.value = reader.number();
    span.parent.value = reader.number();
    span.service = reader.text();
    span.name = reader.text();
    span.start_ns = static_cast<std::int64_t>(reader.number());
  }
  if (!reader.at_end()) return std::nullopt;
  return digest;
}

}  // namespace spawn::server
