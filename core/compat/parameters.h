// The one table of platform parameters: every limit and every behaviour in which the profiles
// differ, or which a test may want to change. No other file decides by profile.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/compat/profile.h"

namespace torpor::compat {

// Sizes in octets, durations in milliseconds; a behaviour is 0 (off) or 1 (on).
struct Parameters {
  std::int64_t attachment_bytes_max;
  std::int64_t tag_count_max;
  std::int64_t tag_length_max;
  std::int64_t auto_response_length_max;
  // Tags and auto-responses are measured in UTF-16 units, not in UTF-8 octets.
  std::int64_t length_in_characters;
  std::int64_t sockets_max;
  std::int64_t event_timeout_ms_max;
  std::int64_t close_reason_bytes_max;
  std::int64_t message_bytes_max;
  std::int64_t idle_eviction_ms;
  std::int64_t block_concurrency_ms_max;
  std::int64_t alarm_retries_max;
  std::int64_t alarm_retry_first_ms;
  // The date's automatic Close reply also covers hibernatable sockets.
  std::int64_t hibernatable_auto_reply;
  // The date's automatic Close reply exists at all.
  std::int64_t standard_auto_reply;
  // With the automatic reply, close() on an ended hibernatable socket does nothing.
  std::int64_t close_after_close_is_safe;
  // The timestamp is of a response sent, not of a request matched.
  std::int64_t auto_response_time_is_sending;
  // A pending alarm keeps the object in memory.
  std::int64_t alarm_prevents_hibernation;
  // The RFC's rules for what a peer may send.
  std::int64_t strict_protocol;
  // Hibernatable: no FIN after the Close of a protocol error.
  std::int64_t protocol_error_keeps_tcp_open;
  // Hibernatable: no FIN before the eviction when the client's answer to the server's Close is the
  // first it ever sent but for pings.
  std::int64_t close_as_first_frame_keeps_tcp_open;
  // Hibernatable: the second hibernation after a close() forgets it.
  std::int64_t second_hibernation_forgets_close;
  // Standard, outgoing or between workers: an error event follows the answer to a Close.
  std::int64_t answered_close_tells_of_loss;
  // A pong still queued is replaced by the next.
  std::int64_t pongs_coalesce;
  // Pings and faults behind a message are answered before what its handler sent leaves.
  std::int64_t control_frames_overtake;
  // A fault that comes while a message is being sent is told to nobody, and nothing passes any
  // more.
  std::int64_t fault_behind_unsent_is_lost;
};

struct ParameterRule {
  std::string_view name;
  std::int64_t Parameters::*member;
  std::int64_t documented;
  std::int64_t parity;
  std::int64_t rfc6455;
  std::string_view source;
};

std::span<const ParameterRule> parameter_rules();
Parameters parameters_of(Profile profile);

// Applies "name=value"; the answer is what is wrong with it, or nothing.
std::optional<std::string> override_parameter(Parameters& parameters, std::string_view assignment);

}  // namespace torpor::compat
