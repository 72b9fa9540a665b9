#include "conformance/explore/generator.h"

#include <algorithm>
#include <utility>

#include "conformance/explore/draw.h"
#include "conformance/explore/faults.h"
#include "conformance/explore/frame_steps.h"
#include "conformance/explore/outgoing_ops.h"
#include "conformance/explore/program_generator.h"
#include "conformance/explore/socket_ops.h"
#include "sim/oracle.h"

namespace torpor::explore {
namespace {

enum Part : std::uint64_t { kFamilies, kProgram, kSteps, kConfiguration, kSockets, kOutgoing };

constexpr std::int64_t kLastWaitMs = 150'000;  // everything that was on its way has arrived
// On a real server a step has had its effects when this has passed, alarms (15 ms) among them.
constexpr std::int64_t kBetweenStepsMs = 150;
constexpr std::size_t kClientsMax = 6;

class StepsDraw {
 public:
  StepsDraw(Draw draw, const std::vector<std::string>& families,
            const scenario::Simulation& simulation, bool sequential)
      : draw_(draw), families_(families), sequential_(sequential) {
    const sim::NetworkOptions& network = simulation.network;
    small_ = network.window_octets < 100'000 ||
             (network.chunk_octets_max > 0 && network.chunk_octets_max < 1000);
  }

  Json steps() {
    if (!sequential_) storage_faults();
    connect();
    for (std::uint64_t left = 3 + draw_.below(22); left > 0; --left) step();
    if (!sequential_) push({{"do", "wait"}, {"ms", kLastWaitMs}});
    return std::move(steps_);
  }

  // Whether the object has a remote, after steps().
  bool dials() const { return dials_; }

 private:
  struct ClientState {
    std::string name;
    bool standard = false;
    bool over = false;  // nothing more is sent
    bool stopped = false;
    bool deflate = false;      // it offers compression,
    bool knows = false;        // and has waited for the answer
    bool own_deflate = false;  // it has compressed something by itself
  };

  bool has(const char* family) const {
    return std::find(families_.begin(), families_.end(), family) != families_.end();
  }

  void push(Json step) {
    const bool waits = step["do"] == "wait" || step["do"] == "hibernate";
    steps_.push_back(std::move(step));
    if (sequential_ && !waits) steps_.push_back({{"do", "wait"}, {"ms", kBetweenStepsMs}});
  }

  void storage_faults() {
    Json step = {{"do", "storageFaults"}};
    if (has("storage-latency")) step["writeLatencyMs"] = draw_.between(5, 500);
    if (has("late-alarms")) step["alarmsLateMs"] = draw_.one_of<std::int64_t>({1, 40, 3000});
    if (step.size() > 1) push(std::move(step));
  }

  void connect() {
    if (clients_.size() >= kClientsMax) return;
    if (!sequential_ && !dials_ && draw_.percent(4)) return dial();
    ClientState client{next_name(), draw_.percent(15)};
    Json step = {{"do", "connect"}, {"client", client.name}};
    if (client.standard) step["segment"] = "std";
    if (draw_.percent(25))
      step["segment"] = client.standard ? kApartStandardSegment : kApartSegment;
    if (draw_.percent(5)) odd(client, step);
    if (!client.standard && !client.over && draw_.percent(4)) step["segment"] = kPassedSegment;
    if (draw_.percent(25)) step["extensions"] = "permessage-deflate";
    if (!sequential_ && draw_.percent(10)) step["async"] = true;
    client.deflate = step.contains("extensions");
    client.knows = !step.contains("async");
    clients_.push_back(std::move(client));
    push(std::move(step));
  }

  std::string next_name() const { return "c" + std::to_string(clients_.size() + 1); }

  // The remote is a peer as any other once the object's socket has opened.
  void dial() {
    dials_ = true;
    ClientState asking{next_name()};
    asking.over = true;
    Dialing dialing = explore::dial(draw_, asking.name);
    clients_.push_back(std::move(asking));
    for (Json& step : dialing.steps) push(std::move(step));
    ClientState remote{kRemote, true};
    remote.over = !dialing.opens;
    clients_.push_back(std::move(remote));
  }

  // What comes of it is no connection that stays.
  void odd(ClientState& client, Json& step) {
    client.over = true;
    client.standard = false;
    step["segment"] = draw_.percent(70) ? kOddSegment : kKeptSegment;
    if (has_pair_ || draw_.percent(50)) return;
    has_pair_ = true;
    client.standard = true;  // it holds the object
    step["segment"] = kPairSegment;
  }

  ClientState* speaker() {
    std::vector<ClientState*> open;
    for (ClientState& client : clients_) {
      if (!client.over) open.push_back(&client);
    }
    return open.empty() ? nullptr : draw_.one_of(open);
  }

  void step() {
    const std::uint32_t evictions = sequential_ ? 1 : 4;
    switch (draw_.weighted({12, 40, 6, 6, 8, 10, evictions, 3, evictions})) {
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
        return sequential_ ? evict() : push({{"do", "hibernate"}});
      case 7:
        return restart();
      default:
        return evict();
    }
  }

  // Of an object with a standard socket workerd says nothing until it can be evicted.
  void evict() {
    const bool held = std::any_of(clients_.begin(), clients_.end(),
                                  [](const ClientState& client) { return client.standard; });
    if (!sequential_ || !held) push({{"do", "evict"}});
  }

  template <typename Action>
  void with_speaker(Action action) {
    if (ClientState* client = speaker()) return action(*client);
    connect();
  }

  std::string unique(const char* prefix) { return prefix + std::to_string(++messages_); }

  void send(ClientState& client) {
    Json step = {{"do", "send"}, {"client", client.name}};
    switch (draw_.weighted({20, 5, 4, 5, 2, 1, 2, 2, 1, 1, 1, 4, 1})) {
      case 0:
        step["text"] = unique("m");
        break;
      case 1:
        step["text"] = kAutoRequests[draw_.below(2)];
        break;
      case 2:
        if (client.standard) return;
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
        step["text"] = kThrowMessage;
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
      case 10:  // the octets of one, and is none
        if (client.standard) return;
        step["binary"] = "6175746f3f31";
        break;
      case 11:
        return fragments(client);
      default:
        step["text"] = recurring_text();
    }
    if (client.own_deflate || (client.deflate && draw_.percent(10))) step["compress"] = false;
    if (!sequential_ && draw_.percent(25)) step["cork"] = true;
    push(std::move(step));
  }

  std::string binary() {
    constexpr const char* kDigits = "0123456789abcdef";
    std::string hex = draw_.percent(20) ? "" : "00ff";
    for (const char c : unique("b")) {
      hex += kDigits[static_cast<unsigned char>(c) >> 4];
      hex += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return hex;
  }

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
    switch (draw_.weighted({4, 3, 2})) {
      case 0:
        step["code"] = draw_.between(3000, 4999);
        step["reason"] = unique("bye");
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

  void malformed(ClientState& client) {
    const FrameSender sender{client.name, client.deflate, client.standard};
    for (Json& step : breach_frames(draw_, sender, unique("f"))) push(std::move(step));
    client.over = true;
  }

  // A message in fragments, or in an unusual form.
  void fragments(ClientState& client) {
    const FrameSender sender{client.name, client.deflate, client.standard};
    const bool compressed = client.deflate && client.knows && draw_.percent(30);
    client.own_deflate |= compressed;
    const std::string text = draw_.percent(10) ? kAutoRequests[0] : unique("fr");
    for (Json& step : message_frames(draw_, sender, text, compressed, unique("p")))
      push(std::move(step));
  }

  void restart() {
    if (has("storage-failure") && !sequential_ && draw_.percent(60)) {
      return push({{"do", "storageFaults"}, {"writesFail", true}});
    }
    const bool may_crash = has("storage-latency") && !sequential_ && draw_.percent(60);
    if (may_crash) return push({{"do", "crash"}});
    if (!has("restart-steps")) return;
    push({{"do", sequential_ || draw_.percent(50) ? "deploy" : "crash"}});
  }

  Draw draw_;
  const std::vector<std::string>& families_;
  bool sequential_;
  bool small_ = false;
  bool has_pair_ = false;
  bool dials_ = false;
  Json steps_ = Json::array();
  std::vector<ClientState> clients_;
  std::size_t messages_ = 0;
};

}  // namespace

std::vector<std::string> all_family_names() {
  std::vector<std::string> names;
  for (const Family& family : families()) names.emplace_back(family.name);
  return names;
}

Generated generate(std::uint64_t seed, const GeneratorOptions& options) {
  sim::Oracle oracle = sim::Oracle::from_seed(seed);
  scenario::Simulation simulation;
  simulation.seed = seed;
  Generated generated;
  Draw families(oracle, kFamilies), configuration(oracle, kConfiguration);
  generated.families = draw_families(families, options.families, simulation);
  const auto has = [&](const char* name) {
    return std::find(generated.families.begin(), generated.families.end(), name) !=
           generated.families.end();
  };
  Json& scenario = generated.scenario;
  scenario["id"] = "explored/seed-" + std::to_string(seed);
  scenario["title"] = "Made by generator " + std::to_string(kGeneratorVersion) + " from the seed " +
                      std::to_string(seed);
  scenario["statements"] = Json::array({"MSG-08", "HIB-14"});
  if (configuration.percent(35)) {
    const bool old = configuration.percent(15);  // before compression
    scenario["configuration"] = {{"compatibilityDate", old ? "2023-08-14" : "2026-04-06"}};
  }
  scenario["program"] =
      generate_program(Draw(oracle, kProgram), {.throws = has("exceptions"),
                                                .aborts = has("abort"),
                                                .reads_storage = has("storage-latency"),
                                                .sequential = options.sequential});
  add_socket_segments(Draw(oracle, kSockets), scenario["program"]);
  StepsDraw steps(Draw(oracle, kSteps), generated.families, simulation, options.sequential);
  scenario["steps"] = steps.steps();
  if (steps.dials()) {
    scenario["remotes"] = Json::array({kRemote});
    add_outgoing(Draw(oracle, kOutgoing), scenario["program"]);
  }
  scenario["properties"] = true;
  if (!options.sequential) scenario["simulation"] = scenario::to_json(simulation);
  // As it would come out of a file.
  generated.scenario = parse_json_or_null(generated.scenario.dump());
  return generated;
}

}  // namespace torpor::explore
