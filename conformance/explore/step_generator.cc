#include "conformance/explore/step_generator.h"

#include <algorithm>
#include <utility>

#include "conformance/explore/connections.h"
#include "conformance/explore/frame_steps.h"
#include "conformance/explore/program_generator.h"
#include "core/trace/octets.h"

namespace torpor::explore {
namespace {

constexpr std::int64_t kLastWaitMs = 150'000;  // everything that was on its way has arrived
// On a real server a step has had its effects when this has passed, alarms (15 ms) among them.
constexpr std::int64_t kBetweenStepsMs = 150;

class StepsDraw {
 public:
  StepsDraw(Draw draw, const std::vector<std::string>& families,
            const scenario::Simulation& simulation, bool sequential)
      : draw_(draw), families_(families), sequential_(sequential), connections_(sequential) {
    const sim::NetworkOptions& network = simulation.network;
    small_ = network.window_octets < 100'000 ||
             (network.chunk_octets_max > 0 && network.chunk_octets_max < 1000);
  }

  GeneratedSteps steps() {
    if (!sequential_) storage_faults();
    connect();
    for (std::uint64_t left = 3 + draw_.below(22); left > 0; --left) step();
    if (!sequential_) end();
    return {std::move(steps_), connections_.dials()};
  }

 private:
  // Everything comes to its end. Who comes then shows what is left.
  void end() {
    push({{"do", "wait"}, {"ms", kLastWaitMs}});
    if (draw_.percent(60)) return;
    draw_.percent(50) ? request() : with_speaker([&](ClientState& client) { send(client); });
    push({{"do", "wait"}, {"ms", kLastWaitMs}});
  }

  bool has(const char* family) const {
    return std::find(families_.begin(), families_.end(), family) != families_.end();
  }

  void push(Json step) {
    const bool waits =
        step["do"] == "wait" || step["do"] == "hibernate" || step.value("cork", false);
    clock_ms_ += step["do"] == "wait" ? step["ms"].get<std::int64_t>() : 0;
    if (step["do"] == "send" && compresses_itself(step["client"])) step["compress"] = false;
    steps_.push_back(std::move(step));
    if (sequential_ && !waits) steps_.push_back({{"do", "wait"}, {"ms", kBetweenStepsMs}});
  }

  void storage_faults() {
    Json step = {{"do", "storageFaults"}};
    if (has("storage-latency")) step["writeLatencyMs"] = draw_.between(5, 500);
    if (has("late-alarms")) step["alarmsLateMs"] = draw_.one_of<std::int64_t>({1, 40, 1000});
    if (step.size() > 1) push(std::move(step));
  }

  // The window of the client's own compression is then another than the server has.
  bool compresses_itself(const std::string& name) {
    const auto& clients = connections_.clients();
    return std::any_of(clients.begin(), clients.end(), [&](const ClientState& client) {
      return client.name == name && client.own_deflate;
    });
  }

  void connect() {
    for (Json& step : connections_.next(draw_)) push(std::move(step));
  }

  ClientState* speaker() {
    std::vector<ClientState*> open;
    for (ClientState& client : connections_.clients()) {
      if (!client.over) open.push_back(&client);
    }
    return open.empty() ? nullptr : draw_.one_of(open);
  }

  void step() {
    const std::uint32_t evictions = sequential_ ? 1 : 4;
    const std::uint32_t timed = sequential_ ? 0 : 2, rare = timed / 2;
    switch (
        draw_.weighted({12, 40, 6, 6, 8, 10, evictions, 3, evictions, 3, timed, rare, timed, 3})) {
      case 0:
        return connect();
      case 1:
        return with_speaker([&](ClientState& client) { send(client); });
      case 2:
        return with_speaker([&](ClientState& client) {
          std::string payload = unique("p");
          if (draw_.percent(10)) payload.resize(126, '.');  // more than RFC 6455 allows
          push({{"do", "ping"}, {"client", client.name}, {"payload", std::move(payload)}});
        });
      case 3:
        return with_speaker([&](ClientState& client) { close(client); });
      case 4:
        return with_speaker([&](ClientState& client) { leave(client); });
      case 5:
        return push({{"do", "wait"}, {"ms", draw_.one_of<std::int64_t>({0, 1, 5, 30, 300, 2500})}});
      case 6:
        return sequential_ ? push({{"do", "evict"}}) : push({{"do", "hibernate"}});
      case 7:
        return restart();
      case 8:
        return push({{"do", "evict"}});
      case 9:
        return with_speaker([&](ClientState& client) { odd_message(client); });
      case 10:
        return with_speaker([&](ClientState& client) {
          has("exceptions") && draw_.percent(40) ? failing_alarm(client) : idle(client);
        });
      case 11:
        return with_speaker([&](ClientState& client) { forgotten_close(client); });
      case 12:
        return request();
      default:
        return with_speaker([&](ClientState& client) {
          has("slow-reader") && small_ && !client.stopped && draw_.percent(70)
              ? stop_reading(client)
              : burst(client);
        });
    }
  }

  // A message and right behind it what is not for the object (PING-09, FRAME-10).
  void burst(ClientState& client) {
    if (has("storage-latency") && draw_.percent(60)) return ask_behind_a_write(client);
    // Where in several answers to the first a real server's pong comes is chance.
    for (std::uint64_t left = sequential_ ? 1 : 1 + draw_.below(2); left > 0; --left) {
      Json message = text(client, unique("m").c_str());
      message["cork"] = true;
      push(std::move(message));
    }
    if (has("malformed") && draw_.percent(40)) return malformed(client);
    push({{"do", "ping"}, {"client", client.name}, {"payload", unique("p")}});
  }

  // AUTO-09.
  void ask_behind_a_write(ClientState& client) {
    push(text(client, kAlarmMessage));
    push(text(client, kAutoRequests[draw_.below(2)]));
  }

  // What is sent meanwhile has to wait (SEND-16, SEND-17, FRAME-12).
  void stop_reading(ClientState& client) {
    push({{"do", "stopReading"}, {"client", client.name}});
    client.stopped = true;
    for (std::uint64_t left = 1 + draw_.below(3); left > 0; --left)
      push({{"do", "send"}, {"client", client.name}, {"text", long_text()}});
    push({{"do", "wait"}, {"ms", draw_.between(20, 400)}});
    if (has("abort") && draw_.percent(50)) {
      push(text(client, kAbortMessage));
    } else if (has("restart-steps") && draw_.percent(60)) {
      restart();
    } else {
      has("malformed") ? malformed(client) : leave(client);
    }
    push({{"do", "wait"}, {"ms", draw_.between(20, 400)}});
    push({{"do", "resumeReading"}, {"client", client.name}});
    client.stopped = false;
  }

  // HIB-18.
  void forgotten_close(ClientState& client) {
    push(text(client, kCloseMessage));
    for (int i = 0; i < 2; ++i) {
      push({{"do", "hibernate"}});
      send(client);
    }
    send(client);
    close(client);
  }

  void request() {
    Json step = {{"do", "request"}, {"client", "r" + std::to_string(++requests_)}};
    if (draw_.percent(70)) step["segment"] = "slow";
    if (draw_.percent(50)) step["async"] = true;
    push(std::move(step));
  }

  // An alarm that may fail, may succeed for once, and may fail again (ALARM-03).
  void failing_alarm(ClientState& client) {
    push(text(client, kAlarmMessage));
    push({{"do", "wait"}, {"ms", draw_.between(500, 9'000)}});
    push(text(client, kTableMessage));
    push(text(client, kAlarmMessage));
    push({{"do", "wait"}, {"ms", draw_.between(50, 3'000)}});
    push(text(client, kAlarmMessage));
    push({{"do", "wait"}, {"ms", draw_.between(2'500, 5'000)}});
  }

  // About as long as an object may be idle, and something in between that may count or not.
  void idle(ClientState& client) {
    if (draw_.percent(15)) return ask_again(client);
    const std::int64_t whole = draw_.between(9'200, 10'900), first = draw_.between(500, 8'000);
    const bool fragmented = small_ ? false : draw_.percent(20);
    const Json end = fragmented ? begin_message(client) : Json();
    push({{"do", "wait"}, {"ms", first}});
    if (!fragmented) between(client);
    push({{"do", "wait"}, {"ms", whole - first}});
    if (fragmented) return push(end);
    draw_.percent(30) ? push(text(client, kTimeMessage)) : send(client);
  }

  static Json text(const ClientState& client, const char* text) {
    return {{"do", "send"}, {"client", client.name}, {"text", text}};
  }

  // When the last of two auto-responses was (AUTO-07).
  void ask_again(ClientState& client) {
    push(text(client, kAutoRequests[0]));
    push({{"do", "wait"}, {"ms", draw_.between(5'500, 8'000)}});
    push(text(client, kAutoRequests[0]));
    push(text(client, kTimeMessage));
  }

  void between(ClientState& client) {
    switch (draw_.weighted({2, 3, 3, 1, 1})) {
      case 0:
        return;
      case 1:
        return push({{"do", "ping"}, {"client", client.name}, {"payload", unique("p")}});
      case 2:
        return push(text(client, kAutoRequests[draw_.percent(70) ? 0 : 1]));
      case 3:
        return push({{"do", "pong"}, {"client", client.name}, {"payload", unique("q")}});
      default:
        return send(client);
    }
  }

  // The first fragment of a message leaves; what is returned ends it.
  Json begin_message(ClientState& client) {
    const Json frame = {{"do", "frame"}, {"client", client.name}};
    Json first = frame, last = frame;
    first.update({{"opcode", 1}, {"fin", false}, {"payload", unique("F")}});
    last.update({{"opcode", 0}, {"payload", "-" + unique("F")}});
    push(std::move(first));
    return last;
  }

  // What only a client that writes its own frames sends.
  void odd_message(ClientState& client) {
    const Json frame = {{"do", "frame"}, {"client", client.name}};
    switch (draw_.weighted({3, 2, 1})) {
      case 0: {
        const Json last = begin_message(client);
        if (draw_.percent(50))
          push({{"do", "ping"}, {"client", client.name}, {"payload", unique("p")}});
        if (draw_.percent(30)) push({{"do", "wait"}, {"ms", 30}});
        return push(last);
      }
      case 1: {  // no UTF-8
        Json bad = frame;
        bad.update({{"opcode", 1}, {"hex", "ff" + trace::to_hex(unique("u")) + "fe"}});
        return push(std::move(bad));
      }
      default:
        return push({{"do", "pong"}, {"client", client.name}, {"payload", unique("q")}});
    }
  }

  template <typename Action>
  void with_speaker(Action action) {
    if (ClientState* client = speaker()) return action(*client);
    connect();
  }

  std::string unique(const char* prefix) { return prefix + std::to_string(++messages_); }

  void send(ClientState& client) {
    Json step = {{"do", "send"}, {"client", client.name}};
    switch (draw_.weighted({20, 5, 4, 5, 2, 1, 2, 2, 1, 1, 1, 1, 4, 1, 5})) {
      case 0:
        step["text"] = unique("m") + clock(client);
        break;
      case 1:
        step["text"] = kAutoRequests[draw_.below(2)];
        break;
      case 2:
        step["binary"] = binary();
        break;
      case 3:
        step["text"] = kBroadcastMessage;
        break;
      case 4:
        step["text"] = long_text();
        break;
      case 5:
        step["text"] = kCloseMessage;
        break;
      case 6:
        if (!has("exceptions")) return;
        step["text"] = draw_.percent(70) ? kThrowMessage : kBlockMessage;
        break;
      case 7:
        if (!has("abort")) return;
        step["text"] = kAbortMessage;
        break;
      case 8:
        step["text"] = "";
        break;
      case 9:  // begins like a request for the auto-response, and is none
        step["text"] = std::string(kAutoRequests[draw_.below(2)]) + "x";
        break;
      case 10:
        step["text"] = draw_.one_of<const char*>(
            {kTableMessage, kTimeMessage, kEndlessMessage, kEndlessMessage});
        break;
      case 11:  // the octets of one, and is none
        step["binary"] = "6175746f3f31";
        break;
      case 12:
        return fragments(client);
      case 13:
        step["text"] = recurring_text();
        break;
      default:
        step["text"] = kFocusMessage;
    }
    if (client.deflate && draw_.percent(10)) step["compress"] = false;
    if (!sequential_ && draw_.percent(25)) step["cork"] = true;
    push(std::move(step));
  }

  // What the client takes for the time: to the object a text as any other.
  std::string clock(ClientState& client) {
    constexpr std::int64_t kWrongMax = 3'600'000;
    if (!has("client-clocks")) return "";
    if (!client.clock_off_ms) client.clock_off_ms = draw_.between(-kWrongMax, kWrongMax);
    return "@" + std::to_string(clock_ms_ + *client.clock_off_ms);
  }

  std::string binary() { return (draw_.percent(20) ? "" : "00ff") + trace::to_hex(unique("b")); }

  std::string long_text() {
    const std::int64_t size =
        small_ ? draw_.between(120, 130)
               : draw_.one_of<std::int64_t>({125, 126, 127, 4096, 65'535, 65'536});
    std::string text = unique("L");
    text.resize(static_cast<std::size_t>(size), 'x');
    return text;
  }

  // Compressed, its second half points back to the first, further than a small window reaches.
  std::string recurring_text() {
    std::string text = unique("R");
    if (small_) return text;
    while (text.size() < 700) text += static_cast<char>('a' + draw_.below(26));
    return text + text;
  }

  void close(ClientState& client) {
    Json step = {{"do", "close"}, {"client", client.name}};
    switch (draw_.weighted({8, 6, 4, 2, 1, 1})) {
      case 0:
        step["code"] = draw_.between(3000, 4999);
        step["reason"] = unique("bye");
        break;
      case 3:  // one that may not travel (CLE-04)
        step["code"] = draw_.one_of<std::int64_t>({0, 999, 1004, 1005, 1006, 1015, 5000, 65'535});
        break;
      case 4:  // 3001, and no UTF-8
        step["hex"] = "0bb9" + trace::to_hex(unique("r")) + "ff";
        break;
      case 5:
        step["hex"] = "03";
        break;
      case 1:
        step["code"] = draw_.one_of<std::int64_t>({1000, 1001, 1011});
        break;
      default:
        break;
    }
    client.over = true;
    push(std::move(step));
  }

  void leave(ClientState& client) {
    if (has("slow-reader") && !client.stopped && draw_.percent(40)) {
      client.stopped = true;
      return push({{"do", "stopReading"}, {"client", client.name}});
    }
    if (client.stopped && draw_.percent(60)) {
      client.stopped = false;
      return push({{"do", "resumeReading"}, {"client", client.name}});
    }
    if (has("malformed") && draw_.percent(50)) return malformed(client);
    // What a standard socket tells of a loss is a race (CLE-12).
    if (!has("leaving") || (sequential_ && client.standard)) return;
    client.over = true;
    push({{"do", draw_.percent(50) ? "finish" : "reset"}, {"client", client.name}});
  }

  FrameSender sender(const ClientState& client) const {
    return {client.name, client.deflate, client.standard};
  }

  void malformed(ClientState& client) {
    for (Json& step : breach_frames(draw_, sender(client), unique("f"))) push(std::move(step));
    client.over = true;
  }

  // A message in fragments, or in an unusual form.
  void fragments(ClientState& client) {
    const bool compressed = client.deflate && client.knows && draw_.percent(30);
    client.own_deflate |= compressed;
    const std::string text = draw_.percent(10) ? kAutoRequests[0] : unique("fr");
    for (Json& step : message_frames(draw_, sender(client), text, compressed, unique("p")))
      push(std::move(step));
  }

  void restart() {
    if (has("storage-failure") && !sequential_ && draw_.percent(60)) {
      return push({{"do", "storageFaults"}, {"writesFail", true}});
    }
    const bool may_crash = has("storage-latency") && !sequential_ && draw_.percent(60);
    if (may_crash) return push({{"do", "crash"}});
    if (!has("restart-steps")) return;
    if (!sequential_ && draw_.percent(30)) return push({{"do", "evict"}, {"webSockets", "close"}});
    push({{"do", sequential_ || draw_.percent(50) ? "deploy" : "crash"}});
  }

  Draw draw_;
  const std::vector<std::string>& families_;
  bool sequential_;
  bool small_ = false;
  Json steps_ = Json::array();
  Connections connections_;
  std::size_t messages_ = 0;
  std::size_t requests_ = 0;
  std::int64_t clock_ms_ = 0;  // of who waits
};

}  // namespace

GeneratedSteps generate_steps(Draw draw, const std::vector<std::string>& families,
                              const scenario::Simulation& simulation, bool sequential) {
  return StepsDraw(draw, families, simulation, sequential).steps();
}

}  // namespace torpor::explore
