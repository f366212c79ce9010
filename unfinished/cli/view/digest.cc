// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "view/digest.h"

#include <concepts>
#include <cstring>
#include <utility>
#include <variant>

namespace spawn::view {
namespace {

// Changes with every change of what is written.
constexpr std::uint32_t kVersion = 1;

class Writer {
 public:
  template <typename T>
  requires std::is_arithmetic_v<T>
  void operator()(T& value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof value); }
  void operator()(std::string& text) {
    size(text.size());
    bytes_ += text;
  }
  template <typename T>
  void list(std::vector<T>& items) {
    size(items.size());
    for (T& item : items) exchange(*this, item);
  }
  [[nodiscard]] std::string take() { return std::move(bytes_); }
  static constexpr bool kReads = false;

 private:
  void size(std::size_t size) {
    auto size32 = static_cast<std::uint32_t>(size);
    (*this)(size32);
  }
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
  requires std::is_arithmetic_v<T>
  void operator()(T& value) {
    if (rest_.size() < sizeof value) {
      fail();
      return;
    }
    if constexpr (std::same_as<T, bool>) {
      value = rest_[0] != 0;
    } else {
      std::memcpy(&value, rest_.data(), sizeof value);
    }
    rest_.remove_prefix(sizeof value);
  }
  void operator()(std::string& text) {
    const std::size_t bytes = size();
    text = rest_.substr(0, bytes);
    rest_.remove_prefix(bytes);
  }
  template <typename T>
  void list(std::vector<T>& items) {
    items.resize(size());
    for (T& item : items) exchange(*this, item);
  }
  [[nodiscard]] bool good() const { return good_ && rest_.empty(); }
  static constexpr bool kReads = true;

 private:
  // An item takes a byte at least, so that damaged bytes cannot ask for more
  // than there are.
  std::size_t size() {
    std::uint32_t size = 0;
    (*this)(size);
    if (size > rest_.size()) fail();
    return good_ ? size : 0;
  }
  void fail() {
    good_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool good_ = true;
};

template <class Archive, typename T>
requires std::is_arithmetic_v<T> || std::same_as<T, std::string>
void exchange(Archive& archive, T& value) { archive(value); }

template <class Archive>
void exchange(Archive& archive, AnnotationValue& value) {
  auto type = static_cast<std::uint8_t>(value.index());
  archive(type);
  if (Archive::kReads) {
    value = type == 0   ? AnnotationValue(std::string())
            : type == 1 ? AnnotationValue(false)
                        : AnnotationValue(0.0);
  }
  std::visit([&](auto& held) { archive(held); }, value);
}

template <class Archive>
void exchange(Archive& archive, HttpFacts& http) {
  archive(http.url);
  archive(http.method);
  archive(http.user_agent);
  archive(http.client_ip);
  archive(http.status);
}

template <class Archive>
void exchange(Archive& archive, ExceptionFacts& exception) {
  archive(exception.type);
  archive(exception.message);
}

template <class Archive>
void exchange(Archive& archive, Service& service) {
  archive(service.id.name);
  archive(service.id.type);
  archive(service.id.account_id);
  archive(service.alias);
  archive(service.inferred);
  archive(service.root);
}

template <class Archive>
void exchange(Archive& archive, Outcome& outcome) {
  archive(outcome.start_ns);
  archive(outcome.duration_ns);
  archive(outcome.error);
  archive(outcome.fault);
  archive(outcome.throttle);
  archive(outcome.in_progress);
}

template <class Archive>
void exchange(Archive& archive, Visit& visit) {
  archive(visit.service);
  archive(visit.caller);
  exchange(archive, visit.own);
  exchange(archive, visit.call);
  archive(visit.details);
}

template <class Archive>
void exchange(Archive& archive, VisitDetails& details) {
  exchange(archive, details.http);
  archive(details.user);
  archive(details.instance_id);
  archive(details.availability_zone);
  archive(details.resource_arn);
  archive.list(details.exceptions);
}

template <class Archive>
void exchange(Archive& archive, Annotation& annotation) {
  archive(annotation.key);
  exchange(archive, annotation.value);
  archive.list(annotation.services);
}

template <class Archive>
void exchange(Archive& archive, User& user) {
  archive(user.name);
  archive.list(user.services);
}

template <class Archive, typename T>
void exchange(Archive& archive, std::optional<T>& value) {
  bool there = value.has_value();
  archive(there);
  if (!there) return;
  if (Archive::kReads) value = T{};
  archive(*value);
}

template <class Archive>
void exchange(Archive& archive, TraceSummary& t) {
  archive(t.id.high);
  archive(t.id.low);
  archive(t.start_ns);
  archive(t.duration_ns);
  exchange(archive, t.response_time_ns);
  archive(t.has_fault);
  archive(t.has_error);
  archive(t.has_throttle);
  archive(t.is_partial);
  exchange(archive, t.http);
  archive.list(t.annotations);
  archive.list(t.users);
  archive.list(t.services);
  archive.list(t.resource_arns);
  archive.list(t.instance_ids);
  archive.list(t.availability_zones);
  exchange(archive, t.entry_point);
  archive.list(t.visits);
  archive.list(t.details);
  archive(t.root_name);
  archive(t.spans);
  archive(t.errors);
}

// Indices are used without another look.
bool indices_are_good(const TraceSummary& t) {
  const auto all_known = [&](const std::vector<ServiceIndex>& services) {
    for (const ServiceIndex service : services) {
      if (service >= t.services.size()) return false;
    }
    return true;
  };
  for (const Visit& visit : t.visits) {
    const bool outside = visit.caller == kClient || visit.caller == kNoService;
    if (visit.service >= t.services.size()) return false;
    if (!outside && visit.caller >= t.services.size()) return false;
  }
  for (const Annotation& annotation : t.annotations) {
    if (!all_known(annotation.services)) return false;
  }
  for (const User& user : t.users) {
    if (!all_known(user.services)) return false;
  }
  return !t.entry_point || *t.entry_point < t.services.size();
}

}  // namespace

std::string to_digest(const TraceSummary& summary) {
  Writer writer;
  std::uint32_t version = kVersion;
  writer(version);
  TraceSummary copy = summary;
  exchange(writer, copy);
  return writer.take();
}

std::optional<TraceSummary> from_digest(std::string_view bytes) {
  Reader reader(bytes);
  std::uint32_t version = 0;
  reader(version);
  if (version != kVersion) return std::nullopt;
  TraceSummary summary;
  exchange(reader, summary);
  if (!reader.good() || !indices_are_good(summary)) return std::nullopt;
  return summary;
}

}  // namespace spawn::view
