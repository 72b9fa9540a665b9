// One direction of one virtual connection: a byte stream with a window, an end, and its own timetable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "sim/chooser.h"
#include "sim/network.h"

namespace torpor::sim {

// What a flow wants to have happen at its far end.
struct Arrival {
  enum class Kind { kOctets, kFin, kReset } kind;
  Time at;
  std::string octets;
};

class Flow {
 public:
  Flow(const NetworkOptions& options, Chooser& chooser, std::uint64_t entity)
      : options_(options), chooser_(chooser), entity_(entity) {}

  // Each answers what is to be scheduled because of it, in order of time.
  std::vector<Arrival> send(std::string octets, Time now);
  std::vector<Arrival> finish(Time now);
  std::vector<Arrival> reset(Time now);
  // The far end has taken octets out: the window opens.
  std::vector<Arrival> taken(std::size_t octets, Time now);

  std::size_t unsent() const { return unsent_.size(); }
  bool ended() const { return ended_; }
  bool finishing() const { return finishing_; }

 private:
  std::vector<Arrival> release(Time now);
  Time arrival_time(Time now);
  bool happens(std::uint32_t per_million);

  const NetworkOptions& options_;
  Chooser& chooser_;
  std::uint64_t entity_;
  std::string unsent_;
  std::size_t in_window_ = 0;
  Time last_{};
  bool finishing_ = false;
  bool ended_ = false;
  bool silent_ = false;
};

}  // namespace torpor::sim
