// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// What a user may choose about X-Ray's documents, for the settings and the command line, which must
// not know X-Ray; src/xray obeys it.
#pragma once

#include <string>
#include <vector>

namespace spawn::trace {

struct DocumentSettings {
  // Which attributes can be searched (X-Ray's annotations). none: no one at all; chosen: ours,
  // those of annotation_keys, and those that the span itself names in aws.xray.annotations; all:
  // every one that fits.
  enum class Annotate : unsigned char { none, chosen, all };
  Annotate annotate = Annotate::chosen;
  // Attribute keys; of the resource with "otel.resource." before them.
  std::vector<std::string> annotation_keys;
  // CloudWatch log groups of segments whose resource names none.
  std::vector<std::string> log_groups;
  // Nobody's choice: for a document that X-Ray refused because of its name.
  bool ascii_names = false;

  friend bool operator==(const DocumentSettings&, const DocumentSettings&) = default;
};

}  // namespace spawn::trace
