// What is left of a hibernatable socket while its object is out of memory, if nothing has happened
// to it but messages: enough to make its end anew when somebody wants it. A million of them are to
// fit into a gibibyte, network included.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace torpor::object {

class Link;
class Object;
class SocketEnd;

// Octets in one piece of memory; nothing is not the same as none.
class PackedOctets {
 public:
  PackedOctets() = default;
  explicit PackedOctets(const std::optional<std::string>& octets) {
    if (!octets) return;
    const auto size = static_cast<std::uint32_t>(octets->size());
    packed_ = std::make_unique_for_overwrite<char[]>(sizeof size + size);
    std::memcpy(packed_.get(), &size, sizeof size);
    std::memcpy(packed_.get() + sizeof size, octets->data(), size);
  }
  std::optional<std::string> octets() const {
    if (!packed_) return std::nullopt;
    std::uint32_t size = 0;
    std::memcpy(&size, packed_.get(), sizeof size);
    return std::string(packed_.get() + sizeof size, size);
  }

 private:
  std::unique_ptr<char[]> packed_;
};

struct SleepingEnd {
  // What few sockets have.
  struct Rare {
    std::vector<std::string> tags;
    std::optional<Time> auto_response_at;
  };

  Object* object = nullptr;  // null: nobody sleeps here
  std::uint64_t age = 0;     // its place in the object's HibernationManager
  std::uint64_t id : 63 = 0;
  std::uint64_t message_seen : 1 = 0;
  PackedOctets attachment;
  std::unique_ptr<Rare> rare;
};

// Where an end sleeps: a connection that has given up its link and can make it anew.
class Bed {
 public:
  virtual ~Bed() = default;
  // The end is gone, and what is left of it in `asleep`: the link goes, too.
  virtual void lie_down() = 0;
  // The end is there again; the answer is its new link.
  virtual Link& get_up(std::shared_ptr<SocketEnd> end) = 0;

  SleepingEnd asleep;
};

}  // namespace torpor::object
