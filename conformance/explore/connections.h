// Who speaks in a scenario, and how each came to: clients that connect, and a remote that the
// object dials.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conformance/explore/draw.h"
#include "core/json.h"

namespace torpor::explore {

struct ClientState {
  std::string name;
  bool standard = false;
  bool over = false;  // nothing more is sent
  bool stopped = false;
  bool deflate = false;      // it offers compression,
  bool knows = false;        // and has waited for the answer
  bool own_deflate = false;  // it has compressed something by itself
  std::optional<std::int64_t> clock_off_ms = {};
};

class Connections {
 public:
  // `sequential`: every step is waited for, and nothing whose order is open.
  explicit Connections(bool sequential) : sequential_(sequential) {}

  // The steps by which one more comes in; none when there are enough.
  Json next(Draw& draw);

  std::vector<ClientState>& clients() { return clients_; }
  // Whether the object has a remote.
  bool dials() const { return dials_; }

 private:
  Json dial(Draw& draw);
  void odd(Draw& draw, ClientState& client, Json& step);
  std::string next_name() const { return "c" + std::to_string(clients_.size() + 1); }

  bool sequential_;
  bool has_pair_ = false;
  bool dials_ = false;
  std::vector<ClientState> clients_;
};

}  // namespace torpor::explore
