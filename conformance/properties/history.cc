#include "conformance/properties/history.h"

#include <algorithm>
#include <type_traits>
#include <utility>
#include <variant>

#include "conformance/properties/values.h"
#include "core/trace/octets.h"

namespace torpor::properties {
namespace {

namespace step = scenario::step;

constexpr std::string_view kClientActor = "client:";

// Nothing for what is no deed of a client.
template <typename Action>
std::optional<Deed> deed_of(const Action& action, Client& client) {
  if constexpr (std::is_same_v<Action, step::Send>) {
    return client.frames.take(action);
  } else if constexpr (std::is_same_v<Action, step::Frame>) {
    return client.frames.take(action, client.deflate);
  } else if constexpr (std::is_same_v<Action, step::Ping>) {
    return Deed{.kind = Deed::Kind::kPing, .message = {true, action.payload}};
  } else if constexpr (std::is_same_v<Action, step::Close>) {
    return Deed{.kind = Deed::Kind::kClose, .close = websocket::decode_close(action.payload)};
  } else if constexpr (std::is_same_v<Action, step::Finish>) {
    return Deed{.kind = Deed::Kind::kFinish};
  } else if constexpr (std::is_same_v<Action, step::Reset>) {
    return Deed{.kind = Deed::Kind::kReset};
  } else if constexpr (std::is_same_v<Action, step::Octets>) {
    return Deed{.kind = Deed::Kind::kFault};
  } else {
    return std::nullopt;
  }
}

std::string sent_octets(const trace::Event& event) {
  return trace::from_hex(trace::text_member(event.members, "octets")).value_or("");
}

template <typename Action>
std::optional<std::string> client_of(const Action& action) {
  if constexpr (requires { action.client; }) {
    return action.client;
  } else {
    return std::nullopt;
  }
}

class Reader {
 public:
  explicit Reader(History& history) : history_(history) {}

  void read() {
    for (std::size_t i = 0; i < history_.trace.events.size(); ++i) {
      const trace::Event& event = history_.trace.events[i];
      if (event.actor.starts_with(kClientActor)) {
        of_client(client(event.actor.substr(kClientActor.size())), event, i);
      } else if (event.actor == "object" && event.kind == "log") {
        history_.log.push_back(&event.members.at("entry"));
        history_.log_events.push_back(i);
        history_.log_times.push_back(log_time(event.members));
      } else if (event.actor == "object" && event.kind == "resets") {
        resets(event.members);
      } else if (event.actor == "harness" && event.kind == "usage") {
        history_.usage = event.members.value("entry", Json());
      } else if (event.kind == "fault") {
        history_.restarts += trace::text_member(event.members, "fault") != "evict" ? 1 : 0;
      } else if (event.kind == "step") {
        step_began_ = event.t;
        history_.end = event.t;
        did(trace::number_member(event.members, "index", -1));
      } else if (event.kind == "timeout") {
        gave_up(trace::number_member(event.members, "index", -1));
      } else if (event.kind == "control") {
        const std::string call = trace::text_member(event.members, "call");
        const auto status = trace::number_member(event.members, "status", 0);
        if (status == 204) done(call, event.t);
        if (status == 409 && call == "evict")
          history_.refused_evictions.push_back({step_began_, event.t});
      }
    }
  }

 private:
  Client& client(const std::string& name) {
    Client& one = history_.clients[name];
    one.name = name;
    const auto& remotes = history_.scenario_case.remotes;
    one.is_remote = std::find(remotes.begin(), remotes.end(), name) != remotes.end();
    return one;
  }

  void resets(const Json& members) {
    for (const Json& reset : members.at("resets"))
      history_.resets.push_back({reset.at("after"), reset.at("crashed"), log_time(reset)});
  }

  static std::optional<Time> log_time(const Json& members) {
    const std::int64_t ms = trace::number_member(members, "at", -1);
    return ms < 0 ? std::nullopt : std::optional(Time(milliseconds(ms)));
  }

  // A control call was answered.
  void done(const std::string& call, Time now) {
    if (call == "storage-faults" && !history_.write_faults.empty())
      history_.write_faults.back().set.to = now;
    if (call != "evict") return;
    history_.evictions.push_back({step_began_, now});
    if (!step_drops_) return;
    ++history_.dropping_evictions;
    ++history_.restarts;
  }

  // A remote that nobody had asked by then has not answered.
  void gave_up(std::int64_t index) {
    const auto& steps = history_.scenario_case.steps;
    if (index < 0 || static_cast<std::size_t>(index) >= steps.size()) return;
    const auto& action = steps[static_cast<std::size_t>(index)].action;
    if (const auto* answer = std::get_if<step::Answer>(&action))
      client(answer->client).answer.reset();
  }

  // Before the first request it is known; later it changes.
  void latency(const step::StorageFaults& faults) {
    if (history_.clients.empty() && history_.write_latency_us == 0) {
      history_.write_latency_us = faults.write_latency.count();
    } else {
      history_.write_latency_us.reset();
    }
  }

  // A step counts once it was done.
  void did(std::int64_t index) {
    const auto& steps = history_.scenario_case.steps;
    if (index < 0 || static_cast<std::size_t>(index) >= steps.size()) return;
    const auto position = static_cast<std::size_t>(index);
    std::visit(
        [&](const auto& action) {
          using Action = std::decay_t<decltype(action)>;
          if constexpr (std::is_same_v<Action, step::StorageFaults>) {
            history_.writes_late |= action.write_latency > Duration{};
            history_.writes_fail |= action.writes_fail;
            history_.alarms_late = std::max(history_.alarms_late, action.alarms_late);
            history_.write_faults.push_back(
                {{step_began_, step_began_}, action.write_latency, action.writes_fail});
            latency(action);
          }
          if constexpr (std::is_same_v<Action, step::Evict>) step_drops_ = action.closes;
          if constexpr (std::is_same_v<Action, step::Request>) client(action.client).asked = true;
          if constexpr (std::is_same_v<Action, step::Wait>) {
            history_.last_wait = action.duration;
            history_.end = step_began_ + action.duration;
          }
          if constexpr (std::is_same_v<Action, step::Deploy> || std::is_same_v<Action, step::Crash>)
            ++history_.restarts;
          const auto name = client_of(action);
          if (!name) return;
          if constexpr (std::is_same_v<Action, step::Connect>)
            client(*name).offers_compression = action.extensions.has_value();
          if constexpr (std::is_same_v<Action, step::StopReading>) {
            client(*name).stops_reading = true;
            client(*name).deaf.push_back({step_began_, Time::max()});
          }
          if constexpr (std::is_same_v<Action, step::ResumeReading>)
            if (!client(*name).deaf.empty() && client(*name).deaf.back().to == Time::max())
              client(*name).deaf.back().to = step_began_;
          if constexpr (std::is_same_v<Action, step::Connect>) {
            // EXT-01; the answer may come later than what is sent.
            client(*name).deflate =
                action.extensions == "permessage-deflate" &&
                history_.scenario_case.configuration.compatibility_date >= "2023-08-15";
          }
          if constexpr (std::is_same_v<Action, step::Answer>) client(*name).answer = action;
          if constexpr (std::is_same_v<Action, step::Refuse>) client(*name).refuses = true;
          if constexpr (std::is_same_v<Action, step::Request>)
            client(*name).asked_at = to_microseconds(step_began_);
          if (auto deed = deed_of(action, client(*name))) {
            deed->step = position;
            deed->at = step_began_;
            deed->with_next = leaves_with_next(position, *name);
            client(*name).deeds.push_back(*std::move(deed));
          }
        },
        steps[position].action);
  }

  bool leaves_with_next(std::size_t position, const std::string& name) const {
    const auto& steps = history_.scenario_case.steps;
    if (!steps[position].cork || position + 1 == steps.size()) return false;
    return std::visit([&](const auto& next) { return client_of(next) == name; },
                      steps[position + 1].action);
  }

  static void answered(Client& remote) {
    remote.opened = remote.answered_well();
    remote.deflate =
        remote.opened &&
        std::any_of(remote.answer->headers.begin(), remote.answer->headers.end(),
                    [](const auto& given) { return given.first == "Sec-WebSocket-Extensions"; });
  }

  static void of_client(Client& client, const trace::Event& event, std::size_t index) {
    Got got{.event = index, .at = event.t};
    const std::string& kind = event.kind;
    if (kind == "connect") {
      ++client.connects;
    } else if (kind == "open") {
      client.opened = client.answered = true;
      client.answered_at = event.t;
      client.status = 101;
      client.headers = event.members.value("headers", Json());
      client.deflate = client.header("Sec-WebSocket-Extensions").has_value();
    } else if (kind == "request") {
      client.headers = event.members.value("headers", Json());
      client.asked_at = to_microseconds(event.t);
    } else if (kind == "sent") {
      if (!client.sent.empty()) return;
      client.sent = sent_octets(event);
      if (client.is_remote) answered(client);
    } else if (kind == "response" || kind == "connectFailed") {
      client.answered = true;
      client.answered_at = event.t;
      if (kind == "response" && !client.status)
        client.status = static_cast<int>(trace::number_member(event.members, "status", 0));
    } else if (kind == "end") {
      client.end = index;
    } else if (kind == "text" || kind == "binary" || kind == "pong" || kind == "close") {
      const std::string octets = trace::payload_of(event.members).value_or("");
      got.kind = kind == "pong"    ? Got::Kind::kPong
                 : kind == "close" ? Got::Kind::kClose
                                   : Got::Kind::kMessage;
      got.compressed = event.members.value("compressed", false);
      got.message = {kind != "text", octets};
      got.frames = trace::number_member(event.members, "frames", 1);
      if (got.kind == Got::Kind::kClose) got.close = websocket::decode_close(octets);
      client.got.push_back(std::move(got));
    } else if (kind != "finish" && kind != "reset") {
      client.got.push_back(std::move(got));
    }
  }

  History& history_;
  Time step_began_ = {};
  bool step_drops_ = false;
};

// Octets that nothing holds up are there after the network's latency.
std::optional<Duration> transit_of(const scenario::Case& scenario_case) {
  if (!scenario_case.simulation) return sim::NetworkOptions().latency_max;
  const sim::NetworkOptions& network = scenario_case.simulation->network;
  const bool held_up = network.stall_per_million > 0 || network.silence_per_million > 0 ||
                       network.chunk_octets_max > 0 ||
                       network.window_octets < sim::NetworkOptions().window_octets;
  return held_up ? std::nullopt : std::optional(network.latency_max);
}

}  // namespace

const Deed* Client::first(Deed::Kind kind) const {
  const auto found =
      std::find_if(deeds.begin(), deeds.end(), [&](const Deed& deed) { return deed.kind == kind; });
  return found == deeds.end() ? nullptr : &*found;
}

std::optional<std::string> Client::header(const std::string& wanted) const {
  for (const Json& one : headers) {
    if (one.at(0) == wanted) return one.at(1).get<std::string>();
  }
  return std::nullopt;
}

bool Client::answered_well() const {
  if (!answer || sent.empty() || answer->status != 101) return false;
  return std::all_of(answer->headers.begin(), answer->headers.end(), [&](const auto& given) {
    if (given.first == "Sec-WebSocket-Extensions")
      return given.second == "permessage-deflate" && header(given.first).has_value();
    return given.first != "Sec-WebSocket-Accept" && given.first != "Upgrade";
  });
}

History history_of(const scenario::Case& scenario_case, const trace::Trace& trace) {
  History history{.scenario_case = scenario_case, .trace = trace};
  if (scenario_case.simulation) {
    const sim::NetworkOptions& network = scenario_case.simulation->network;
    history.links_break = network.cut_per_million + network.fin_per_million +
                              network.silence_per_million + network.refuse_per_million >
                          0;
    history.window_fills = network.window_octets < sim::NetworkOptions().window_octets;
  }
  history.transit = transit_of(scenario_case);
  Reader(history).read();
  return history;
}

std::optional<Message> message_in(const Json& data) {
  if (data.is_string()) return Message{false, data.get<std::string>()};
  if (!data.is_object() || !data.contains("$")) return std::nullopt;
  const auto run = [&](const std::string& unit, const char* count) {
    std::string octets;
    for (std::uint64_t left = data.value(count, std::uint64_t{0}); left > 0; --left) octets += unit;
    return octets;
  };
  if (data["$"] == "blob") return Message{false, "[object Blob]"};  // SEND-01: as it is sent
  if (data["$"] == "repeat") return Message{false, run(data.value("text", ""), "count")};
  if (data["$"] == "typedarray") {
    auto whole = message_in(data.value("buffer", Json()));
    if (!whole || data.value("type", "") != "Uint8Array") return std::nullopt;
    const auto from = data.value("offset", std::size_t{0});
    if (from > whole->octets.size()) return std::nullopt;
    whole->octets = whole->octets.substr(from, data.value("length", std::string::npos));
    return whole;
  }
  if (data["$"] != "arraybuffer") return std::nullopt;
  if (data.contains("byte"))
    return Message{true, run(std::string(1, static_cast<char>(data["byte"].get<int>())), "length")};
  const auto octets = trace::from_hex(data.value("hex", ""));
  if (!octets) return std::nullopt;
  return Message{true, *octets};
}

}  // namespace torpor::properties
