// What the platform keeps for an object's hibernatable sockets while the object itself may be out
// of memory: the sockets in order of acceptance, their tags, the auto-response and the event
// timeout. Lost when the object is reset.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/object/socket_end.h"

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
  std::size_t size() const { return by_age_.size(); }

  Sockets newest_first() const;                               // LIST-01
  Sockets tagged_oldest_first(const std::string& tag) const;  // LIST-02

  std::optional<RequestResponsePair> auto_response;
  std::optional<std::int64_t> event_timeout_ms;

 private:
  using ByAge = std::map<std::uint64_t, std::shared_ptr<SocketEnd>>;
  std::uint64_t accepted_ = 0;
  ByAge by_age_;
  std::map<std::uint64_t, std::uint64_t> age_of_;  // end id -> age
  std::map<std::string, ByAge> by_tag_;
};

}  // namespace torpor::object
