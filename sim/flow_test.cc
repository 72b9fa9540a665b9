#include "sim/flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "sim/oracle.h"

namespace torpor::sim {
namespace {

using testing::IsEmpty;

std::string octets_of(const std::vector<Arrival>& arrivals) {
  std::string octets;
  for (const Arrival& arrival : arrivals) octets += arrival.octets;
  return octets;
}

// Order and completeness are TCP's under every latency and every way of splitting.
RC_GTEST_PROP(Flow, DeliversEveryOctetInOrder, (std::uint64_t seed, const std::vector<std::string>& writes)) {
  const NetworkOptions options = NetworkOptions::random();
  Oracle oracle = Oracle::from_seed(seed);
  Flow flow(options, oracle, 1);
  std::string sent, received;
  Time last{};
  const auto deliver = [&](const std::vector<Arrival>& arrivals) {
    for (const Arrival& arrival : arrivals) {
      RC_ASSERT(arrival.at > last);
      last = arrival.at;
      received += arrival.octets;
    }
  };
  for (const std::string& write : writes) {
    sent += write;
    deliver(flow.send(write, Time{}));
  }
  const auto end = flow.finish(Time{});
  deliver(end);
  RC_ASSERT(received == sent);
  RC_ASSERT(end.back().kind == Arrival::Kind::kFin);
}

TEST(Flow, WhatTheWindowCannotHoldWaitsAtTheSender) {
  NetworkOptions options;
  options.window_octets = 10;
  Oracle oracle = Oracle::calm(1);
  Flow flow(options, oracle, 1);
  EXPECT_EQ(octets_of(flow.send("0123456789abcde", Time{})), "0123456789");
  EXPECT_EQ(flow.unsent(), 5u);
  EXPECT_THAT(flow.finish(Time{}), IsEmpty()) << "FIN waits behind the octets";
  const auto rest = flow.taken(10, Time{});
  EXPECT_EQ(octets_of(rest), "abcde");
  EXPECT_EQ(rest.back().kind, Arrival::Kind::kFin);
}

TEST(Flow, AResetLosesWhatTheSenderStillHeld) {
  NetworkOptions options;
  options.window_octets = 4;
  Oracle oracle = Oracle::calm(1);
  Flow flow(options, oracle, 1);
  flow.send("0123456789", Time{});
  const auto arrivals = flow.reset(Time{});
  ASSERT_EQ(arrivals.size(), 1u);
  EXPECT_EQ(arrivals[0].kind, Arrival::Kind::kReset);
  EXPECT_THAT(flow.taken(4, Time{}), IsEmpty());
}

TEST(Flow, ACutEndsTheConnectionInTheMiddle) {
  NetworkOptions options;
  options.cut_per_million = 1'000'000;
  Oracle oracle = Oracle::from_seed(1);
  Flow flow(options, oracle, 1);
  EXPECT_EQ(flow.send("x", Time{}).at(0).kind, Arrival::Kind::kReset);
  EXPECT_THAT(flow.send("y", Time{}), IsEmpty());
}

TEST(Flow, ASilentDirectionDeliversNothingAndSaysNothing) {
  NetworkOptions options;
  options.silence_per_million = 1'000'000;
  Oracle oracle = Oracle::from_seed(1);
  Flow flow(options, oracle, 1);
  EXPECT_THAT(flow.send("x", Time{}), IsEmpty());
  EXPECT_THAT(flow.finish(Time{}), IsEmpty());
}

}  // namespace
}  // namespace torpor::sim
