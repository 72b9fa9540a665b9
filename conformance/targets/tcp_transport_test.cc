#include "conformance/targets/tcp_transport.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace torpor::targets {
namespace {

using boost::asio::ip::tcp;
using boost::system::error_code;
using sim::ChannelId;
using sim::EndKind;

struct Recorder final : sim::ChannelHandler {
  void on_connected(ChannelId, Time now) override {
    EXPECT_FALSE(in_call);
    events += "connected ";
    last = now;
  }
  void on_connect_failed(ChannelId, std::string_view reason, Time) override {
    EXPECT_FALSE(in_call);
    events += "failed ";
    failure = reason;
  }
  void on_received(ChannelId, std::string_view octets, Time) override {
    EXPECT_FALSE(in_call);
    received += octets;
  }
  void on_ended(ChannelId, EndKind how, Time) override {
    EXPECT_FALSE(in_call);
    events += how == EndKind::kFin ? "fin " : "reset ";
  }

  std::string events;
  std::string failure;
  std::string received;
  Time last{};
  bool in_call = false;
};

class TcpTransportTest : public testing::Test {
 protected:
  TcpTransportTest() {
    transport_.emplace(io_, acceptor_.local_endpoint(), [] { return Time(milliseconds(7)); });
  }

  template <typename Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(10));
    }
    return true;
  }

  void run_for(std::chrono::milliseconds span) {
    io_.restart();
    io_.run_for(span);
  }

  ChannelId connect() {
    recorder_.in_call = true;
    const ChannelId id = transport_->connect(recorder_);
    recorder_.in_call = false;
    return id;
  }

  ChannelId connect_and_accept() {
    const ChannelId id = connect();
    peer_ = acceptor_.accept();
    EXPECT_TRUE(run_until([&] { return recorder_.events == "connected "; }));
    return id;
  }

  // What the peer gets until the end of it, and how that was.
  std::pair<std::string, error_code> read_all() {
    std::string octets;
    std::optional<error_code> end;
    boost::asio::async_read(peer_, boost::asio::dynamic_buffer(octets),
                            [&end](error_code error, std::size_t) { end = error; });
    EXPECT_TRUE(run_until([&] { return end.has_value(); }));
    return {octets, end.value_or(error_code())};
  }

  void reset_peer() {
    peer_.set_option(boost::asio::socket_base::linger(true, 0));
    peer_.close();
  }

  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  tcp::socket peer_{io_};
  Recorder recorder_;
  std::optional<TcpTransport> transport_;
};

TEST_F(TcpTransportTest, WhatIsQueuedBeforeTheConnectionLeavesInOrderThenFin) {
  const ChannelId id = connect();
  EXPECT_EQ(id, ChannelId{1});
  std::string expected;
  for (int i = 0; i < 300; ++i) {
    const std::string piece =
        std::to_string(i) + std::string(10'000, 'x');  // more than the kernel takes at once
    transport_->write(id, piece);
    expected += piece;
  }
  transport_->finish(id);
  transport_->write(id, "after the end");
  EXPECT_EQ(recorder_.events, "");
  peer_ = acceptor_.accept();
  const auto [octets, end] = read_all();
  EXPECT_TRUE(octets == expected);
  EXPECT_EQ(end, boost::asio::error::eof);
  EXPECT_EQ(recorder_.events, "connected ");
  EXPECT_EQ(recorder_.last, Time(milliseconds(7)));
}

TEST_F(TcpTransportTest, OurFinLeavesTheOtherDirectionOpen) {
  const ChannelId id = connect_and_accept();
  transport_->finish(id);
  EXPECT_EQ(read_all().second, boost::asio::error::eof);
  boost::asio::write(peer_, boost::asio::buffer(std::string("late")));
  peer_.close();
  EXPECT_TRUE(run_until([&] { return recorder_.events == "connected fin "; }));
  EXPECT_EQ(recorder_.received, "late");
}

TEST_F(TcpTransportTest, AfterThePeersFinWeCanStillWrite) {
  const ChannelId id = connect_and_accept();
  boost::asio::write(peer_, boost::asio::buffer(std::string("last words")));
  peer_.shutdown(tcp::socket::shutdown_send);
  ASSERT_TRUE(run_until([&] { return recorder_.events == "connected fin "; }));
  EXPECT_EQ(recorder_.received, "last words");
  transport_->write(id, "answer");
  transport_->finish(id);
  EXPECT_EQ(read_all(), std::pair(std::string("answer"), error_code(boost::asio::error::eof)));
  EXPECT_EQ(recorder_.events, "connected fin ");
}

TEST_F(TcpTransportTest, ThePeersResetIsReportedAfterWhatCameBeforeIt) {
  connect_and_accept();
  boost::asio::write(peer_, boost::asio::buffer(std::string("before")));
  reset_peer();
  ASSERT_TRUE(run_until([&] { return recorder_.events == "connected reset "; }));
  EXPECT_EQ(recorder_.received, "before");
}

TEST_F(TcpTransportTest, AResetThatAWriteFindsIsAResetAfterWhatCameBeforeIt) {
  const ChannelId id = connect_and_accept();
  transport_->stop_reading(id);
  boost::asio::write(peer_, boost::asio::buffer(std::string("before")));
  reset_peer();
  transport_->write(id, "to nobody");
  transport_->write(id, "to nobody again");
  run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(recorder_.events, "connected ");
  transport_->resume_reading(id);
  ASSERT_TRUE(run_until([&] { return recorder_.events != "connected "; }));
  EXPECT_EQ(recorder_.events, "connected reset ");
  EXPECT_EQ(recorder_.received, "before");
}

TEST_F(TcpTransportTest, OurResetReachesThePeerAndNothingMoreIsReported) {
  const ChannelId id = connect_and_accept();
  transport_->reset(id);
  EXPECT_EQ(read_all().second, boost::asio::error::connection_reset);
  transport_->write(id, "ignored");
  transport_->resume_reading(id);
  run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(recorder_.events, "connected ");
  EXPECT_EQ(recorder_.received, "");
}

TEST_F(TcpTransportTest, ForgottenWhileConnectingReportsNothing) {
  transport_->forget(connect());
  run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(recorder_.events, "");
}

TEST_F(TcpTransportTest, ARefusedPortFailsToConnect) {
  acceptor_.close();
  const ChannelId id = connect();
  transport_->write(id, "to nobody");
  EXPECT_EQ(recorder_.events, "");
  EXPECT_TRUE(run_until([&] { return recorder_.events == "failed "; }));
  EXPECT_EQ(recorder_.failure, "Connection refused");
}

TEST_F(TcpTransportTest, StopReadingHoldsBackDataAndTheEnd) {
  const ChannelId id = connect_and_accept();
  transport_->stop_reading(id);
  boost::asio::write(peer_, boost::asio::buffer(std::string("held")));
  peer_.close();
  run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(recorder_.received, "");
  EXPECT_EQ(recorder_.events, "connected ");
  recorder_.in_call = true;
  transport_->resume_reading(id);
  recorder_.in_call = false;
  EXPECT_TRUE(run_until([&] { return recorder_.events == "connected fin "; }));
  EXPECT_EQ(recorder_.received, "held");
}

TEST_F(TcpTransportTest, WhileReadingIsStoppedThePeersWritesStall) {
  const ChannelId id = connect_and_accept();
  transport_->stop_reading(id);
  const std::string much(32'000'000, 'x');
  bool taken = false;
  boost::asio::async_write(peer_, boost::asio::buffer(much),
                           [&](error_code, std::size_t) { taken = true; });
  run_for(std::chrono::milliseconds(200));
  EXPECT_FALSE(taken);
  transport_->resume_reading(id);
  EXPECT_TRUE(run_until([&] { return recorder_.received.size() == much.size(); }));
}

TEST_F(TcpTransportTest, ADestroyedTransportCallsNobodyAndResetsWhatWasOpen) {
  const ChannelId id = connect_and_accept();
  transport_->write(id, "x");
  transport_.reset();
  run_for(std::chrono::milliseconds(50));
  EXPECT_EQ(recorder_.events, "connected ");
  EXPECT_EQ(recorder_.received, "");
  EXPECT_EQ(read_all().second, boost::asio::error::connection_reset);
}

struct Taker final : sim::AcceptHandler {
  explicit Taker(Recorder& its_recorder) : recorder(its_recorder) {}
  sim::ChannelHandler& on_accepted(ChannelId id, Time now) override {
    taken.push_back(id);
    recorder.last = now;
    return recorder;
  }
  Recorder& recorder;
  std::vector<ChannelId> taken;
};

tcp::endpoint endpoint_of(const std::string& address) {
  const auto colon = address.rfind(':');
  return {boost::asio::ip::make_address(address.substr(0, colon)),
          static_cast<std::uint16_t>(std::stoi(address.substr(colon + 1)))};
}

TEST_F(TcpTransportTest, WhoConnectsToAListenerIsAChannel) {
  Taker taker(recorder_);
  const sim::Listening listening = transport_->listen(taker);
  peer_.connect(endpoint_of(listening.address));
  boost::asio::write(peer_, boost::asio::buffer(std::string("hello")));
  ASSERT_TRUE(run_until([&] { return recorder_.received == "hello"; }));
  ASSERT_EQ(taker.taken.size(), 1U);
  EXPECT_EQ(recorder_.events, "") << "it is connected already";
  EXPECT_EQ(recorder_.last, Time(milliseconds(7)));
  transport_->write(taker.taken[0], "answer");
  transport_->finish(taker.taken[0]);
  EXPECT_EQ(read_all(), std::pair(std::string("answer"), error_code(boost::asio::error::eof)));
  peer_.close();
  EXPECT_TRUE(run_until([&] { return recorder_.events == "fin "; }));
}

TEST_F(TcpTransportTest, AStoppedListenerRefusesAndLeavesItsChannelsAlone) {
  Taker taker(recorder_);
  const sim::Listening listening = transport_->listen(taker);
  peer_.connect(endpoint_of(listening.address));
  ASSERT_TRUE(run_until([&] { return !taker.taken.empty(); }));
  transport_->stop_listening(listening.id);
  tcp::socket late(io_);
  error_code refused;
  late.connect(endpoint_of(listening.address), refused);
  EXPECT_EQ(refused, boost::asio::error::connection_refused);
  boost::asio::write(peer_, boost::asio::buffer(std::string("still here")));
  EXPECT_TRUE(run_until([&] { return recorder_.received == "still here"; }));
}

TEST_F(TcpTransportTest, NobodyIsToldOfWhoComesAfterTheTransport) {
  Taker taker(recorder_);
  const sim::Listening listening = transport_->listen(taker);
  peer_.connect(endpoint_of(listening.address));
  transport_.reset();
  run_for(std::chrono::milliseconds(50));
  EXPECT_TRUE(taker.taken.empty());
}

}  // namespace
}  // namespace torpor::targets
