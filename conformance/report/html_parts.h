// The sections of the page; html.cc puts them together. Everything that is not markup goes through
// escape().
#pragma once

#include <string>
#include <string_view>

#include "conformance/report/result.h"
#include "conformance/statements/registry.h"

namespace torpor::report {

// Safe in text and in a quoted attribute. What is no UTF-8, and control characters, become U+FFFD.
std::string escape(std::string_view text);

// The class that colours an outcome: "pass", "warn", "fail" or "other".
std::string_view kind_of(const CaseResult& result);
std::string chip(const CaseResult& result);

// An id for the article of a result, unique on the page, made of letters, digits and '-'.
std::string anchor_of(const Results& results, const CaseResult& result);
bool has_article(const CaseResult& result);

std::string verdict_cards(const Results& results);
std::string matrix(const Results& results);
std::string contradiction_table(const Results& results, const statements::Registry& registry);
std::string articles(const Results& results, const statements::Registry& registry);

}  // namespace torpor::report
