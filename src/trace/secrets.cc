// SPDX-FileCopyrightText: The spawn authors
// SPDX-License-Identifier: Apache-2.0
#include "trace/secrets.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "core/text.h"

namespace spawn::trace {
namespace {

using std::string_view;

constexpr auto kNone = string_view::npos;

// In lower case, without '-' and '_'. More may stand before them.
constexpr auto kSecretNames = std::to_array<string_view>(
    {"password", "passwd", "passphrase", "secret", "secretkey", "secretaccesskey", "token",
     "apikey", "accesskey", "accesskeyid", "accountkey", "privatekey", "signingkey", "signature",
     "authorization", "credential", "credentials", "cookie"});
// Whole words only: they end others, too.
constexpr auto kShortNames = std::to_array<string_view>({"pwd", "pass", "sig"});
// Their values have blanks in them.
constexpr auto kHeaders = std::to_array<string_view>({"authorization", "cookie"});

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_alnum(char c) { return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z'); }
constexpr bool is_name(char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_quote(char c) { return c == '"' || c == '\''; }

// The last three letters of a name in one number, in lower case.
constexpr std::uint32_t ending(string_view name) {
  std::uint32_t three = 0;
  for (const char c : name.substr(name.size() - 3)) {
    three = three << 8 | static_cast<std::uint32_t>(is_upper(c) ? c + ('a' - 'A') : c);
  }
  return three;
}

// Whether a name can be one at all: nearly none can, and this is asked for every attribute.
constexpr bool ends_like_a_secret(string_view name) {
  const auto from_end = [&](std::size_t i) {
    return i <= name.size() ? name[name.size() - i] : '\0';
  };
  switch (ending(name)) {
    // More end like these: "operation", "instance_id".
    case ending("authorization"):
      return from_end(6) == 'z' || from_end(6) == 'Z';
    case ending("key_id"):
    case ending("key-id"):
      return from_end(4) == 'y' || from_end(4) == 'Y';
    case ending("password"):
    case ending("passwd"):
    case ending("passphrase"):
    case ending("secret"):
    case ending("key"):
    case ending("keyid"):
    case ending("token"):
    case ending("signature"):
    case ending("credential"):
    case ending("credentials"):
    case ending("cookie"):
    case ending("pwd"):
    case ending("pass"):
    case ending("sig"):
      return true;
    default:
      return false;
  }
}

// In lower case, without '-' and '_'; of a long one the end.
struct PlainName {
  static constexpr std::size_t kRoom = 24;
  std::array<char, kRoom> bytes{};
  std::size_t begin = kRoom;

  explicit PlainName(string_view name) {
    for (auto c = name.rbegin(); c != name.rend() && begin > 0; ++c) {
      if (*c == '-' || *c == '_') continue;
      bytes[--begin] = is_upper(*c) ? static_cast<char>(*c + ('a' - 'A')) : *c;
    }
  }
  [[nodiscard]] string_view view() const { return {bytes.data() + begin, kRoom - begin}; }
};

string_view last_word(string_view name) { return name.substr(name.rfind('.') + 1); }

bool ends_with_one_of(string_view name, auto&& all) {
  return std::ranges::any_of(all, [&](string_view one) { return name.ends_with(one); });
}

bool is_short_name(string_view word) {
  const auto at = word.find_last_of("-_");
  const string_view end = word.substr(at == kNone ? 0 : at + 1);
  return std::ranges::any_of(kShortNames,
                             [&](string_view known) { return core::iequals(known, end); });
}

// Sixteen characters at once, as g++ and clang have them on every processor.
using Block = unsigned char __attribute__((vector_size(16)));

// Every secret that has a shape has one of these; most texts have none. `next` is one further.
Block signs_of_secrets(Block block, Block next) {
  return reinterpret_cast<Block>((block == '=') | (block == ':') | (block == ' ') |
                                 ((block == 'A') & ((next == 'K') | (next == 'S'))) |
                                 ((block == 'y') & (next == 'J')) |
                                 ((block == '-') & (next == '-')));
}

bool any(Block found) {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), &found, sizeof found);
  return (halves[0] | halves[1]) != 0;
}

Block load(const char* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

// Characters that something begins, or is known, at; see Hiding::next_sign.
constexpr auto kSigns = [] {
  std::array<bool, 256> signs{};
  for (const unsigned char c : {'=', ':', 'A', 'J', '-', ' '}) signs[c] = true;
  return signs;
}();

// Finds what is to be hidden from left to right.
class Hiding {
 public:
  Hiding(string_view text, std::string& storage, string_view mask)
      : text_(text), storage_(storage), mask_(mask) {}

  // All of it; a password before an '@' that has no scheme is for who knows that it is an address.
  string_view all(bool address) {
    if (address) hide_password_before_host();
    for (std::size_t at = 0; (at = next_sign(at)) < text_.size();) at = look(at);
    if (kept_ == 0) return text_;
    storage_ += text_.substr(kept_);
    return storage_;
  }

 private:
  [[nodiscard]] char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  [[nodiscard]] bool begins_word(std::size_t i) const { return i == 0 || !is_alnum(text_[i - 1]); }
  [[nodiscard]] std::size_t skip(std::size_t i, auto&& of) const {
    while (i < text_.size() && of(text_[i])) ++i;
    return i;
  }

  void hide(std::size_t from, std::size_t to) {
    from = std::max(from, kept_);
    if (to <= from || text_.substr(from, to - from) == mask_) return;
    if (kept_ == 0) storage_.clear();
    storage_ += text_.substr(kept_, from - kept_);
    storage_ += mask_;
    kept_ = to;
  }

  // Where something may be that look() knows.
  [[nodiscard]] std::size_t next_sign(std::size_t from) const {
    const auto before = [&](std::size_t i) { return i <= from ? text_[from - i] : '\0'; };
    for (; from < text_.size(); ++from) {
      const char c = text_[from];
      if (!kSigns[static_cast<unsigned char>(c)]) [[likely]]
        continue;
      const char next = at(from + 1);
      if (c == '=' || c == ':' || (c == 'A' && (next == 'K' || next == 'S')) ||
          (c == '-' && next == '-') || (c == 'J' && before(1) == 'y' && before(2) == 'e') ||
          (c == ' ' && (before(1) == 'r' || before(1) == 'c'))) {
        return from;
      }
    }
    return from;
  }

  // Returns where to go on.
  std::size_t look(std::size_t at) {
    std::size_t end = at;
    switch (text_[at]) {
      case '=':
        end = value_of_name(at);
        break;
      case ':':
        end = text_.substr(at).starts_with("://") ? user_information(at + 3) : value_of_name(at);
        break;
      case 'A':
        end = access_key_id(at);
        break;
      case 'J':
        end = json_web_token(at - 2);
        break;
      case '-':
        end = text_.substr(at).starts_with("-----BEGIN ") ? private_key(at) : option(at);
        break;
      default:
        end = scheme_and_token(at);
    }
    return std::max(end, at + 1);
  }

  // NAME=VALUE, NAME: VALUE, "NAME":"VALUE" and the like.
  std::size_t value_of_name(std::size_t separator) {
    std::size_t end = separator;
    while (end > 0 &&
           (is_quote(text_[end - 1]) || is_blank(text_[end - 1]) || text_[end - 1] == '\\')) {
      --end;
    }
    std::size_t begin = end;
    while (begin > 0 && is_name(text_[begin - 1])) --begin;
    const string_view name = text_.substr(begin, end - begin);
    return names_secret(name) ? value(name, separator + 1) : separator;
  }

  std::size_t value(string_view name, std::size_t from) {
    const bool assigned = text_[from - 1] == '=';
    char quote = '\0';
    for (; from < text_.size(); ++from) {
      const char c = text_[from];
      if (!is_blank(c) && !is_quote(c) && string_view("=:[\\").find(c) == kNone) break;
      // A quote behind a backslash is part of a text in a text.
      quote = is_quote(c) && at(from - 1) != '\\' ? c : '\0';
    }
    // ODBC's PWD={…}, which may hold semicolons and blanks.
    // https://learn.microsoft.com/sql/odbc/reference/syntax/sqldriverconnect-function
    if (assigned && quote == '\0' && at(from) == '{') {
      quote = '}';
      ++from;
    }
    const std::size_t end = quote != '\0' ? end_of_quoted(from, quote) : end_of_bare(name, from);
    hide(from, end);
    return end;
  }

  // Connection strings write the quote itself twice.
  [[nodiscard]] std::size_t end_of_quoted(std::size_t from, char quote) const {
    for (; from < text_.size(); ++from) {
      const bool doubled = text_[from] == quote && at(from + 1) == quote;
      if (text_[from] == quote && !doubled) break;
      if (doubled || text_[from] == '\\') ++from;
    }
    return std::min(from, text_.size());
  }

  // A comma or a bracket can be part of a password; the last one is not.
  [[nodiscard]] std::size_t end_of_bare(string_view name, std::size_t from) const {
    const bool header = ends_with_one_of(PlainName(name).view(), kHeaders);
    std::size_t end = text_.find_first_of(header ? "\r\n\"'" : " \t\r\n;&\"'<>\\", from);
    end = std::min(end, text_.size());
    while (!header && end > from && string_view(",.)]}").find(text_[end - 1]) != kNone) --end;
    return end;
  }

  // USER:PASSWORD@ behind a scheme. A password may not hold a slash, and some do: what stands
  // behind a colon and is no port is one.
  std::size_t user_information(std::size_t from) {
    constexpr std::size_t kLongest = 4096;  // or many of them would cost their number squared
    string_view rest = text_.substr(from, kLongest);
    rest = rest.substr(0, rest.find_first_of(" \t\r\n\"'<>"));
    std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    const string_view authority = rest.substr(0, end);
    const auto colon = authority.find(':');
    if (colon != kNone && !core::parse_int(authority.substr(colon + 1)) &&
        authority.find('@') == kNone && !rest.starts_with('[')) {
      end = rest.size();
    }
    const auto host = rest.substr(0, end).rfind('@');
    if (host == kNone) return from;
    const auto password = rest.substr(0, host).find(':');
    if (password == kNone) return from;
    hide(from + password + 1, from + host);
    return from + host;
  }

  // The same without a scheme: USER:PASSWORD@ at the beginning, or Oracle's USER/PASSWORD@, also
  // behind "jdbc:oracle:thin:".
  void hide_password_before_host() {
    if (text_.find("://") != kNone) return;
    const string_view rest = text_.substr(0, text_.find_first_of("? ;"));
    const auto host = rest.rfind('@');
    if (host == kNone) return;
    const string_view user = rest.substr(0, host);
    auto separator = user.find(':');
    if (separator == kNone || text_.starts_with("jdbc:")) separator = user.find('/');
    if (separator != kNone) hide(separator + 1, host);
  }

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  std::size_t access_key_id(std::size_t from) {
    constexpr std::size_t kShortest = 16;
    const string_view rest = text_.substr(from);
    if (!begins_word(from) || !(rest.starts_with("AKIA") || rest.starts_with("ASIA"))) return from;
    const std::size_t end = skip(from, [](char c) { return is_upper(c) || is_digit(c); });
    if (end - from >= kShortest) hide(from, end);
    return end;
  }

  // Three parts in base64url; the first is JSON. RFC 7519
  std::size_t json_web_token(std::size_t from) {
    constexpr std::size_t kShortest = 20;
    if (!begins_word(from) || !text_.substr(from).starts_with("eyJ")) return from;
    const std::size_t end = skip(from, is_name);
    const string_view token = text_.substr(from, end - from);
    if (token.size() >= kShortest && token.find('.') != kNone) hide(from, end);
    return end;
  }

  std::size_t private_key(std::size_t from) {
    const std::size_t head = text_.find("-----", from + 5);
    if (head == kNone || !text_.substr(from, head - from).ends_with("PRIVATE KEY")) return head;
    const std::size_t end = std::min(text_.find("-----END", head), text_.size());
    hide(head + 5, end);
    return end;
  }

  // --password VALUE; with '=' it is a name as any other.
  std::size_t option(std::size_t from) {
    const std::size_t end = skip(from, is_name);
    if (!is_blank(at(end)) || !names_secret(text_.substr(from, end - from))) return end;
    return value(text_.substr(from, end - from), end);
  }

  // "Bearer …" and "Basic …" of an Authorization header that lost its name.
  // https://www.rfc-editor.org/rfc/rfc9110#name-authentication-scheme
  std::size_t scheme_and_token(std::size_t blank) {
    constexpr std::size_t kShortest = 16;
    std::size_t word = blank;
    while (word > 0 && is_alnum(text_[word - 1])) --word;
    const string_view scheme = text_.substr(word, blank - word);
    if (!core::iequals(scheme, "bearer") && !core::iequals(scheme, "basic")) return blank;
    const std::size_t begin = skip(blank, is_blank);
    const std::size_t end =
        skip(begin, [](char c) { return is_name(c) || string_view("~+/=").find(c) != kNone; });
    const string_view token = text_.substr(begin, end - begin);
    const bool random =
        std::ranges::any_of(token, is_digit) || std::ranges::any_of(token, is_upper);
    if (token.size() >= kShortest && random) hide(begin, end);
    return begin;
  }

  string_view text_;
  std::string& storage_;
  string_view mask_;
  std::size_t kept_ = 0;  // up to here the text is in the storage
};

}  // namespace

bool names_secret(string_view name) {
  if (name.size() < 3 || !ends_like_a_secret(name)) return false;
  const string_view word = last_word(name);
  return ends_with_one_of(PlainName(word).view(), kSecretNames) || is_short_name(word);
}

bool names_address(string_view name) {
  if (name.size() < 3 || (ending(name) != ending("ing") && ending(name) != ending("dsn"))) {
    return false;
  }
  const PlainName word(last_word(name));
  return word.view() == "dsn" || word.view().ends_with("connectionstring");
}

bool may_hold_secret(string_view bytes) {
  if (bytes.size() <= sizeof(Block)) {
    std::array<char, sizeof(Block) + 1> padded{};
    if (!bytes.empty()) std::memcpy(padded.data(), bytes.data(), bytes.size());
    return any(signs_of_secrets(load(padded.data()), load(padded.data() + 1)));
  }
  // Of nothing that these characters begin is the last one of a text a part.
  const char* const last = bytes.data() + bytes.size() - sizeof(Block) - 1;
  Block found = signs_of_secrets(load(last), load(last + 1));
  for (const char* at = bytes.data(); at < last; at += sizeof(Block)) {
    found |= signs_of_secrets(load(at), load(at + 1));
  }
  return any(found);
}

string_view without_secrets(string_view text, std::string& storage, string_view mask) {
  return may_hold_secret(text) ? Hiding(text, storage, mask).all(false) : text;
}

string_view address_without_secrets(string_view text, std::string& storage, string_view mask) {
  return Hiding(text, storage, mask).all(true);
}

}  // namespace spawn::trace
