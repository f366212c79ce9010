// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "server/page_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace spawn::server {
namespace {

constexpr std::string_view kIndex = "/index.html";

void fill_in(std::string_view mark, std::string_view text, std::string& page) {
  for (std::size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at)) {
    page.replace(at, mark.size(), text);
  }
}

}  // namespace

http::Reply serve_page(const Request& request, std::string_view token) {
  const bool index = request.path == "/";
  const std::string folder = fmt::format("/{}", page_version());
  std::string_view path = index ? kIndex : std::string_view(request.path);
  // Of another spawn's page, that was loaded before this one started; or the index as a file, which
  // a browser would keep with another run's token.
  const bool other = !index && (!path.starts_with(folder) || path.ends_with(kIndex));
  if (!index && !other) path.remove_prefix(folder.size());
  const auto& files = page_files();
  const auto file = std::ranges::find(files, path, &PageFile::path);
  if (other || file == files.end()) return aws_error(404, "NotFound", "there is no such page");
  http::Reply reply;
  reply.status = 200;
  // The token is this run's alone.
  reply.headers = {{"Content-Type", std::string(file->content_type)},
                   {"Cache-Control", index ? "no-store" : "max-age=31536000, immutable"}};
  reply.body = file->bytes;
  if (!index) return reply;
  fill_in("{{token}}", token, reply.body);
  fill_in("{{version}}", page_version(), reply.body);
  return reply;
}

}  // namespace spawn::server
