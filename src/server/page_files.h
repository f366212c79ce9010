// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
//
// The page's files, as they were compiled in (cmake/EmbedFiles.cmake), and how they are served.
#pragma once

#include <string_view>
#include <vector>

#include "server/exchange.h"

namespace spawn::server {

struct PageFile {
  std::string_view path;  // "/index.html"
  std::string_view content_type;
  std::string_view bytes;
};

const std::vector<PageFile>& page_files();
// Another one for other files.
std::string_view page_version();

// A GET that is none of the API's. "/" is index.html, in which {{token}} becomes the token and
// {{version}} page_version(); the others are below that, so that a browser may keep them for good.
http::Reply serve_page(const Request& request, std::string_view token);

}  // namespace spawn::server
