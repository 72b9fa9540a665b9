#include "conformance/bench/client.h"

#include "conformance/bench/benchmark.h"

namespace torpor::bench {

Client::Client(sim::World& world, std::uint64_t number) : world_(world), number_(number) {}

void Client::connect(const std::string& target) {
  target_ = target;
  raw_.emplace(world_.oracle(), number_);
  channel_ = world_.connect(*this);
}

void Client::on_connected(sim::ChannelId, Time) {
  write(raw().request(sim::UpgradeRequest{.target = target_}));
}

void Client::on_connect_failed(sim::ChannelId, std::string_view, Time) {
  throw WrongWork("a client could not connect");
}

void Client::on_received(sim::ChannelId, std::string_view octets, Time now) {
  for (const sim::Seen& one : raw().received(octets)) seen(one, now);
}

void Client::on_ended(sim::ChannelId, sim::EndKind, Time) {
  throw WrongWork("a connection ended that was not to end");
}

}  // namespace torpor::bench
