// What one object costs as the documentation bills it, and what keeps it in memory. Nothing here
// decides anything: the object tells it what happens. It outlives instances, resets and crashes.
// Source: BILL-01 to BILL-06.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.h"

namespace torpor::object {

// What keeps an object in memory from hibernating. A new one needs a name in usage.cc, and to be
// told by Object::holds().
enum class Hold : std::uint8_t {
  kRequest,                // fetch() has not returned (HIB-05)
  kHandler,                // that of a socket or of the alarm, or a listener (HIB-02)
  kWaitUntil,              // HIB-05
  kBlockConcurrencyWhile,  // its callback
  kTimer,                  // has not fired, or what it called has not returned (HIB-04)
  kEvent,                  // waits for the input gate to open
  kStandardSocket,         // HIB-08
  kUnacceptedSocket,       // HIB-30
  kConnectingSocket,       // of the object's own (OUT-08)
  kUnsentOctets,           // a client does not read (SEND-11)
  kUnconfirmedWrite,       // is not durable yet
  kAlarm,                  // is set, where the profile lets that count (HIB-07)
};
inline constexpr std::size_t kHoldCount = 12;
using Holds = std::bitset<kHoldCount>;

constexpr std::size_t index_of(Hold hold) {
  return static_cast<std::size_t>(hold);
}
// "timer": as reports have it.
std::string_view name_of(Hold hold);

// Exact: an incoming message is a twentieth of a request. Only the sum over an account is ever
// rounded, and how is not documented.
struct BilledRequests {
  std::int64_t whole = 0;
  std::int64_t twentieths = 0;  // 0 to 19

  bool operator==(const BilledRequests&) const = default;
};

class Usage {
 public:
  // Requests: each of these is one.
  std::int64_t upgrades = 0;       // asked for, granted or not
  std::int64_t http_requests = 0;  // all others
  std::int64_t alarms = 0;         // calls of the handler, retries too
  // Messages from and to clients; what the two ends of a pair in one object tell each other is not
  // counted.
  std::int64_t messages_in = 0;
  std::int64_t messages_out = 0;    // free
  std::int64_t auto_responses = 0;  // requests for one; free, and not among the two above
  std::int64_t pings = 0;           // received; free
  std::int64_t alarms_set = 0;      // calls of setAlarm(): a row written each

  BilledRequests billed_requests() const;

  // From `now` on the object is in memory and held by these, or is not in memory. `now` never goes
  // back.
  void set_holds(Time now, std::optional<Holds> holds);

  // Up to `now`. Billed and free together are the time in memory (BILL-04).
  Duration billed(Time now) const;              // something held it
  Duration free(Time now) const;                // it might have hibernated
  Duration held_by(Hold hold, Time now) const;  // several may hold at the same time

 private:
  Duration since(Time now, bool counts) const { return counts ? now - since_ : Duration{}; }

  Time since_{};
  std::optional<Holds> holds_;  // since then
  // Before then.
  Duration billed_{};
  Duration free_{};
  std::array<Duration, kHoldCount> held_by_{};
};

}  // namespace torpor::object
