// The objects under the benchmarks' load: handlers in C++, each behind a worker that takes the
// object's name from the path.
#pragma once

#include <cstddef>
#include <memory>

#include "core/time.h"
#include "reference-server/app.h"
#include "reference-server/options.h"

namespace torpor::bench {

// What the objects of one server did; outlives it.
struct Deeds {
  std::size_t instances = 0;
  std::size_t alarms = 0;
};

// acceptWebSocket(), and every message is sent back as it came.
std::unique_ptr<server::App> make_echo(Deeds& deeds);
// The same, and: the attachment counts the socket's messages, "ping" is auto-responded by "pong", a
// Close is answered, an alarm goes off every `alarm_every`.
std::unique_ptr<server::App> make_busy(Deeds& deeds, Duration alarm_every);
// acceptWebSocket() and serializeAttachment() of this many octets of text; then nothing but an
// alarm every `alarm_every`, if that is not zero.
std::unique_ptr<server::App> make_sleeper(Deeds& deeds, std::size_t attachment,
                                          Duration alarm_every);

// A server of the profile `parity` that runs `app`, with as many sockets as one likes.
server::ServerOptions server_of(std::unique_ptr<server::App> app);

}  // namespace torpor::bench
