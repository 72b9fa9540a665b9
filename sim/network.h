// What the virtual network does to octets. Within one direction of one connection order is TCP's;
// only between connections does it vary.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.h"
#include "sim/chooser.h"

namespace torpor::sim {

struct NetworkOptions {
  Duration latency_min = milliseconds(1);
  Duration latency_max = milliseconds(1);
  // 0: writes arrive whole, one by one. Else they are split at any octet, and joined.
  std::size_t chunk_octets_max = 0;
  // Sent and not yet read; the rest waits at the sender.
  std::size_t window_octets = 4u << 20;
  // Events of one instant come in any order.
  bool shuffle_equal_times = false;

  // Of a million chunks, so many ...
  std::uint32_t stall_per_million = 0;    // are held back by up to stall_max
  std::uint32_t cut_per_million = 0;      // reset the connection instead
  std::uint32_t fin_per_million = 0;      // end this direction instead: the rest is lost
  std::uint32_t silence_per_million = 0;  // vanish, and all behind them, unnoticed
  // Of a million connections, so many are refused.
  std::uint32_t refuse_per_million = 0;
  Duration stall_max = milliseconds(2000);

  // Delay, splitting and order vary; nothing breaks.
  static NetworkOptions random() {
    NetworkOptions options;
    options.latency_min = Duration(100);
    options.latency_max = milliseconds(20);
    options.chunk_octets_max = 4096;
    options.shuffle_equal_times = true;
    return options;
  }
};

// Whether a fault of this probability happens to `entity` now. The choice 0 never is one.
bool fault_happens(Chooser& chooser, std::uint64_t entity, std::uint32_t per_million,
                   Choice kind = Choice::kFault);

}  // namespace torpor::sim
