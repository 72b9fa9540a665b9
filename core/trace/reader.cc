#include "core/trace/reader.h"

#include <cstdio>
#include <fstream>
#include <optional>

#include "core/trace/digest.h"
#include "core/trace/writer.h"

namespace torpor::trace {

namespace {

// Thrown inside this file only; read() turns it into a value.
struct Malformed {
  std::string message;
};

const Json& member(const Json& json, const char* name, bool (*is_type)(const Json&),
                   const char* type) {
  const auto it = json.find(name);
  if (it == json.end()) throw Malformed{std::string("no member \"") + name + "\""};
  if (!is_type(*it)) {
    throw Malformed{std::string("member \"") + name + "\" must be " + type + ", not " +
                    it->type_name()};
  }
  return *it;
}

const Json& object(const Json& json, const char* name) {
  return member(
      json, name, [](const Json& value) { return value.is_object(); }, "an object");
}

std::string string(const Json& json, const char* name) {
  return member(
             json, name, [](const Json& value) { return value.is_string(); }, "a string")
      .get<std::string>();
}

std::uint64_t count(const Json& json, const char* name) {
  return member(
             json, name, [](const Json& value) { return value.is_number_unsigned(); }, "a count")
      .get<std::uint64_t>();
}

Header header_of(const Json& json) {
  if (!json.contains("torpor_trace"))
    throw Malformed{"not a trace: the first line has no \"torpor_trace\""};
  if (json["torpor_trace"] != kFormatVersion) {
    throw Malformed{"trace format " + json["torpor_trace"].dump() + "; this program reads format " +
                    std::to_string(kFormatVersion)};
  }
  const Json& target = object(json, "target");
  const Json& tape = member(
      json, "tape", [](const Json& value) { return value.is_null() || value.is_array(); },
      "a list or null");
  return {string(json, "case"),
          object(json, "scenario"),
          string(target, "name"),
          string(target, "version"),
          string(json, "profile"),
          count(json, "seed"),
          tape};
}

Event event_of(Json json) {
  const Json& t = member(
      json, "t", [](const Json& value) { return value.is_number_integer(); }, "a whole number");
  Event event{Time(Duration(t.get<std::int64_t>())), string(json, "actor"), string(json, "kind"),
              Json::object()};
  for (auto& [name, value] : json.items()) {
    if (name != "t" && name != "actor" && name != "kind") event.members[name] = std::move(value);
  }
  return event;
}

// Reads line by line; `line` is where it is.
class Lines {
 public:
  explicit Lines(std::istream& in) : in_(in) {}

  // Nothing at the end of the input. A blank line is malformed, except as the last.
  std::optional<Json> next() {
    if (!std::getline(in_, text_)) return std::nullopt;
    ++number_;
    const bool cut = in_.eof();  // no newline came after it
    auto parsed = parse_json(text_);
    if (const auto* problem = std::get_if<JsonProblem>(&parsed)) {
      if (cut) throw Malformed{"cut: no footer (the last line is incomplete)"};
      const std::string what =
          "bad JSON at column " + std::to_string(problem->column) + ": " + problem->what;
      throw Malformed{number_ > 1
                          ? what
                          : "not a trace, which has a JSON object on each line, and which `torpor "
                            "run FILE --trace TRACE` writes (" +
                                what + ")"};
    }
    Json& json = std::get<Json>(parsed);
    if (!json.is_object())
      throw Malformed{std::string("a line must be an object, not ") + json.type_name()};
    return std::move(json);
  }

  std::size_t number() const { return number_; }
  const std::string& text() const { return text_; }

 private:
  std::istream& in_;
  std::string text_;
  std::size_t number_ = 0;
};

// The digest over the octets of lines as Writer writes them. Of a trace that somebody else wrote,
// in which the same members look different, it is another.
class LinesDigest {
 public:
  // False when this is no such line.
  bool add(std::string_view line) {
    constexpr std::string_view kBegin = "{\"t\":";
    if (!line.starts_with(kBegin)) return false;
    const std::size_t comma = line.find_first_not_of("0123456789", kBegin.size());
    if (comma == kBegin.size() || comma >= line.size() || line[comma] != ',') return false;
    digest_.add("{");
    digest_.add(line.substr(comma + 1));
    digest_.add("\n");
    ++events_;
    return true;
  }
  std::size_t events() const { return events_; }
  std::string hex() const { return digest_.hex(); }

 private:
  Digest digest_;
  std::size_t events_ = 0;
};

void check_footer(const Json& json, const Trace& trace) {
  const std::uint64_t events = count(json, "events");
  if (events != trace.events.size()) {
    throw Malformed{"the footer says " + std::to_string(events) + " events, the file holds " +
                    std::to_string(trace.events.size())};
  }
  const std::string said = string(json, "digest");
  if (said != trace.digest) {
    throw Malformed{"digest mismatch: the footer says " + said + ", the events give " +
                    trace.digest};
  }
}

Trace read_lines(Lines& lines) {
  const auto first = lines.next();
  if (!first) throw Malformed{"empty: a trace begins with a header line"};
  Trace trace{header_of(*first), {}, {}};
  LinesDigest of_lines;
  bool all_lines = true;
  while (auto json = lines.next()) {
    if (!json->contains("end")) {
      all_lines = all_lines && of_lines.add(lines.text());
      trace.events.push_back(event_of(*std::move(json)));
      continue;
    }
    // The lines as they are, which is quicker, or else as Writer would have written them.
    trace.digest = all_lines ? of_lines.hex() : "";
    if (trace.digest != json->value("digest", Json())) trace.digest = digest_of(trace.events);
    check_footer(*json, trace);
    if (lines.next()) throw Malformed{"something follows the footer"};
    return trace;
  }
  throw Malformed{"cut: no footer"};
}

}  // namespace

std::string ReadError::to_string() const {
  return file + ":" + (line == 0 ? "" : std::to_string(line) + ":") + " " + message;
}

ReadResult read(std::istream& in, const std::string& name) {
  Lines lines(in);
  try {
    return read_lines(lines);
  } catch (const Malformed& malformed) {
    return ReadError{name, lines.number(), malformed.message};
  }
}

std::optional<Event> parse_event(std::string_view line) {
  try {
    Json json = parse_json_or_null(line);
    return json.is_object() ? std::optional(event_of(std::move(json))) : std::nullopt;
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

std::optional<Outline> outline(std::istream& in, const OnLine& on_event) {
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  Outline outline;
  try {
    outline.header = header_of(parse_json_or_null(line));
    LinesDigest digest;
    while (std::getline(in, line) && digest.add(line)) {
      if (on_event) on_event(line);
    }
    const Json footer = parse_json_or_null(line);
    outline.digest = digest.hex();
    if (!footer.is_object() || !footer.contains("end") || in.eof() || in.peek() != EOF ||
        count(footer, "events") != digest.events() || string(footer, "digest") != outline.digest)
      return std::nullopt;
  } catch (const Malformed&) {
    return std::nullopt;
  }
  return outline;
}

std::optional<Outline> outline_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return outline(in);
}

ReadResult read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return ReadError{path, 0, "cannot be read"};
  return read(in, path);
}

}  // namespace torpor::trace
