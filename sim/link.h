// One virtual connection: a flow each way, and what both ends have seen of it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/client_transport.h"
#include "sim/flow.h"

namespace torpor::sim {

struct Link {
  // A flow's id names its link and its direction.
  static constexpr std::uint64_t flow_to_server(std::uint32_t link) {
    return std::uint64_t{link} * 2;
  }
  static constexpr std::uint64_t flow_to_client(std::uint32_t link) {
    return std::uint64_t{link} * 2 + 1;
  }
  static constexpr std::uint32_t link_of(std::uint64_t flow) {
    return static_cast<std::uint32_t>(flow / 2);
  }
  static constexpr bool is_to_server(std::uint64_t flow) { return flow % 2 == 0; }

  // `client`: null for a connection of the server's own that nobody has taken yet.
  Link(const FlowContext& context, std::uint32_t id, ChannelHandler* client)
      : to_server(context, flow_to_server(id)),
        to_client(context, flow_to_client(id)),
        handler(client) {}

  // Nobody is left to hear of it.
  bool over() const { return server_gone && handler == nullptr && !travelling; }

  static constexpr std::size_t kNobody = ~std::size_t{0};

  Flow to_server;
  Flow to_client;
  ChannelHandler* handler;         // null once the client has been told of the end, or has reset
  bool travelling = false;         // the server's own, and has not reached the other side
  std::size_t listener = kNobody;  // where a connection of the server's own is going
  bool reading = true;             // the client takes what arrives
  bool fin_behind_unread = false;  // has arrived, but the client does not read
  bool server_gone = false;        // the server has closed it or lost it
  bool of_control = false;         // a call of the harness's own: no fault touches it
};

}  // namespace torpor::sim
