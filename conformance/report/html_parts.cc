#include "conformance/report/html_parts.h"

#include <fmt/format.h>

#include "conformance/report/table.h"

namespace torpor::report {
namespace {

// How many octets the UTF-8 sequence at `i` has, 0 when it is none.
std::size_t sequence_at(std::string_view text, std::size_t i) {
  auto octet = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  unsigned char lead = octet(i);
  std::size_t length = lead < 0x80   ? 1
                       : lead < 0xC2 ? 0
                       : lead < 0xE0 ? 2
                       : lead < 0xF0 ? 3
                       : lead < 0xF5 ? 4
                                     : 0;
  if (length == 0 || i + length > text.size()) return 0;
  for (std::size_t k = i + 1; k < i + length; ++k) {
    if ((octet(k) & 0xC0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = sequence_at(text, i);
    auto octet = static_cast<unsigned char>(text[i]);
    if (length == 0 || (octet < 0x20 && octet != '\n' && octet != '\t') || octet == 0x7F) {
      out += "\xEF\xBF\xBD";
      ++i;
      continue;
    }
    switch (text[i]) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += text.substr(i, length);
    }
    i += length;
  }
  return out;
}

std::string_view kind_of(const CaseResult& result) {
  switch (colour_of(result)) {
    case Colour::kGreen:
      return "pass";
    case Colour::kYellow:
      return "warn";
    case Colour::kRed:
      return "fail";
    default:
      return "other";
  }
}

std::string chip(const CaseResult& result) {
  std::string title = result.verdict.reason;
  for (const std::string& name : result.verdict.alternatives)
    title += (title.empty() ? "" : ", ") + name;
  return fmt::format(R"(<span class="chip {}" title="{}">{}</span>)", kind_of(result),
                     escape(title), escape(word_of(result)));
}

bool has_article(const CaseResult& result) {
  return !is_good(result) || result.verdict.outcome == judge::Outcome::kWarn;
}

std::string anchor_of(const Results& results, const CaseResult& result) {
  return fmt::format("result-{}", &result - results.cases.data());
}

}  // namespace torpor::report
