// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/page_files.h"

#include <algorithm>
#include <string>

namespace spawn::server {
namespace {

constexpr std::string_view kIndex = "/index.html";
constexpr std::string_view kTokenMark = "{{token}}";

http::Reply index_with(std::string_view token, const PageFile& file) {
  http::Reply reply;
  reply.status = 200;
  // The token is this run's alone.
  reply.headers = {{"Content-Type", std::string(file.content_type)}, {"Cache-Control", "no-store"}};
  reply.body = file.bytes;
  if (const std::size_t at = reply.body.find(kTokenMark); at != std::string::npos) {
    reply.body.replace(at, kTokenMark.size(), token);
  }
  return reply;
}

}  // namespace

http::Reply serve_page(const Request& request, std::string_view token) {
  const std::string_view path = request.path == "/" ? kIndex : std::string_view(request.path);
  const auto& files = page_files();
  const auto file = std::ranges::find(files, path, &PageFile::path);
  if (file == files.end()) return aws_error(404, "NotFound", "there is no such page");
  if (path == kIndex) return index_with(token, *file);
  http::Reply reply;
  reply.headers = {{"Content-Type", std::string(file->content_type)},
                   {"Cache-Control", "no-cache"},
                   {"ETag", std::string(file->etag)}};
  if (http::header(request.headers, "If-None-Match") == file->etag) {
    reply.status = 304;
    return reply;
  }
  reply.status = 200;
  reply.body = file->bytes;
  return reply;
}

}  // namespace spawn::server
