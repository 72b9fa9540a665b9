#include "conformance/report/usage_text.h"

#include <fmt/format.h>

#include "core/time.h"
#include "core/trace/trace.h"

namespace torpor::report {
namespace {

// Whoever answered may have answered anything: what is no object has no members.
Json object_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_object() ? *found : Json::object();
}

std::int64_t number(const Json& json, const char* name) {
  return trace::number_member(json, name, 0);
}

std::string seconds(std::int64_t us) {
  return fmt::format("{}.{:03} s", us / 1'000'000, us / 1000 % 1000);
}

std::string counted(std::int64_t count, const char* what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string billed_requests(const Json& usage) {
  const Json billed = object_in(usage, "billedRequests");
  const std::int64_t whole = number(billed, "whole"), twentieths = number(billed, "twentieths");
  if (twentieths == 0) return counted(whole, "request");
  return fmt::format("{} {}/20 requests", whole, twentieths);
}

// "timer 60.000 s, handler 0.010 s"
std::string time_held(const Json& durations) {
  std::string text;
  const Json held = object_in(durations, "heldBy");
  for (const auto& [name, us] : held.items()) {
    if (us.is_number_integer())
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, seconds(us));
  }
  return text.empty() ? "nothing" : text;
}

// "held by timer, handler"
std::string state_now(const Json& usage) {
  if (usage.value("inMemory", Json(false)) != true) return "not in memory";
  std::string text;
  const auto held = usage.find("heldBy");
  if (held != usage.end() && held->is_array()) {
    for (const Json& name : *held) {
      if (name.is_string()) text += (text.empty() ? "" : ", ") + name.get<std::string>();
    }
  }
  return text.empty() ? "in memory, may hibernate" : "held by " + text;
}

}  // namespace

std::string usage_line(const Json& usage) {
  return fmt::format("{}, {} billed, {}", billed_requests(usage),
                     seconds(number(object_in(usage, "durationUs"), "billed")), state_now(usage));
}

std::string usage_section(const Json& usage, const Terminal& terminal) {
  const Json requests = object_in(usage, "requests"), messages = object_in(usage, "messages"),
             durations = object_in(usage, "durationUs");
  std::string out = terminal.paint(Colour::kBold, "usage") + " of the object, as documented\n";
  const auto line = [&](const char* name, const std::string& text) {
    out += fmt::format("  {:<9} {}\n", name, printable(text));
  };
  line("requests",
       fmt::format("{}, {} other, {}", counted(number(requests, "upgrade"), "upgrade"),
                   number(requests, "http"), counted(number(requests, "alarm"), "alarm")));
  line("messages",
       fmt::format("{} in; free: {} out, {}, {}", number(messages, "in"), number(messages, "out"),
                   counted(number(messages, "autoResponses"), "auto-response"),
                   counted(number(messages, "pings"), "ping")));
  line("billed", fmt::format("{}, {} of duration, {} written by setAlarm", billed_requests(usage),
                             seconds(number(durations, "billed")),
                             counted(number(object_in(usage, "rowsWritten"), "setAlarm"), "row")));
  line("free", seconds(number(durations, "free")) + " in memory, able to hibernate");
  line("held by", time_held(durations));
  line("at last", state_now(usage));
  return out;
}

}  // namespace torpor::report
