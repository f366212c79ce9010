// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Traces in short for the commands of `spawn`: by GetTraceSummaries from X-Ray, and from the store
// of this machine by the digests that its page's lists are made of.
#pragma once

#include <memory>

#include "cli/parts.h"

namespace spawn::apps {

core::Result<std::unique_ptr<view::SummarySource>> summaries(const cli::SourceRequest& request,
                                                             const core::Env& env,
                                                             core::Clock& clock, core::Rng& rng);

}  // namespace spawn::apps
