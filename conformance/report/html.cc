#include "conformance/report/html.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/contradictions.h"
#include "conformance/report/html_parts.h"
#include "conformance/report/page_assets.h"

namespace torpor::report {
namespace {

std::string subtitle(const ResultsHeader& header) {
  std::string out = fmt::format("torpor {}", header.torpor_version);
  if (!header.started.empty()) out += fmt::format(" · {}", header.started);
  out += fmt::format(" · {} {} selected", header.cases, header.cases == 1 ? "case" : "cases");
  for (const std::string& item : header.selection) out += fmt::format(" · {}", item);
  return out;
}

// Links to the sections there are.
std::string navigation(const Results& results, const statements::Registry& registry) {
  std::string out = "<nav>";
  std::size_t disagreements = contradictions_of(results, registry).size();
  auto unexpected = std::count_if(results.cases.begin(), results.cases.end(), has_article);
  if (disagreements > 0) {
    out += fmt::format("<a href=\"#disagreements\">{} {} of documentation and runtime</a>",
                       disagreements, disagreements == 1 ? "disagreement" : "disagreements");
  }
  if (unexpected > 0) {
    out += fmt::format("<a href=\"#unexpected\">{} not as expected</a>", unexpected);
  }
  return out + "<a href=\"#cases\">all cases</a></nav>\n";
}

}  // namespace

std::string html_page(const Results& results, const statements::Registry& registry) {
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  out += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  out += "<title>Torpor conformance report</title>\n";
  out += fmt::format("<style>\n{}</style>\n</head>\n<body>\n", kPageStyle);
  out += "<header><h1>WebSockets on Durable Objects: conformance</h1>\n";
  out += fmt::format("<p class=\"faint\">{}</p></header>\n", escape(subtitle(results.header)));
  if (!results.complete) {
    out +=
        "<p><span class=\"chip warn\">incomplete</span> The run was cut short: what is here was "
        "judged, the rest was not.</p>\n";
  }
  out += verdict_cards(results);
  out += navigation(results, registry);
  out += contradiction_table(results, registry);
  out += articles(results, registry);
  out += matrix(results);
  out += fmt::format("<script>\n{}</script>\n</body>\n</html>\n", kPageScript);
  return out;
}

}  // namespace torpor::report
