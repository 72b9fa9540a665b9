// The objects of a server by name, and which of them wants to be called next.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

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
  std::optional<Time> next_deadline() const;
  // Advances every object whose deadline has come, earliest first, then in order of creation.
  void advance(Time now);

 private:
  struct Entry {
    std::unique_ptr<object::Object> object;
    std::optional<Time> deadline;
  };
  object::Host& host_;
  std::map<std::string, std::uint64_t> by_name_;
  std::uint64_t next_ordinal_ = 0;
  std::map<std::uint64_t, Entry> entries_;  // by ordinal
  std::set<std::pair<Time, std::uint64_t>> deadlines_;
};

}  // namespace torpor::server
