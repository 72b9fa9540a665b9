// For this folder's tests: octets written as hex, frames from a client, events written as text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/websocket/event.h"
#include "core/websocket/frame.h"
#include "core/websocket/reader.h"

namespace torpor::websocket::testing {

Bytes octets(std::string_view hex);  // blanks are skipped
std::string hex(std::string_view octets);

inline constexpr std::uint32_t kMask = 0x37FA213D;  // RFC 6455 5.7

// A frame as a client sends it: masked.
Bytes client(Opcode opcode, std::string_view payload, FrameOptions options = {});
Bytes client(std::uint8_t opcode, std::string_view payload, FrameOptions options = {});

// text "a", binary 6162, ping "a", pong "a", close 1000 "r", close, error 1002 "why"
std::string print(const Event& event);

std::vector<Event> read_events(Reader& reader, std::string_view octets);
std::vector<std::string> read_all(Reader::Options options, std::string_view octets);

}  // namespace torpor::websocket::testing
