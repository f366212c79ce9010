// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "http/curl_client.h"

#include <curl/curl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <optional>
#include <system_error>

#include "core/text.h"
#include "core/url.h"

namespace spawn::http {
namespace {

constexpr std::size_t kMaxHeaderBytes = 256U << 10;

// curl_easy_setopt is a C variadic: the wrong integer type is undefined behaviour that no compiler
// reports. These take the type that each family of options is documented to want.
void set_long(CURL* easy, CURLoption option, long value) { curl_easy_setopt(easy, option, value); }
void set_bytes(CURL* easy, CURLoption option, std::size_t value) {
  curl_easy_setopt(easy, option, static_cast<curl_off_t>(value));
}
void set_text(CURL* easy, CURLoption option, const char* value) {
  curl_easy_setopt(easy, option, value);
}
void set_pointer(CURL* easy, CURLoption option, void* value) {
  curl_easy_setopt(easy, option, value);
}
// Zero would mean "no limit" to libcurl.
void set_timeout(CURL* easy, CURLoption option, core::Nanos timeout) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  set_long(easy, option, static_cast<long>(std::clamp<std::int64_t>(ms, 1, INT32_MAX)));
}

long get_long(CURL* easy, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(easy, info, &value);
  return value;
}
core::Nanos get_time(CURL* easy, CURLINFO info) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(easy, info, &microseconds);
  return std::chrono::microseconds(microseconds);
}
std::string get_text(CURL* easy, CURLINFO info) {
  const char* value = nullptr;
  curl_easy_getinfo(easy, info, &value);
  return value == nullptr ? std::string() : std::string(value);
}

// What the callbacks fill while a transfer runs.
struct Transfer {
  CURL* easy;
  const Request& request;
  Reply reply{};
  std::uint64_t sent_bytes = 0;  // of a source
  std::size_t max_body_bytes = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
  std::optional<core::Error> local_error{};  // of a source or sink

  [[nodiscard]] bool is_good() const { return get_long(easy, CURLINFO_RESPONSE_CODE) / 100 == 2; }
};

std::size_t on_read(char* into, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  BodySource& source = *transfer.request.body_source;
  auto got = source.read({into, size});
  if (got && *got == 0 && transfer.sent_bytes != source.size()) {
    got = core::fail(core::Code::io, "the body to send is not as long as it was said to be");
  }
  if (!got) {
    transfer.local_error = std::move(got.error());
    return CURL_READFUNC_ABORT;
  }
  transfer.sent_bytes += *got;
  return *got;
}

// libcurl goes back to the start when it finds a kept connection dead and opens another one.
int on_seek(void* user, curl_off_t offset, int origin) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (offset != 0 || origin != SEEK_SET) return CURL_SEEKFUNC_FAIL;
  transfer.request.body_source->rewind();
  transfer.sent_bytes = 0;
  return CURL_SEEKFUNC_OK;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  if (transfer.request.body_sink != nullptr && transfer.is_good()) {
    auto written = transfer.request.body_sink->write({data, size});
    if (written) return size;
    transfer.local_error = std::move(written.error());
    return 0;
  }
  if (transfer.reply.body.size() + size > transfer.max_body_bytes) {
    transfer.too_large = true;
    return 0;
  }
  transfer.reply.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  transfer.header_bytes += size;
  if (transfer.header_bytes > kMaxHeaderBytes) {
    transfer.too_large = true;
    return 0;
  }
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {
    transfer.reply.headers.clear();  // of a 100 Continue, or of a proxy
    return size;
  }
  const auto colon = line.find(':');
  if (colon != std::string_view::npos && colon > 0) {
    transfer.reply.headers.emplace_back(line.substr(0, colon), core::trim(line.substr(colon + 1)));
  }
  return size;
}

// A header list that frees itself.
class HeaderList {
 public:
  HeaderList() = default;
  HeaderList(const HeaderList&) = delete;
  HeaderList& operator=(const HeaderList&) = delete;
  ~HeaderList() { curl_slist_free_all(list_); }

  void add(const std::string& line) {
    curl_slist* longer = curl_slist_append(list_, line.c_str());
    SPAWN_CHECK(longer != nullptr);
    list_ = longer;
  }
  [[nodiscard]] curl_slist* get() const { return list_; }

 private:
  curl_slist* list_ = nullptr;
};

void fill_headers(const Request& request, bool has_body, HeaderList& list) {
  for (const auto& [name, value] : request.headers) {
    // libcurl takes "Name:" for "send no such header"; an empty one is spelled "Name;".
    list.add(value.empty() ? name + ";" : name + ": " + value);
  }
  list.add("Expect:");
  if (has_body && header(request.headers, "content-type").empty()) list.add("Content-Type:");
}

void set_source(CURL* easy, Transfer& transfer) {
  transfer.request.body_source->rewind();
  set_long(easy, CURLOPT_UPLOAD, 1);
  set_bytes(easy, CURLOPT_INFILESIZE_LARGE, transfer.request.body_source->size());
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_read);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
  set_pointer(easy, CURLOPT_READDATA, &transfer);
  set_pointer(easy, CURLOPT_SEEKDATA, &transfer);
}

void set_method(CURL* easy, Transfer& transfer, bool has_body) {
  const Request& request = transfer.request;
  if (request.body_source != nullptr) {
    set_source(easy, transfer);
  } else if (has_body) {
    set_long(easy, CURLOPT_POST, 1);
    set_bytes(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.size());
    set_text(easy, CURLOPT_POSTFIELDS, request.body.view().data());
  } else if (request.method == "HEAD") {
    set_long(easy, CURLOPT_NOBODY, 1);
  } else {
    set_long(easy, CURLOPT_HTTPGET, 1);
  }
  set_text(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

Timings read_timings(CURL* easy) {
  const core::Nanos dns = get_time(easy, CURLINFO_NAMELOOKUP_TIME_T);
  const core::Nanos connected = get_time(easy, CURLINFO_CONNECT_TIME_T);
  const core::Nanos secured = get_time(easy, CURLINFO_APPCONNECT_TIME_T);
  Timings timings;
  timings.first_byte = get_time(easy, CURLINFO_STARTTRANSFER_TIME_T);
  timings.total = get_time(easy, CURLINFO_TOTAL_TIME_T);
  timings.reused_connection = get_long(easy, CURLINFO_NUM_CONNECTS) == 0;
  if (timings.reused_connection) return timings;
  timings.dns = dns;
  timings.connect = std::max(core::Nanos(0), connected - dns);
  timings.tls = std::max(core::Nanos(0), secured - connected);
  return timings;
}

std::string in_ms(core::Nanos duration) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) + " ms";
}

core::Error connect_error(CURL* easy) {
  const long error_number = get_long(easy, CURLINFO_OS_ERRNO);
  std::string why = "could not connect";
  if (error_number != 0) {
    why = core::to_lower(std::generic_category().message(static_cast<int>(error_number)));
  }
  return {core::Code::unavailable, std::move(why)};
}

core::Error timeout_error(CURL* easy, const Request& request) {
  if (request.streamed() && get_time(easy, CURLINFO_TOTAL_TIME_T) < request.total_timeout &&
      get_time(easy, CURLINFO_PRETRANSFER_TIME_T).count() > 0) {
    return {core::Code::timeout, "nothing moved for " + in_ms(request.stall_timeout)};
  }
  const bool connected = get_time(easy, CURLINFO_PRETRANSFER_TIME_T).count() > 0;
  if (connected || request.total_timeout <= request.connect_timeout) {
    return {core::Code::timeout, "no whole reply within " + in_ms(request.total_timeout)};
  }
  return {core::Code::timeout, "no connection within " + in_ms(request.connect_timeout)};
}

core::Error describe(CURLcode code, CURL* easy, const Request& request, const Transfer& transfer) {
  using core::Code;
  if (transfer.local_error) return *transfer.local_error;
  if (transfer.too_large) {
    return {Code::protocol,
            "the reply is larger than " +
                std::to_string(transfer.header_bytes > kMaxHeaderBytes ? kMaxHeaderBytes
                                                                       : request.max_reply_bytes) +
                " bytes"};
  }
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return connect_error(easy);
    case CURLE_OPERATION_TIMEDOUT:
      return timeout_error(easy, request);
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Code::unavailable, "the host name was not found: check its spelling, and DNS"};
    case CURLE_COULDNT_RESOLVE_PROXY:
      return {Code::unavailable, "the proxy's name was not found"};
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
      return {Code::unavailable, "the connection broke before a whole reply"};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Code::protocol, "the server's certificate is not trusted" +
                                  (request.tls.authorities.empty()
                                       ? std::string(" (AWS_CA_BUNDLE names whom to trust)")
                                       : " by " + request.tls.authorities)};
    case CURLE_SSL_CACERT_BADFILE:
      return {Code::io,
              "the certificates to trust could not be read (" +
                  (request.tls.authorities.empty() ? "AWS_CA_BUNDLE" : request.tls.authorities) +
                  ")"};
    case CURLE_SSL_CERTPROBLEM:
      return {Code::io, "our own certificate or its key could not be used (" +
                            request.tls.certificate + ", " + request.tls.key + ")"};
    default:
      return {Code::protocol, core::to_lower(curl_easy_strerror(code))};
  }
}

void set_tls(CURL* easy, const TlsFiles& tls, const core::Env& env) {
  std::string authorities = tls.authorities;
  if (authorities.empty()) authorities = env.get_non_empty("AWS_CA_BUNDLE").value_or("");
  if (authorities.empty()) authorities = "/etc/ssl/certs";
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(authorities, ignored);
  set_text(easy, CURLOPT_CAINFO, is_folder ? nullptr : authorities.c_str());
  set_text(easy, CURLOPT_CAPATH, is_folder ? authorities.c_str() : nullptr);
  if (!tls.certificate.empty()) set_text(easy, CURLOPT_SSLCERT, tls.certificate.c_str());
  if (!tls.key.empty()) set_text(easy, CURLOPT_SSLKEY, tls.key.c_str());
}

// A line break in a header would let data become headers.
core::Status check(const Request& request) {
  const auto breaks = [](const std::string& text) {
    return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos;
  };
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || breaks(name) || breaks(value)) {
      return core::fail(core::Code::invalid_argument,
                        "a header with an empty name or a line break cannot be sent");
    }
  }
  return core::ok();
}

void set_receivers(CURL* easy, Transfer& transfer) {
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  set_pointer(easy, CURLOPT_WRITEDATA, &transfer);
  set_pointer(easy, CURLOPT_HEADERDATA, &transfer);
}

void set_timeouts(CURL* easy, const Request& request) {
  set_timeout(easy, CURLOPT_CONNECTTIMEOUT_MS, request.connect_timeout);
  set_timeout(easy, CURLOPT_TIMEOUT_MS, request.total_timeout);
  if (!request.streamed()) return;
  set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1);
  set_long(
      easy, CURLOPT_LOW_SPEED_TIME,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(request.stall_timeout).count()));
}

void initialise_libcurl_once() {
  static std::once_flag once;
  std::call_once(once, [] { SPAWN_CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK); });
}

}  // namespace

struct CurlClient::Handle {
  Handle() {
    initialise_libcurl_once();
    easy = curl_easy_init();
    SPAWN_CHECK(easy != nullptr);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle() { curl_easy_cleanup(easy); }

  CURL* easy = nullptr;
  pid_t owner = ::getpid();
};

CurlClient::CurlClient(const core::Env& env) : env_(env) {}

CurlClient::~CurlClient() { drop_inherited_handle(); }

// To close the connections of the parent would be to speak on them: the handle is left behind.
void CurlClient::drop_inherited_handle() {
  if (handle_ != nullptr && handle_->owner != ::getpid()) {
    [[maybe_unused]] const Handle* leaked = handle_.release();
  }
}

core::Result<Reply> CurlClient::send(const Request& request) {
  const auto url = core::Url::parse(request.url);
  if (!url) return core::fail(core::Code::invalid_argument, "the request's address is no URL");
  if (auto good = check(request); !good) return core::fail(std::move(good.error()));

  drop_inherited_handle();
  if (handle_ == nullptr) handle_ = std::make_unique<Handle>();
  CURL* easy = handle_->easy;
  curl_easy_reset(easy);  // keeps the connections

  Transfer transfer{easy, request};
  transfer.max_body_bytes = request.max_reply_bytes;
  HeaderList headers;
  const bool has_body = request.body_source != nullptr || !request.body.empty() ||
                        request.method == "POST" || request.method == "PUT" ||
                        request.method == "PATCH";
  fill_headers(request, has_body, headers);

  set_text(easy, CURLOPT_URL, request.url.c_str());
  set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  set_method(easy, transfer, has_body);
  set_pointer(easy, CURLOPT_HTTPHEADER, headers.get());
  set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  set_long(easy, CURLOPT_PATH_AS_IS, 1);  // what is sent must be what was signed
  set_long(easy, CURLOPT_NOSIGNAL, 1);
  if (request.direct) set_text(easy, CURLOPT_NOPROXY, "*");
  set_long(easy, CURLOPT_FOLLOWLOCATION, 0);
  set_timeouts(easy, request);
  set_receivers(easy, transfer);
  if (url->scheme == "https") set_tls(easy, request.tls, env_);

  const CURLcode code = curl_easy_perform(easy);
  if (code != CURLE_OK) {
    return core::fail(
        describe(code, easy, request, transfer).while_(url->scheme + "://" + url->authority()));
  }
  transfer.reply.status = static_cast<int>(get_long(easy, CURLINFO_RESPONSE_CODE));
  transfer.reply.timings = read_timings(easy);
  transfer.reply.peer_address = get_text(easy, CURLINFO_PRIMARY_IP);
  return std::move(transfer.reply);
}

}  // namespace spawn::http
