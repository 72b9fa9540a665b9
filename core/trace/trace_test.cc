#include "core/trace/trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <sstream>

#include "core/trace/digest.h"
#include "core/trace/octets.h"
#include "core/trace/reader.h"
#include "core/trace/writer.h"

namespace torpor::trace {
namespace {

using ::testing::HasSubstr;

Trace sample() {
  Trace trace;
  trace.header = {"hs/plain", Json{{"id", "hs/plain"}}, "sim", "0.1.0", "parity",
                  7,          Json::array({1, 2})};
  trace.events = {{Time(Duration(0)), "harness", "step", Json{{"index", 0}}},
                  {Time(Duration(1500)), "client:a", "open", Json{{"status", 101}}},
                  {Time(Duration(2500)), "client:a", "text", Json{{"text", "h\u00e9llo"}}}};
  return trace;
}

std::string text_of(const Trace& trace) {
  std::ostringstream out;
  write(out, trace);
  return out.str();
}

std::string error_of(const std::string& text) {
  std::istringstream in(text);
  const ReadResult result = read(in, "x.jsonl");
  if (const auto* error = std::get_if<ReadError>(&result)) return error->to_string();
  return "no error";
}

Trace read_back(const std::string& text) {
  std::istringstream in(text);
  ReadResult result = read(in, "x.jsonl");
  if (const auto* error = std::get_if<ReadError>(&result)) ADD_FAILURE() << error->to_string();
  return std::holds_alternative<Trace>(result) ? std::get<Trace>(result) : Trace{};
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), by);
}

std::optional<Outline> outline_of(const std::string& text) {
  std::istringstream in(text);
  return outline(in);
}

TEST(Outline, HasHeaderAndDigestOfAWholeTrace) {
  const std::string text = text_of(sample());
  const auto outline = outline_of(text);
  ASSERT_TRUE(outline);
  EXPECT_EQ(outline->header.case_id, "hs/plain");
  EXPECT_EQ(outline->digest, read_back(text).digest);
}

TEST(Outline, IsOnlyOfWhatWriterHasWritten) {
  const std::string text = text_of(sample());
  EXPECT_FALSE(outline_of(text.substr(0, text.size() - 1)));
  EXPECT_FALSE(outline_of(text + "{}\n"));
  EXPECT_FALSE(outline_of(replaced(text, "101", "102")));
  EXPECT_FALSE(outline_of(replaced(text, "\"events\":3", "\"events\":4")));
  EXPECT_FALSE(outline_of(""));
  // Read all the same: its members are what the digest is over.
  const std::string spaced = replaced(text, "\"status\":101", "\"status\": 101");
  EXPECT_FALSE(outline_of(spaced));
  EXPECT_EQ(error_of(spaced), "no error");
}

TEST(Trace, IsTheFormatThatItsReadmeStates) {
  const std::string text = text_of(sample());
  EXPECT_THAT(
      text,
      HasSubstr(
          R"({"torpor_trace":1,"case":"hs/plain","scenario":{"id":"hs/plain"},)"
          R"("target":{"name":"sim","version":"0.1.0"},"profile":"parity","seed":7,"tape":[1,2]})"));
  EXPECT_THAT(text, HasSubstr("\n"
                              R"({"t":1500,"actor":"client:a","kind":"open","status":101})"
                              "\n"));
  EXPECT_THAT(text, HasSubstr(R"({"end":true,"events":3,"digest":")"));
}

TEST(Trace, IsReadBackAsItWasWritten) {
  const std::string text = text_of(sample());
  const Trace back = read_back(text);
  EXPECT_EQ(text_of(back), text);
  EXPECT_EQ(back.digest, digest_of(sample().events));
  EXPECT_EQ(back.digest.size(), 32U);
  EXPECT_EQ(back.events.at(2).t, Time(Duration(2500)));
}

TEST(Trace, HasADigestOfEverythingButTheTime) {
  Trace later = sample();
  later.events[1].t += Duration(1);
  EXPECT_EQ(digest_of(later.events), digest_of(sample().events));
  Trace other = sample();
  other.events[1].members["status"] = 102;
  EXPECT_NE(digest_of(other.events), digest_of(sample().events));
}

TEST(Trace, IsWrittenEvenWhenAStringIsNotUtf8) {
  Trace trace = sample();
  trace.events[1].members["body"] = "\xff";
  EXPECT_EQ(read_back(text_of(trace)).events.at(1).members["body"], "\uFFFD");
}

TEST(TraceReader, TellsACutFileFromABrokenOne) {
  const std::string text = text_of(sample());
  const auto footer = text.rfind("{\"end\"");
  EXPECT_EQ(error_of(text.substr(0, footer)), "x.jsonl:4: cut: no footer");
  EXPECT_EQ(error_of(text.substr(0, footer - 5)),
            "x.jsonl:4: cut: no footer (the last line is incomplete)");
  EXPECT_EQ(error_of(replaced(text, "\"kind\":\"open\"", "\"kind\":open\"")),
            "x.jsonl:3: bad JSON at column 37: syntax error while parsing value - invalid literal; "
            "last read: '\"kind\":o'");
}

TEST(TraceReader, EveryCutIsNoticed) {
  const std::string text = text_of(sample());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_NE(error_of(text.substr(0, size)), "no error") << size;
  }
}

TEST(TraceReader, NamesWhatIsWrong) {
  const std::string text = text_of(sample());
  EXPECT_EQ(error_of(""), "x.jsonl: empty: a trace begins with a header line");
  EXPECT_EQ(error_of("{}\n"), "x.jsonl:1: not a trace: the first line has no \"torpor_trace\"");
  EXPECT_EQ(error_of("[]\n"), "x.jsonl:1: a line must be an object, not array");
  EXPECT_EQ(error_of(replaced(text, "\"torpor_trace\":1", "\"torpor_trace\":2")),
            "x.jsonl:1: trace format 2; this program reads format 1");
  EXPECT_EQ(error_of(replaced(text, "\"seed\":7", "\"seed\":\"7\"")),
            "x.jsonl:1: member \"seed\" must be a count, not string");
  EXPECT_EQ(error_of(replaced(text, "\"actor\":\"client:a\",", "")),
            "x.jsonl:3: no member \"actor\"");
  EXPECT_EQ(error_of(replaced(text, "\"events\":3", "\"events\":4")),
            "x.jsonl:5: the footer says 4 events, the file holds 3");
  EXPECT_THAT(error_of(replaced(text, "\"status\":101", "\"status\":102")),
              HasSubstr("x.jsonl:5: digest mismatch: the footer says "));
  EXPECT_EQ(error_of(text + "{}\n"), "x.jsonl:6: something follows the footer");
}

TEST(TraceReader, SaysWhichFileCannotBeRead) {
  const ReadResult result = read_file("/nonexistent/x.jsonl");
  ASSERT_TRUE(std::holds_alternative<ReadError>(result));
  EXPECT_EQ(std::get<ReadError>(result).to_string(), "/nonexistent/x.jsonl: cannot be read");
}

TEST(Digest, IsXxh3Of128Bits) {
  EXPECT_EQ(Digest().hex(),
            "99aa06d3014798d86001c324468d497f");  // the published value for no input
  Digest whole;
  whole.add("ab");
  Digest parts;
  parts.add("a");
  parts.add("b");
  EXPECT_EQ(whole.hex(), parts.hex());
}

TEST(Digest, AddsNumbersInOneOrderOfOctets) {
  Digest number;
  number.add(std::uint64_t{0x0807060504030201u});
  Digest octets;
  octets.add("\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(number.hex(), octets.hex());
}

// Long enough for XXH3 to be past its buffer.
TEST(Digest, ACopyGoesOnByItself) {
  Digest original;
  original.add(std::string(10'000, 'a'));
  Digest copy = original;
  EXPECT_EQ(copy.hex(), original.hex());
  copy.add("b");
  EXPECT_NE(copy.hex(), original.hex());
  original.add("b");
  EXPECT_EQ(copy.hex(), original.hex());
  Digest assigned;
  assigned = original;
  EXPECT_EQ(assigned.hex(), original.hex());
  EXPECT_EQ(assigned.hex(),
            "115876e892acfbeb715547df8c35da00");  // fixed: equal on every machine, compiler and
                                                  // optimisation level
}

TEST(Octets, AreHexUnlessALongRun) {
  EXPECT_EQ(octets_to_json("a\xff"), Json("61ff"));
  EXPECT_EQ(octets_to_json(std::string(64, 'a')), Json(to_hex(std::string(64, 'a'))));
  EXPECT_EQ(octets_to_json(std::string(65, 'a')).dump(), R"({"byte":"61","count":65})");
}

TEST(Octets, AreRejectedWhenMalformed) {
  for (const char* text :
       {R"("6")", R"("6g")", "1", R"({"byte":"6161","count":2})", R"({"byte":"61"})",
        R"({"byte":"61","count":-1})", R"({"byte":"61","count":99999999999})",
        R"({"byte":"61","count":1,"more":1})"}) {
    EXPECT_EQ(octets_from_json(Json::parse(text)), std::nullopt) << text;
  }
}

RC_GTEST_PROP(Octets, ComeBack, (const std::string& some, unsigned char octet)) {
  RC_ASSERT(octets_from_json(octets_to_json(some)) == some);
  const std::string run(*rc::gen::inRange(0, 300), static_cast<char>(octet));
  RC_ASSERT(octets_from_json(octets_to_json(run)) == run);
  const std::string masked = some + run + some + std::string(600, 'x') + some;
  RC_ASSERT(octets_from_json(octets_to_json(masked)) == masked);
}

TEST(Payload, OfAMessageIsTextWhereThatCanBeRead) {
  const auto shown = [](const std::string& payload) {
    Json members = Json::object();
    set_text(members, payload);
    EXPECT_EQ(payload_of(members), payload);
    return members.dump();
  };
  EXPECT_EQ(shown("hi"), R"({"text":"hi"})");
  EXPECT_EQ(shown("\xff"), R"({"octets":"ff"})");
  EXPECT_EQ(shown(std::string(100, 'a')), R"({"octets":{"byte":"61","count":100}})");
}

}  // namespace
}  // namespace torpor::trace
