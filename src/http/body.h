// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// Bodies. Body is a request's in memory. A source that a request's body is read from and a sink
// that a good reply's body is written to go piece by piece, so that an object of any size costs the
// same memory; both can begin anew, since a request may have to be sent again. One thread at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/file.h"
#include "core/result.h"

namespace spawn::http {

// Copies share the text, since each layer and each attempt has a request of its own. Never changes.
class Body {
 public:
  Body() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): a text is a body
  Body(std::string text)
      : owned_(std::make_shared<const std::string>(std::move(text))), text_(*owned_) {}
  // NOLINTNEXTLINE(google-explicit-constructor)
  Body(const char* text) : Body(std::string(text)) {}
  // Text that outlives all copies.
  static Body borrowed(std::string_view text) {
    Body body;
    body.text_ = text;
    return body;
  }

  [[nodiscard]] std::string_view view() const { return text_; }
  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  friend bool operator==(const Body& body, std::string_view text) { return body.text_ == text; }
  // NOLINTNEXTLINE(google-explicit-constructor): and a body is text
  operator std::string_view() const { return text_; }

 private:
  std::shared_ptr<const std::string> owned_;
  std::string_view text_ = "";
};

class BodySource {
 public:
  BodySource() = default;
  BodySource(const BodySource&) = delete;
  BodySource& operator=(const BodySource&) = delete;
  virtual ~BodySource() = default;

  // Known beforehand and never another one: it is the request's Content-Length.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // The next read() begins with the first byte.
  virtual void rewind() = 0;
  // How many bytes were put into `into`; 0 at the end.
  virtual core::Result<std::size_t> read(std::span<char> into) = 0;
};

class BodySink {
 public:
  BodySink() = default;
  BodySink(const BodySink&) = delete;
  BodySink& operator=(const BodySink&) = delete;
  virtual ~BodySink() = default;

  virtual core::Status write(std::string_view bytes) = 0;
  // Forgets what was written: the transfer broke and may begin anew. False when it cannot.
  virtual bool restart() = 0;
};

// Text that outlives it.
class MemorySource final : public BodySource {
 public:
  explicit MemorySource(std::string_view text) : text_(text), rest_(text) {}

  [[nodiscard]] std::uint64_t size() const override { return text_.size(); }
  void rewind() override { rest_ = text_; }
  core::Result<std::size_t> read(std::span<char> into) override;

 private:
  std::string_view text_;
  std::string_view rest_;
};

class MemorySink final : public BodySink {
 public:
  explicit MemorySink(std::size_t max_bytes = 64U << 20) : max_bytes_(max_bytes) {}

  // Code::protocol when it would become larger than allowed.
  core::Status write(std::string_view bytes) override;
  bool restart() override {
    text_.clear();
    return true;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::size_t max_bytes_;
  std::string text_;
};

// A file, or a range of one.
class FileSource final : public BodySource {
 public:
  // Errors as of core::read_file; a folder or a pipe, which have no size, are Code::io.
  static core::Result<FileSource> open(const std::string& path);
  // `length` bytes from `offset`, which must be inside.
  [[nodiscard]] core::Result<FileSource> range(std::uint64_t offset, std::uint64_t length) const;

  FileSource(FileSource&& other) noexcept;
  ~FileSource() override = default;

  [[nodiscard]] std::uint64_t size() const override { return length_; }
  void rewind() override { done_ = 0; }
  core::Result<std::size_t> read(std::span<char> into) override;

 private:
  FileSource(std::string path, core::Fd fd, std::uint64_t offset, std::uint64_t length)
      : path_(std::move(path)), fd_(std::move(fd)), offset_(offset), length_(length) {}

  std::string path_;
  core::Fd fd_;
  std::uint64_t offset_;
  std::uint64_t length_;
  std::uint64_t done_ = 0;
};

// A file that is there whole or not at all: written beside its place under another name, put there
// by commit(), and gone without it.
class FileSink final : public BodySink {
 public:
  static core::Result<FileSink> create(std::string path);
  FileSink(FileSink&& other) noexcept;
  ~FileSink() override;

  core::Status write(std::string_view bytes) override;
  bool restart() override;
  core::Status commit();

 private:
  FileSink(std::string path, std::string temporary, core::Fd fd)
      : path_(std::move(path)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

  std::string path_;
  std::string temporary_;  // "" once it is committed
  core::Fd fd_;
};

}  // namespace spawn::http
