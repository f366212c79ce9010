// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What can be searched: a few keys always, those that the settings or the span name, or all. X-Ray
// drops an annotation of a wrong type or key without a word, so keys and values are made to fit
// here; whatever is cut or left out is in the metadata.
#include <algorithm>
#include <string>
#include <vector>

#include "xray/draft.h"

namespace spawn::xray {
namespace {

using Annotate = DocumentSettings::Annotate;

// Key is ,"key": here.
template <core::Literal Key, class Writer>
void fixed(Draft<Writer>& draft, Field field) {
  if (!draft.fields.has(field)) return;
  const trace::Value& value = draft.fields.value(field);
  if (value.is_array()) return;
  draft.out.template lit<Key>();
  if (value.type() == trace::ValueType::string) {
    draft.quoted(value.string(), kMaxAnnotationCharacters);
  } else {
    draft.value(value);
  }
}

bool is_allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// The annotations beyond the fixed ones: a key counts once, and the first one stays.
template <class Writer>
class ChosenAnnotations {
 public:
  explicit ChosenAnnotations(Draft<Writer>& draft) : draft_(draft) {
    const Fields& f = draft.fields;
    if (f.has(Field::instance_id)) keys_.emplace_back("spawn_instance_id");
    if (f.has(Field::job_array_id)) keys_.emplace_back("spawn_job_array_id");
    if (f.has(Field::job_array_index)) keys_.emplace_back("spawn_job_array_index");
    if (f.aws_call) {
      keys_.emplace_back("aws_operation");
      keys_.emplace_back("aws_region");
    }
    if (f.has(Field::error_type)) keys_.emplace_back("error_type");
  }

  void add(std::string_view name, const trace::Value& value) {
    if (!begin(name)) return;
    if (value.is_array()) {
      draft_.quoted(value.display(), kMaxAnnotationCharacters);
    } else if (value.type() == trace::ValueType::string) {
      draft_.quoted(value.string(), kMaxAnnotationCharacters);
    } else {
      draft_.value(value);
    }
  }

  // Of the record, or with the prefix of the resource.
  void add(std::string_view name) {
    if (!name.starts_with(kResourcePrefix)) {
      if (const auto value = draft_.record.find(name)) add(name, *value);
      return;
    }
    if (!draft_.segment || draft_.record.resource == nullptr) return;
    const std::string text(draft_.record.resource->text(name.substr(kResourcePrefix.size())));
    if (!text.empty()) add(name, trace::Value(trace::ValueType::string, text));
  }

 private:
  bool begin(std::string_view name) {
    if (name.empty() || keys_.size() >= std::min(kMaxAnnotations, draft_.limits.items)) {
      return false;
    }
    std::string key(core::utf8_prefix(name, 500));
    std::ranges::replace_if(
        key, [](char c) { return !is_allowed(c); }, '_');
    if (std::ranges::find(keys_, key) != keys_.end()) return false;
    draft_.out.template lit<",\"">();
    draft_.out.plain(key);
    draft_.out.template lit<"\":">();
    keys_.push_back(std::move(key));
    return true;
  }

  Draft<Writer>& draft_;
  std::vector<std::string> keys_;
};

// Out of line: nearly no span chooses anything.
template <class Writer>
[[gnu::noinline]] void write_chosen(Draft<Writer>& draft) {
  ChosenAnnotations<Writer> chosen(draft);
  if (draft.fields.has(Field::annotated)) {
    const trace::Value& list = draft.fields.value(Field::annotated);
    if (list.type() == trace::ValueType::strings) {
      list.for_each_element([&](const trace::Value& name) { chosen.add(name.string()); });
    } else if (list.type() == trace::ValueType::string) {
      chosen.add(list.string());
    }
  }
  for (const std::string& key : draft.settings.annotation_keys) chosen.add(key);
  if (draft.settings.annotate != Annotate::all) return;
  std::uint64_t bit = 1;
  draft.record.for_each_attribute([&](const trace::Attribute& a) {
    // What may hold a password, is only told in part, or only tells about the document.
    const bool unfit = ((draft.fields.delicate | draft.fields.spaces) & bit) != 0 ||
                       a.key == "aws.xray.annotations" || a.key == "aws.xray.flags";
    bit <<= 1;
    if (!unfit) chosen.add(a.key, a.value);
  });
}

}  // namespace

template <class Writer>
void write_annotations(Draft<Writer>& draft) {
  const Fields& f = draft.fields;
  const DocumentSettings& settings = draft.settings;
  if (settings.annotate == Annotate::none) [[unlikely]] {
    return;
  }
  const auto annotations = draft.template open<R"(,"annotations":)">();
  if (f.has_any(Fields::bits({Field::instance_id, Field::job_array_id, Field::job_array_index}))) {
    fixed<R"(,"spawn_instance_id":)">(draft, Field::instance_id);
    fixed<R"(,"spawn_job_array_id":)">(draft, Field::job_array_id);
    fixed<R"(,"spawn_job_array_index":)">(draft, Field::job_array_index);
  }
  if (f.aws_call) {
    draft.template member<R"(,"aws_operation":")">(f.operation, kMaxAnnotationCharacters);
    draft.template member<R"(,"aws_region":")">(
        f.text(f.has(Field::region) ? Field::region : Field::cloud_region),
        kMaxAnnotationCharacters);
  }
  fixed<R"(,"error_type":)">(draft, Field::error_type);
  if (settings.annotate == Annotate::all || !settings.annotation_keys.empty() ||
      f.has(Field::annotated)) [[unlikely]] {
    write_chosen(draft);
  }
  draft.close(annotations);
}

template void write_annotations(Draft<core::JsonWriter>& draft);
template void write_annotations(Draft<core::NestedJsonWriter>& draft);

}  // namespace spawn::xray
