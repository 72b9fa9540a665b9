// Compatibility flags that change what WebSockets on Durable Objects do, and the dates from which
// they are on. Source: observed.md and rules.md 0.2 (workerd's compatibility-date.capnp).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace torpor::compat {

struct Flags {
  bool web_socket_compression = false;             // permessage-deflate may be negotiated
  bool delete_all_deletes_alarm = false;           // storage.deleteAll() also clears the alarm
  bool websocket_close_reason_byte_limit = false;  // close() refuses reasons over 123 UTF-8 bytes
  bool websocket_standard_binary_type = false;     // binaryType starts as "blob"
  bool web_socket_auto_reply_to_close = false;     // standard sockets answer a Close by themselves
  // A listener that throws keeps no other from being called, and of a close event fails no socket.
  bool spec_compliant_dispatch_exceptions = false;
  bool pedantic_wpt = false;  // close() takes 1000 and 3000 to 4999 only, as in a browser
};

inline constexpr std::string_view kNeverByDate = "never";

struct FlagRule {
  std::string_view enable;
  std::string_view disable;
  std::string_view default_from;  // YYYY-MM-DD; kNeverByDate: only when it is named
  bool Flags::*member;
};

std::span<const FlagRule> flag_rules();

struct FlagError {
  std::string message;
};

// `date` is YYYY-MM-DD. A flag named wins over the date; naming a flag and its opposite, an unknown
// flag or a malformed date is an error.
std::variant<Flags, FlagError> resolve_flags(std::string_view date,
                                             std::span<const std::string> names);

}  // namespace torpor::compat
