#include "core/json.h"

#include <gtest/gtest.h>

namespace torpor {
namespace {

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

JsonProblem problem_with(const std::string& text) {
  const auto parsed = parse_json(text);
  const auto* problem = std::get_if<JsonProblem>(&parsed);
  return problem == nullptr ? JsonProblem{0, 0, "no problem"} : *problem;
}

TEST(Json, KeepsTheOrderOfMembers) {
  EXPECT_EQ(std::get<Json>(parse_json(R"({"b":1,"a":[true]})")).dump(), R"({"b":1,"a":[true]})");
}

TEST(Json, SaysWhereItIsWrongInThePlainWordsOfTheParser) {
  const JsonProblem problem = problem_with("{\n  \"a\": }");
  EXPECT_EQ(problem.line, 2U);
  EXPECT_EQ(problem.column, 8U);
  EXPECT_EQ(problem.what.find("syntax error"), 0U) << problem.what;
  EXPECT_EQ(problem_with("[1e999]").what, "number overflow parsing '1e999'");
}

TEST(Json, IsNestedToALimit) {
  EXPECT_TRUE(std::holds_alternative<Json>(parse_json(nested(kJsonDepthMax))));
  const JsonProblem problem = problem_with("\n" + nested(kJsonDepthMax + 1));
  EXPECT_EQ(problem.what, "nested deeper than 256 levels");
  EXPECT_EQ(problem.line, 2U);
  EXPECT_EQ(problem.column, kJsonDepthMax + 1);
}

TEST(Json, BracketsInStringsAreNoNesting) {
  EXPECT_TRUE(std::holds_alternative<Json>(
      parse_json("\"\\\"" + std::string(2 * kJsonDepthMax, '[') + "\"")));
}

TEST(Json, WhatIsNoJsonIsNull) {
  EXPECT_TRUE(parse_json_or_null("{").is_null());
  EXPECT_EQ(parse_json_or_null("7"), 7);
}

}  // namespace
}  // namespace torpor
