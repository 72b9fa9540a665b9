// The objects of a server by name, and which of them wants to be called next.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/object/object.h"
#include "core/time.h"

namespace torpor::server {

class Objects {
 public:
  explicit Objects(object::Host& host) : host_(host) {}

  object::Object& named(const std::string& name);
  object::Object* find(const std::string& name);
  // One without a name, until it is removed.
  object::Object& unnamed();
  void remove(std::uint64_t ordinal);
  void reset_all(const std::string& reason);
  void crash_all();
  // Those that nothing holds in memory.
  void evict_all();

  void deadline_changed(object::Object& object);
  std::optional<Time> next_deadline();
  // Advances every object whose deadline has come, earliest first, then in order of creation.
  void advance(Time now);

 private:
  struct Entry {
    std::unique_ptr<object::Object> object;
    std::optional<Time> deadline;
    std::optional<Time> queued;  // its time in queue_, no later than the deadline
  };
  struct Queued {
    Time at;
    std::uint64_t ordinal;
    Entry* entry;
  };
  // The earliest first, then in order of creation.
  struct Later {
    bool operator()(const Queued& a, const Queued& b) const {
      return a.at != b.at ? a.at > b.at : a.ordinal > b.ordinal;
    }
  };
  void queue(std::uint64_t ordinal, Entry& entry);
  Queued pop();

  object::Host& host_;
  std::map<std::string, std::uint64_t> by_name_;
  std::uint64_t next_ordinal_ = 0;
  std::map<std::uint64_t, Entry> entries_;  // by ordinal
  // A heap. A deadline that is put off, as each event does with the idle time's, stays where it is
  // until it comes up; so does what has become of no account.
  std::vector<Queued> queue_;
};

}  // namespace torpor::server
