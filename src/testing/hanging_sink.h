// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// A sink that hangs until the test lets it go. An engine that could not wait for it leaves its
// worker behind, which uses the test's clock until it ends; wait_until_gone() waits for that.
#pragma once

#include <future>
#include <memory>
#include <span>
#include <utility>

#include "trace/sink.h"

namespace spawn::testing {

class Hang {
 public:
  // Once only.
  std::unique_ptr<trace::SpanSink> sink() {
    return std::make_unique<Sink>(release_.get_future(), std::move(gone_), std::move(entered_));
  }
  // A batch is in it.
  void wait_until_entered() { is_entered_.wait(); }
  void let_go() { release_.set_value(); }
  // To be called when nobody but a worker owns the engine.
  void wait_until_gone() { is_gone_.wait(); }

 private:
  class Sink final : public trace::SpanSink {
   public:
    Sink(std::future<void> released, std::promise<void> gone, std::promise<void> entered)
        : released_(std::move(released)), gone_(std::move(gone)), entered_(std::move(entered)) {}
    ~Sink() override { gone_.set_value(); }
    trace::WriteReport write(std::span<const trace::SpanRecord> batch, core::Deadline) override {
      if (!std::exchange(was_entered_, true)) entered_.set_value();
      released_.wait();
      return {batch.size(), 0, {}};
    }

   private:
    std::future<void> released_;
    std::promise<void> gone_;
    std::promise<void> entered_;
    bool was_entered_ = false;
  };

  std::promise<void> release_;
  std::promise<void> gone_;
  std::promise<void> entered_;
  std::future<void> is_gone_ = gone_.get_future();
  std::future<void> is_entered_ = entered_.get_future();
};

}  // namespace spawn::testing
