// How the platform turns JavaScript arguments into what its methods take. Source: observed.md 2, 5,
// 6, 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/object/storage.h"
#include "core/object/web_socket.h"
#include "core/object/wire.h"
#include "core/value/value.h"

namespace torpor::object {

// String(value); a Symbol is a TypeError. UTF-8, lone surrogates kept as they are (SEND-09).
std::string to_string(const value::Value& value);

// send(value): buffers and views are binary, everything else is String(value) as text (SEND-01).
OutgoingMessage to_message(const value::Value& value);
// send() without an argument.
[[noreturn]] void refuse_missing_message();

// close(code, reason): undefined is absent; the code is converted to int32, the reason has no lone
// surrogates (CLOSE-06).
std::optional<std::int32_t> to_close_code(const value::Value& value);
std::optional<std::string> to_close_reason(const value::Value& value);

// The third argument of addEventListener; throws TypeError for what the platform does not support
// (STD-03).
struct ListenerOptions {
  bool once = false;
};
ListenerOptions to_listener_options(const value::Value& value);

AcceptOptions to_accept_options(const value::Value& value);
// undefined is no tags; anything but an array is a TypeError (TAG-03).
std::vector<std::string> to_tags(const value::Value& value);
// The second argument of new WebSocket: a list, or anything else as one name; undefined is none
// (OUT-02).
struct Protocols {
  std::vector<std::string> names = {};
  bool is_list = true;
};
Protocols to_protocols(const value::Value& value);
// The options of storage.list().
ListOptions to_list_options(const value::Value& value);
// undefined and null are absent (TO-01).
std::optional<std::int64_t> to_event_timeout(const value::Value& value);

}  // namespace torpor::object
