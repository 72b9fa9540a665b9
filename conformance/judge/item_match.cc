#include "conformance/judge/item_match.h"

#include <boost/algorithm/string/predicate.hpp>
#include <cstdlib>
#include <string_view>

#include "conformance/scenario/subset.h"
#include "core/trace/octets.h"
#include "core/websocket/close.h"

namespace torpor::judge {

namespace {

namespace expect = scenario::expect;

using Mismatch = std::optional<std::string>;

constexpr std::size_t kShownMax = 80;

std::string in_quotes(std::string_view octets) {
  const bool cut = octets.size() > kShownMax;
  Json json = octets.substr(0, kShownMax);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) +
         (cut ? " (" + std::to_string(octets.size()) + " octets)" : "");
}

std::string in_quotes(const scenario::Payload& payload) {
  if (payload.count == 1) return in_quotes(std::string_view(payload.unit));
  return std::to_string(payload.count) + " times " + in_quotes(std::string_view(payload.unit));
}

std::string differs(const std::string& what, const std::string& got, const std::string& expected) {
  return "the " + what + " is " + got + ", not " + expected;
}

std::string kind_of(const expect::Item& item) {
  static constexpr const char* kFrames[] = {"text", "binary", "ping", "pong"};
  if (std::holds_alternative<expect::Open>(item.what)) return "open";
  if (std::holds_alternative<expect::Response>(item.what)) return "response";
  if (std::holds_alternative<expect::Request>(item.what)) return "request";
  if (std::holds_alternative<expect::Close>(item.what)) return "close";
  if (std::holds_alternative<expect::End>(item.what)) return "end";
  if (std::holds_alternative<expect::ConnectFailed>(item.what)) return "connectFailed";
  if (std::holds_alternative<expect::Log>(item.what)) return "log";
  if (std::holds_alternative<expect::Usage>(item.what)) return "usage";
  if (const auto* frame = std::get_if<expect::Frame>(&item.what))
    return kFrames[static_cast<std::size_t>(frame->kind)];
  std::abort();  // a group takes no event
}

Mismatch headers_mismatch(const std::vector<expect::HeaderCheck>& checks, const Json& members) {
  for (const expect::HeaderCheck& check : checks) {
    const auto got = header_of(members, check.name);
    if (got == check.value) continue;
    if (!got) return "there is no header " + check.name;
    return differs("header " + check.name, in_quotes(*got),
                   check.value ? in_quotes(*check.value) : "absent");
  }
  return std::nullopt;
}

// "HTTP/1.1 426 Upgrade Required": what follows the status.
std::string status_text_of(const Json& members) {
  const auto octets = members.find("octets");
  const std::string head =
      octets == members.end() ? "" : trace::octets_from_json(*octets).value_or("");
  const std::string line = head.substr(0, head.find('\r'));
  const auto status = line.find(' ');
  const auto text = status == std::string::npos ? status : line.find(' ', status + 1);
  return text == std::string::npos ? "" : line.substr(text + 1);
}

Mismatch matches(const expect::Open& open, const LaneEvent& event) {
  return headers_mismatch(open.headers, event.event->members);
}

Mismatch matches(const expect::Response& response, const LaneEvent& event) {
  const Json& members = event.event->members;
  const std::int64_t status = trace::number_member(members, "status", 0);
  if (response.status && status != *response.status) {
    return differs("status", std::to_string(status), std::to_string(*response.status));
  }
  const std::string status_text = status_text_of(members);
  if (response.status_text && status_text != *response.status_text)
    return differs("status text", in_quotes(status_text), in_quotes(*response.status_text));
  if (auto headers = headers_mismatch(response.headers, members)) return headers;
  if (!response.body) return std::nullopt;
  const Json body = members.value("body", Json(""));
  const std::string got =
      body.is_string() ? body.get<std::string>() : trace::octets_from_json(body).value_or("");
  if (got != *response.body) return differs("body", in_quotes(got), in_quotes(*response.body));
  return std::nullopt;
}

Mismatch matches(const expect::Request& request, const LaneEvent& event) {
  const Json& members = event.event->members;
  for (const auto& [name, wanted] :
       {std::pair("method", request.method), std::pair("target", request.target)}) {
    const std::string got = trace::text_member(members, name);
    if (wanted && got != *wanted) return differs(name, in_quotes(got), in_quotes(*wanted));
  }
  return headers_mismatch(request.headers, members);
}

Mismatch matches(const expect::Frame& frame, const LaneEvent& event) {
  const Json& members = event.event->members;
  const auto payload = trace::payload_of(members);
  if (!payload) return "the trace holds no payload for it";
  const bool fits = frame.any_more ? payload->starts_with(frame.payload.octets())
                                   : frame.payload.equals(*payload);
  if (!fits) {
    return differs("payload", in_quotes(*payload),
                   in_quotes(frame.payload) + (frame.any_more ? " and more" : ""));
  }
  if (frame.compressed && (members.value("compressed", Json(false)) == true) != *frame.compressed) {
    return std::string("it is ") + (*frame.compressed ? "not " : "") + "compressed";
  }
  const std::int64_t frames = trace::number_member(members, "frames", 1);
  if (frame.frames && frames != *frame.frames)
    return differs("number of frames", std::to_string(frames), std::to_string(*frame.frames));
  return std::nullopt;
}

Mismatch matches(const expect::Close& close, const LaneEvent& event) {
  const std::string payload = close_payload(event.event->members);
  if (payload == close.payload) return std::nullopt;
  const auto code = [](const websocket::ClosePayload& decoded) {
    return decoded.code ? std::to_string(*decoded.code) : std::string("absent");
  };
  const auto got = websocket::decode_close(payload);
  const auto expected = websocket::decode_close(close.payload);
  if (got.code != expected.code) return differs("code", code(got), code(expected));
  if (close.any_reason) return std::nullopt;
  if (got.reason != expected.reason)
    return differs("reason", in_quotes(got.reason), in_quotes(expected.reason));
  return differs("payload", trace::to_hex(payload), trace::to_hex(close.payload));
}

Mismatch matches(const expect::End& end, const LaneEvent& event) {
  const std::string how = trace::text_member(event.event->members, "how");
  const std::string expected = end.how == expect::EndHow::kFin ? "fin" : "reset";
  if (end.how == expect::EndHow::kAny || how == expected) return std::nullopt;
  return differs("end", how, expected);
}

Mismatch matches(const expect::ConnectFailed&, const LaneEvent&) {
  return std::nullopt;
}

Mismatch entry_mismatch(const Json& pattern, const LaneEvent& event) {
  for (const auto& [name, value] : pattern.items()) {
    const auto it = event.entry().find(name);
    if (it == event.entry().end()) return "it has no member " + name;
    if (!scenario::matches_subset(value, *it)) return differs(name, it->dump(), value.dump());
  }
  return std::nullopt;
}

Mismatch matches(const expect::Log& log, const LaneEvent& event) {
  return entry_mismatch(log.pattern, event);
}

Mismatch matches(const expect::Usage& usage, const LaneEvent& event) {
  return entry_mismatch(usage.pattern, event);
}

template <typename Group>
Mismatch matches(const Group&, const LaneEvent&) {
  std::abort();  // a group takes no event
}

Mismatch within_mismatch(const expect::Item& item, const LaneEvent& event) {
  if (!item.within) return std::nullopt;
  const Duration waited = event.waited.value_or(Duration{});
  if (waited >= item.within->min && waited <= item.within->max) return std::nullopt;
  return "it came " + std::to_string(to_milliseconds(waited)) +
         " ms after the thing before it, not within " +
         std::to_string(to_milliseconds(item.within->min)) + " to " +
         std::to_string(to_milliseconds(item.within->max)) + " ms";
}

}  // namespace

std::optional<std::string> header_of(const Json& members, const std::string& name) {
  std::optional<std::string> joined;
  const auto headers = members.find("headers");
  if (headers == members.end() || !headers->is_array()) return joined;
  for (const Json& header : *headers) {
    if (!header.is_array() || header.size() != 2 || !header[0].is_string() ||
        !header[1].is_string())
      continue;
    if (!boost::algorithm::iequals(header[0].get_ref<const std::string&>(), name,
                                   std::locale::classic()))
      continue;
    joined = (joined ? *joined + ", " : "") + header[1].get<std::string>();
  }
  return joined;
}

std::string close_payload(const Json& members) {
  if (const auto octets = members.find("octets"); octets != members.end()) {
    return trace::octets_from_json(*octets).value_or("");
  }
  const auto code = members.find("code");
  if (code == members.end() || !code->is_number_unsigned()) return "";
  return websocket::encode_close(
      {code->get<std::uint16_t>(), trace::text_member(members, "reason")});
}

bool same_sort(const expect::Item& item, const LaneEvent& event) {
  if (kind_of(item) != event.event->kind) return false;
  const auto* log = std::get_if<expect::Log>(&item.what);
  if (log == nullptr) return true;
  for (const char* name : {"event", "op"}) {
    const auto expected = log->pattern.find(name);
    if (expected == log->pattern.end()) continue;
    const auto got = event.entry().find(name);
    if (got == event.entry().end() || *got != *expected) return false;
  }
  return true;
}

std::optional<std::string> mismatch(const expect::Item& item, const LaneEvent& event) {
  const std::string kind = kind_of(item);
  if (kind != event.event->kind) return differs("kind", event.event->kind, kind);
  auto reason = std::visit([&](const auto& what) { return matches(what, event); }, item.what);
  return reason ? reason : within_mismatch(item, event);
}

}  // namespace torpor::judge
