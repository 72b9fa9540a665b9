#include "sim/flow.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <utility>
#include <vector>

#include "sim/oracle.h"

namespace torpor::sim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A flow and what its far end sees, arrival by arrival.
class Wire final : private Timetable {
 public:
  Wire(const NetworkOptions& options, Oracle oracle, bool open = true)
      : options_(options), oracle_(std::move(oracle)), flow(context_, 1) {
    if (open) flow.open(now);
  }

  // Makes the next arrival happen. False: there is none.
  bool step(bool reading = true) {
    if (due_.empty()) return false;
    const auto [what, at] = due_.front();
    due_.pop_front();
    now = at;
    if (what != Arrival::kOctets) {
      ends.push_back(what);
    } else if (flow.arrive() && reading) {
      read();
    }
    return true;
  }
  void run(bool reading = true) {
    while (step(reading)) {
    }
  }
  void read() {
    reads.push_back(flow.take(now));
    received += reads.back();
  }

 private:
  void arrival(std::uint64_t id, Arrival what, Time at) override {
    RC_ASSERT(id == 1u);
    RC_ASSERT(at > last_);
    last_ = at;
    due_.push_back({what, at});
  }

  NetworkOptions options_;
  Oracle oracle_;
  FlowContext context_{options_, oracle_, *this};
  std::deque<std::pair<Arrival, Time>> due_;
  Time last_{};

 public:
  Flow flow;
  Time now{};
  std::string received;
  std::vector<std::string> reads;
  std::vector<Arrival> ends;
};

NetworkOptions any_options() {
  NetworkOptions options;
  options.latency_min = Duration(*rc::gen::inRange(0, 100));
  options.latency_max = options.latency_min + Duration(*rc::gen::inRange(0, 10'000));
  options.chunk_octets_max = *rc::gen::inRange<std::size_t>(0, 50);
  options.window_octets = *rc::gen::inRange<std::size_t>(1, 100);
  options.stall_per_million = *rc::gen::element(0u, 300'000u);
  return options;
}

// Order and completeness are TCP's under every delay, window, stall and way of splitting and
// joining.
RC_GTEST_PROP(Flow, DeliversEveryOctetInOrderThenTheEnd,
              (std::uint64_t seed, const std::vector<std::string>& writes)) {
  Wire wire(any_options(), Oracle::from_seed(seed));
  std::string sent;
  for (const std::string& write : writes) {
    sent += write;
    wire.flow.send(write, wire.now);
    if (*rc::gen::arbitrary<bool>()) wire.step();
  }
  wire.flow.finish(wire.now);
  wire.run();
  RC_ASSERT(wire.received == sent);
  RC_ASSERT(wire.ends == std::vector{Arrival::kFin});
}

RC_GTEST_PROP(Flow, AFaultLosesNothingButTheRest, (std::uint64_t seed, const std::string& octets)) {
  NetworkOptions options = any_options();
  options.cut_per_million = options.fin_per_million = options.silence_per_million = 50'000;
  Wire wire(options, Oracle::from_seed(seed));
  for (const char octet : octets) wire.flow.send(std::string(1, octet), wire.now);
  wire.flow.finish(wire.now);
  wire.run();
  RC_ASSERT(octets.starts_with(wire.received));
  RC_ASSERT(wire.ends.size() <= 1u);
}

TEST(Flow, ArrivesWholeUnlessToldOtherwise) {
  Wire wire({}, Oracle::from_seed(1));
  wire.flow.send("one", wire.now);
  wire.flow.send("two", wire.now);
  wire.run();
  EXPECT_THAT(wire.reads, ElementsAre("one", "two"));
  EXPECT_EQ(wire.now, Time(milliseconds(1)) + Duration(1));
}

TEST(Flow, SplitsAndJoinsAtAnyOctet) {
  NetworkOptions options;
  options.chunk_octets_max = 4;
  bool split = false, joined = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Wire wire(options, Oracle::from_seed(seed));
    wire.flow.send("ab", wire.now);
    wire.flow.send("cd", wire.now);
    wire.run();
    EXPECT_EQ(wire.received, "abcd");
    split = split || wire.reads.front() == "a";
    joined = joined || wire.reads.front() == "abc";
  }
  EXPECT_TRUE(split);
  EXPECT_TRUE(joined);
}

TEST(Flow, ACalmOneNeitherSplitsNorBreaks) {
  NetworkOptions options = NetworkOptions::random();
  options.cut_per_million = options.fin_per_million = options.silence_per_million =
      options.stall_per_million = 999'999;
  Wire wire(options, Oracle::calm(1));
  wire.flow.send("one", wire.now);
  wire.flow.send("two", wire.now);
  wire.run();
  EXPECT_THAT(wire.reads, ElementsAre("one", "two"));
}

TEST(Flow, WhatTheWindowCannotHoldWaitsAtTheSender) {
  NetworkOptions options;
  options.window_octets = 10;
  Wire wire(options, Oracle::calm(1));
  wire.flow.send("0123456789abcde", wire.now);
  wire.flow.finish(wire.now);
  EXPECT_EQ(wire.flow.unsent(), 5u);
  wire.run(false);
  EXPECT_EQ(wire.flow.unsent(), 5u) << "arrived is not read";
  EXPECT_THAT(wire.ends, IsEmpty()) << "FIN waits behind the octets";
  wire.read();
  EXPECT_EQ(wire.received, "0123456789");
  wire.run();
  EXPECT_EQ(wire.received, "0123456789abcde");
  EXPECT_THAT(wire.ends, ElementsAre(Arrival::kFin));
}

TEST(Flow, AResetOvertakesWhatIsStillHeldNotWhatIsOnItsWay) {
  NetworkOptions options;
  options.window_octets = 4;
  Wire wire(options, Oracle::calm(1));
  wire.flow.send("0123456789", wire.now);
  wire.flow.reset(wire.now);
  EXPECT_EQ(wire.flow.unsent(), 0u);
  wire.run();
  EXPECT_EQ(wire.received, "0123");
  EXPECT_THAT(wire.ends, ElementsAre(Arrival::kReset));
}

TEST(Flow, MayBeResetAfterItsEndButOnce) {
  Wire wire({}, Oracle::calm(1));
  wire.flow.finish(wire.now);
  wire.flow.finish(wire.now);
  wire.flow.reset(wire.now);
  wire.flow.reset(wire.now);
  wire.run();
  EXPECT_THAT(wire.ends, ElementsAre(Arrival::kFin, Arrival::kReset));
}

TEST(Flow, FaultsEndItInTheMiddle) {
  NetworkOptions cut, fin;
  cut.cut_per_million = fin.fin_per_million = 1'000'000;
  for (const auto& [options, end] :
       {std::pair{cut, Arrival::kReset}, std::pair{fin, Arrival::kFin}}) {
    Wire wire(options, Oracle::from_seed(1));
    wire.flow.send("x", wire.now);
    wire.flow.send("y", wire.now);
    wire.run();
    EXPECT_EQ(wire.received, "");
    EXPECT_THAT(wire.ends, ElementsAre(end));
  }
}

TEST(Flow, ASilentDirectionDeliversNothingAndSaysNothing) {
  NetworkOptions options;
  options.silence_per_million = 1'000'000;
  options.window_octets = 4;
  Wire wire(options, Oracle::from_seed(1));
  wire.flow.send("0123456789", wire.now);
  EXPECT_EQ(wire.flow.unsent(), 6u) << "nobody acknowledges what has left";
  wire.flow.reset(wire.now);
  EXPECT_FALSE(wire.step());
}

TEST(Flow, NothingLeavesBeforeItIsOpen) {
  Wire wire({}, Oracle::calm(1), false);
  wire.flow.send("early", wire.now);
  wire.flow.finish(wire.now);
  EXPECT_FALSE(wire.step());
  wire.flow.open(wire.now);
  wire.run();
  EXPECT_EQ(wire.received, "early");
  EXPECT_THAT(wire.ends, ElementsAre(Arrival::kFin));
}

}  // namespace
}  // namespace torpor::sim
