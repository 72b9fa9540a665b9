#include "core/compat/parameters.h"

#include <array>
#include <charconv>

namespace torpor::compat {
namespace {

using P = Parameters;

constexpr std::array kParameterRules = {
    ParameterRule{"attachment_bytes_max", &P::attachment_bytes_max, 2048, 16384, 16384, "ATT-01"},
    ParameterRule{"tag_count_max", &P::tag_count_max, 10, 10, 10, "TAG-01"},
    ParameterRule{"tag_length_max", &P::tag_length_max, 256, 256, 256, "TAG-02"},
    ParameterRule{"auto_response_length_max", &P::auto_response_length_max, 2048, 2048, 2048,
                  "AUTO-04"},
    ParameterRule{"length_in_characters", &P::length_in_characters, 1, 0, 0, "TAG-02, AUTO-04"},
    ParameterRule{"sockets_max", &P::sockets_max, 32768, 32768, 32768, "LIM-01"},
    ParameterRule{"event_timeout_ms_max", &P::event_timeout_ms_max, 604800000, 604800000, 604800000,
                  "TO-01"},
    ParameterRule{"close_reason_bytes_max", &P::close_reason_bytes_max, 123, 123, 123, "CLOSE-04"},
    ParameterRule{"message_bytes_max", &P::message_bytes_max, 33554432, 33554432, 33554432,
                  "MSG-03"},
    ParameterRule{"idle_eviction_ms", &P::idle_eviction_ms, 10000, 10000, 10000, "HIB-01"},
    ParameterRule{"block_concurrency_ms_max", &P::block_concurrency_ms_max, 30000, 30000, 30000,
                  "HIB-16"},
    ParameterRule{"alarm_retries_max", &P::alarm_retries_max, 6, 6, 6, "ALARM-03"},
    ParameterRule{"alarm_retry_first_ms", &P::alarm_retry_first_ms, 2000, 2000, 2000, "ALARM-03"},
    ParameterRule{"hibernatable_auto_reply", &P::hibernatable_auto_reply, 1, 0, 1, "ACL-04"},
    ParameterRule{"standard_auto_reply", &P::standard_auto_reply, 1, 1, 1, "ACL-01"},
    ParameterRule{"close_after_close_is_safe", &P::close_after_close_is_safe, 1, 0, 0, "CLOSE-11"},
    ParameterRule{"auto_response_time_is_sending", &P::auto_response_time_is_sending, 1, 0, 0,
                  "AUTO-07"},
    ParameterRule{"alarm_prevents_hibernation", &P::alarm_prevents_hibernation, 1, 0, 0, "HIB-07"},
    ParameterRule{"strict_protocol", &P::strict_protocol, 0, 0, 1, "FRAME-01, MSG-06, CLE-04"},
    ParameterRule{"protocol_error_keeps_tcp_open", &P::protocol_error_keeps_tcp_open, 1, 1, 0,
                  "FRAME-08"},
    ParameterRule{"close_as_first_frame_keeps_tcp_open", &P::close_as_first_frame_keeps_tcp_open, 0,
                  1, 0, "CLOSE-16"},
    ParameterRule{"second_hibernation_forgets_close", &P::second_hibernation_forgets_close, 0, 1, 0,
                  "HIB-18"},
    ParameterRule{"answered_close_tells_of_loss", &P::answered_close_tells_of_loss, 0, 1, 0,
                  "OUT-16, STD-21"},
    ParameterRule{"pongs_coalesce", &P::pongs_coalesce, 1, 1, 0, "PING-03"},
    ParameterRule{"control_frames_overtake", &P::control_frames_overtake, 0, 1, 0,
                  "PING-09, FRAME-10"},
    ParameterRule{"fault_behind_unsent_is_lost", &P::fault_behind_unsent_is_lost, 0, 1, 0,
                  "FRAME-12"},
};

std::int64_t value_in(const ParameterRule& rule, Profile profile) {
  switch (profile) {
    case Profile::kDocumented:
      return rule.documented;
    case Profile::kParity:
      return rule.parity;
    case Profile::kRfc6455:
      return rule.rfc6455;
  }
  return rule.parity;
}

std::string known_names() {
  std::string names;
  for (const ParameterRule& rule : kParameterRules) {
    names += (names.empty() ? "" : ", ") + std::string(rule.name);
  }
  return names;
}

}  // namespace

std::span<const ParameterRule> parameter_rules() {
  return kParameterRules;
}

Parameters parameters_of(Profile profile) {
  Parameters parameters{};
  for (const ParameterRule& rule : kParameterRules)
    parameters.*rule.member = value_in(rule, profile);
  return parameters;
}

std::optional<std::string> override_parameter(Parameters& parameters, std::string_view assignment) {
  const auto equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    return "'" + std::string(assignment) + "' is not NAME=VALUE";
  }
  const std::string_view name = assignment.substr(0, equals);
  const std::string_view text = assignment.substr(equals + 1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) {
    return "'" + std::string(text) + "' is not a whole number from 0 up (parameter " +
           std::string(name) + ")";
  }
  for (const ParameterRule& rule : kParameterRules) {
    if (rule.name != name) continue;
    parameters.*rule.member = value;
    return std::nullopt;
  }
  return "unknown parameter '" + std::string(name) + "'; known: " + known_names();
}

}  // namespace torpor::compat
