#include "core/trace/line.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/trace/reader.h"
#include "core/trace/trace.h"

namespace torpor::trace {
namespace {

bool is_own_text(const Json& members) {
  const std::string text = members.dump();
  return is_text_of(members, std::string_view(text).substr(1, text.size() - 2));
}

TEST(Line, IsSplitWithoutBeingParsed) {
  const Event event{Time(Duration(7)), "client:a", "text",
                    Json{{"text", "hi"}, {"compressed", false}}};
  const std::string line = event_line(event);
  const auto text = split_line(line);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->actor, "client:a");
  EXPECT_EQ(text->kind, "text");
  EXPECT_EQ(text->members, R"("text":"hi","compressed":false)");
  EXPECT_TRUE(is_text_of(event.members, text->members));
  const std::string bare = event_line({Time(), "harness", "finish", Json::object()});
  EXPECT_EQ(split_line(bare)->members, "");
}

TEST(Line, IsSplitOnlyWhenWriterWroteItAndEscapedNothing) {
  for (const char* line :
       {"", "{}", R"({"t":1})", R"({"t":,"actor":"a","kind":"b"})",
        R"({"t":1,"kind":"b","actor":"a"})", R"({"t":1,"actor":"a\"","kind":"b"})",
        R"({"t":1,"actor":"a","kind":"b"x})", R"({"t":1,"actor":"a","kind":"b"} )"})
    EXPECT_FALSE(split_line(line)) << line;
}

TEST(Line, EveryKindOfValueIsItsOwnText) {
  EXPECT_TRUE(is_own_text(Json::parse(
      R"({"a":"x","b":0,"c":-9223372036854775808,"d":18446744073709551615,"e":true,"f":false,"g":null,)"
      R"("h":[],"i":{},"j":[1,["x",{"k":2}]],"l":""})")));
  EXPECT_TRUE(is_own_text(Json::object()));
}

TEST(Line, WhatCanBeWrittenOtherwiseIsLeftToTheParser) {
  for (const char* members : {R"({"a":1.5})", R"({"a":"\n"})", R"({"a":"\""})", R"({"a":"\\"})",
                              R"({"a":"é"})", R"({"é":1})"})
    EXPECT_FALSE(is_own_text(Json::parse(members))) << members;
}

TEST(Line, AnotherTextIsNotTaken) {
  const Json members = Json::parse(R"({"a":"x","b":[1,2]})");
  for (const char* text :
       {R"("a":"x")", R"("a":"x","b":[1,2],)", R"("a":"x","b":[1,2],"c":1)", R"("b":[1,2],"a":"x")",
        R"("a":"x","b":[1,23])", R"("a":"xy","b":[1,2])", R"("a":"x","b":[1])",
        R"("a":"x""b":[1,2])", R"("a": "x","b":[1,2])", ""})
    EXPECT_FALSE(is_text_of(members, text)) << text;
}

RC_GTEST_PROP(Line, TwoEventsHaveOneTextOnlyWhenTheyAreEqual,
              (const std::string& one, const std::string& other, std::int64_t number)) {
  const Event event{Time(), "object", "log", Json{{one, number}, {"b", other}}};
  const std::string line = event_line(event);
  const auto text = split_line(line);
  RC_ASSERT(text.has_value());
  if (!is_text_of(event.members, text->members)) return;
  const auto parsed = parse_event(line);
  RC_ASSERT(parsed.has_value());
  RC_ASSERT(parsed->members == event.members);
}

TEST(Line, IsParsedAsTheReaderDoes) {
  const auto event = parse_event(R"({"t":5,"actor":"object","kind":"log","entry":{"seq":1}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->t, Time(Duration(5)));
  EXPECT_EQ(event->members, Json::parse(R"({"entry":{"seq":1}})"));
  EXPECT_FALSE(parse_event(R"({"t":5,"actor":"object"})"));
  EXPECT_FALSE(parse_event("[]"));
  EXPECT_FALSE(parse_event("{"));
}

}  // namespace
}  // namespace torpor::trace
