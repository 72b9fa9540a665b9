// One direction of one virtual connection: a byte stream with a window, an end, and its own
// timetable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/prefetch.h"
#include "core/time.h"
#include "sim/chooser.h"
#include "sim/network.h"

namespace torpor::sim {

// What happens at the far end of a flow.
enum class Arrival : std::uint8_t { kOctets, kFin, kReset };

// Where flows enter their arrivals. Those of one flow are entered in order, no two at one time.
class Timetable {
 public:
  virtual ~Timetable() = default;
  virtual void arrival(std::uint64_t flow, Arrival what, Time at) = 0;
};

// What the flows of one network share.
struct FlowContext {
  const NetworkOptions& options;
  Chooser& chooser;
  Timetable& timetable;
};

class Flow {
 public:
  // `id` names this flow in the timetable and among the choosers' streams. The context must outlive
  // it.
  Flow(const FlowContext& context, std::uint64_t id) : context_(context), id_(id) {}

  // When something that leaves now comes to the far end; everything that leaves later comes later.
  // For the handshake.
  Time arrival_time(Time now);
  // Nothing leaves before.
  void open(Time now);

  void send(std::string octets, Time now);
  void finish(Time now);
  // What has not left is gone; what is on its way arrives first.
  void reset(Time now);
  // Given to send() and not yet on its way.
  std::size_t unsent() const { return unsent_ ? unsent_->octets.size() - unsent_->from : 0; }

  void discard_unsent() { unsent_.reset(); }

  // The far end, at the time of an arrival of octets. False: what came waits for what is right
  // behind it.
  bool arrive();
  // Takes out what has arrived: the window opens.
  std::string take(Time now);
  // What take() will want is on its way from memory meanwhile.
  void prefetch() const { prefetch_memory(first_.data(), kPrefetchedOctets); }

 private:
  static constexpr std::size_t kPrefetchedOctets = 128;

  // What has to wait before it leaves; from `from` on.
  struct Unsent {
    std::string octets;
    std::size_t from = 0;
  };

  void release(Time now);
  std::string take_unsent(std::size_t size);
  std::string take_first();
  bool more_is_travelling() const;
  bool depart(std::string chunk, Time now);
  void break_off(Arrival how, Time now);
  std::size_t chunk_size(std::size_t size_max);
  bool happens(std::uint32_t per_million);

  const FlowContext& context_;
  std::uint64_t id_;
  std::size_t in_window_ = 0;  // travelling or arrived
  Time last_arrival_{};
  // So many chunks that have arrived, then those that are travelling: the first, which mostly is
  // the only one and needs no memory of its own, then the others from `from_` on.
  std::string first_;  // empty: none
  std::uint32_t arrived_ = 0;
  std::uint32_t from_ = 0;
  std::vector<std::string> others_;
  std::unique_ptr<Unsent> unsent_;  // null: nothing
  bool open_ = false;
  bool finishing_ = false;
  bool ended_ = false;
  bool reset_ = false;
  bool silent_ = false;
};

}  // namespace torpor::sim
