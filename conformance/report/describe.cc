#include "conformance/report/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "conformance/report/result_json.h"
#include "conformance/report/terminal.h"
#include "conformance/report/usage_text.h"
#include "core/trace/octets.h"

namespace torpor::report {
namespace {

// Longer payloads are cut in a description; the trace has them in full.
constexpr std::size_t kTextShown = 120;
constexpr std::size_t kOctetsShown = 24;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string in_quotes(const std::string& text) {
  if (text.size() <= kTextShown) return dump(text);
  return fmt::format("{}… ({} octets)", dump(std::string(prefix_of(text, kTextShown))),
                     text.size());
}

std::string spaced_hex(const std::string& octets) {
  std::string out;
  for (std::size_t i = 0; i < std::min(octets.size(), kOctetsShown); ++i) {
    out += fmt::format("{}{:02x}", i > 0 ? " " : "", static_cast<unsigned char>(octets[i]));
  }
  return octets.size() > kOctetsShown ? out + " …" : out;
}

std::string with_size(const std::string& octets) {
  return octets.empty() ? "(empty)"
                        : fmt::format("({} octets) {}", octets.size(), spaced_hex(octets));
}

std::string payload_of(const Json& members) {
  return trace::payload_of(members).value_or("");
}

bool is_request(const std::string& octets) {
  return octets.find(" HTTP/1.") < octets.find("\r\n");
}

std::string describe_sent(const Json& members) {
  std::string octets = payload_of(members);
  if (is_request(octets)) return fmt::format("sent {}", octets.substr(0, octets.find("\r\n")));
  return fmt::format("sent {}", with_size(octets));
}

std::string describe_close(const Json& members) {
  if (!members.contains("code"))
    return payload_of(members).empty() ? "Close (empty)"
                                       : "Close " + with_size(payload_of(members));
  return fmt::format("Close {} {}", dump(members.at("code")),
                     in_quotes(members.value("reason", "")));
}

std::string describe_text(const Json& members) {
  std::string flag = members.value("compressed", false) ? "compressed text" : "text";
  if (members.contains("text"))
    return fmt::format("{} {}", flag, in_quotes(members.at("text").get<std::string>()));
  return fmt::format("{} {}", flag, with_size(payload_of(members)));
}

std::string describe_control(const trace::Event& event) {
  std::string payload = payload_of(event.members);
  bool shown =
      std::all_of(payload.begin(), payload.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  return fmt::format("{} {}", event.kind, shown ? in_quotes(payload) : with_size(payload));
}

// Values are kept short, members in the order the entry has them.
std::string describe_entry(const Json& entry) {
  std::string out;
  for (const auto& [name, value] : entry.items()) {
    if (name == "seq" || name == "at") continue;
    std::string text = value.is_string() ? in_quotes(value.get<std::string>()) : dump(value);
    if (text.size() > 2 * kTextShown) text = fmt::format("{}…", prefix_of(text, kTextShown));
    out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", name, text);
  }
  return out;
}

std::string expected_close(const Json& close) {
  if (close.empty()) return "Close (empty)";
  if (!close.contains("code")) return "Close " + dump(close);
  if (!close.contains("reason")) return fmt::format("Close {}", dump(close.at("code")));
  return fmt::format("Close {} {}", dump(close.at("code")), dump(close.at("reason")));
}

// In the words of what was seen, as far as an expectation is that simple; else as written.
std::string expected_in_words(const Json& item) {
  if (!item.is_object() || item.empty()) return dump(item);
  const std::string& kind = item.begin().key();
  const Json& value = item.begin().value();
  for (const char* compound :
       {"open", "response", "request", "oneOf", "unordered", "optional", "when", "connectFailed"}) {
    if (kind == compound) return dump(item);
  }
  for (const char* frame : {"text", "binary", "ping", "pong", "close", "end"}) {
    if (kind != frame) continue;
    if (item.size() > 1) return dump(item);
    if (kind == "close") return expected_close(value);
    if (kind != "end") return fmt::format("{} {}", kind, dump(value));
    return value == "fin"     ? "end of stream (FIN)"
           : value == "reset" ? "reset (RST)"
                              : "the end, either way";
  }
  return describe_entry(item);
}

}  // namespace

std::string describe(const trace::Event& event) {
  const Json& members = event.members;
  if (event.kind == "sent") return describe_sent(members);
  if (event.kind == "open" || event.kind == "response") {
    std::string body =
        members.contains("body") && members.at("body").is_string() ? members.at("body") : "";
    return fmt::format("{} {}{}", event.kind, members.value("status", 0),
                       body.empty() ? "" : " " + in_quotes(body));
  }
  if (event.kind == "text") return describe_text(members);
  if (event.kind == "binary") return "binary " + with_size(payload_of(members));
  if (event.kind == "ping" || event.kind == "pong") return describe_control(event);
  if (event.kind == "close") return describe_close(members);
  if (event.kind == "end")
    return members.value("how", "") == "fin" ? "end of stream (FIN)" : "reset (RST)";
  if (event.kind == "log" && members.contains("entry")) return describe_entry(members.at("entry"));
  if (event.kind == "usage" && members.contains("entry") && members.at("entry").is_object())
    return "usage: " + usage_line(members.at("entry"));
  if (event.kind == "step" && members.contains("step")) {
    return fmt::format("step {}: {}", dump(members.value("index", Json(0))),
                       describe_entry(members.at("step")));
  }
  std::string rest = describe_entry(members);
  return rest.empty() ? event.kind : fmt::format("{} {}", event.kind, rest);
}

std::string describe_expected(const Json& item) {
  if (item.is_null()) return "nothing more";
  if (item.contains("kind")) return describe_got(item);
  Json shown = item;
  if (shown.is_object()) {
    shown.erase("statement");
    shown.erase("note");
  }
  std::string text = expected_in_words(shown);
  return text.size() > 8 * kTextShown ? fmt::format("{}…", prefix_of(text, 8 * kTextShown)) : text;
}

std::string describe_got(const Json& got) {
  if (got.is_null()) return "nothing";
  if (!got.is_object()) return dump(got);
  if (!got.contains("kind")) return describe_entry(got);
  // The judge leaves out the time and the actor, which the lane tells.
  Json whole = {{"t", 0}, {"actor", ""}};
  whole.update(got);
  return describe(event_from_json(whole));
}

Sides describe_sides(const Json& expected, const Json& got) {
  Sides sides{describe_expected(expected), describe_got(got)};
  if (sides.expected != sides.got || !expected.is_object() || !got.is_object()) return sides;
  const auto only_in = [](const Json& one, const Json& other) {
    Json members = Json::object();
    for (const auto& [name, value] : one.items()) {
      if (!other.contains(name) || other.at(name) != value) members[name] = value;
    }
    if (members.size() > 1) members.erase("octets");  // they say the same once more
    return describe_entry(members);
  };
  return {only_in(expected, got), only_in(got, expected)};
}

std::string describe(Time time) {
  std::int64_t us = to_microseconds(time);
  return fmt::format("{}.{:03}", us / 1'000'000, us / 1000 % 1000);
}

}  // namespace torpor::report
