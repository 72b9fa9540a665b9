// What the platform keeps for an object's hibernatable sockets while the object itself may be out
// of memory: the sockets in order of acceptance, their tags, the auto-response and the event
// timeout. Lost when the object is reset.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/object/socket_end.h"
#include "core/paged_table.h"

namespace torpor::object {

struct RequestResponsePair {
  std::string request;
  std::string response;
};

class HibernationManager {
 public:
  using Sockets = std::vector<std::shared_ptr<SocketEnd>>;

  void add(std::shared_ptr<SocketEnd> end);
  void remove(const SocketEnd& end);
  std::size_t size() const { return places_.size(); }

  // These wake whom they list.
  Sockets newest_first();                               // LIST-01
  Sockets tagged_oldest_first(const std::string& tag);  // LIST-02

  // The object has left memory: every end that only the lists and its link hold, and to which
  // nothing has happened that would have to be kept, sleeps until it is asked for.
  void put_to_sleep();
  Sockets awake_newest_first();
  void wake(std::uint64_t age);

  std::optional<RequestResponsePair> auto_response;
  std::optional<std::int64_t> event_timeout_ms;

 private:
  // One or the other.
  struct Place {
    std::shared_ptr<SocketEnd> end;
    Bed* bed = nullptr;

    explicit operator bool() const { return end || bed; }
  };
  const std::shared_ptr<SocketEnd>& wake(Place& place);

  std::uint64_t accepted_ = 0;
  std::size_t awake_ = 0;
  PagedTable<Place> places_;  // by age
  std::map<std::string, std::set<std::uint64_t>> by_tag_;
};

}  // namespace torpor::object
