// The documentation's example objects, each behind the documented worker: a GET of a URL that ends
// in /websocket is passed to the one object "foo" when it asks for a WebSocket (426 otherwise);
// everything else is a 400. Source: documentation, "Use WebSockets". And a chat room, an object for
// each /room/NAME/websocket. Their twins in JavaScript and TypeScript are in tools/samples.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "reference-server/app.h"

namespace torpor::server::samples {

std::unique_ptr<App> make_hibernation_echo();  // echo with the number of connections, hibernatable
std::unique_ptr<App> make_counter();           // number of connections, standard API
std::unique_ptr<App> make_attachment();        // greets from what was attached at the upgrade
std::unique_ptr<App> make_batch();             // many logical messages in one envelope
std::unique_ptr<App> make_chat_room();         // names, history in storage, rate limit

struct Sample {
  std::string_view name;
  std::string_view what;
  std::unique_ptr<App> (*make)();
};
std::span<const Sample> all_samples();

}  // namespace torpor::server::samples
