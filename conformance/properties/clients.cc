#include "conformance/properties/clients.h"

#include <algorithm>
#include <utility>

#include "conformance/properties/program_ops.h"

namespace torpor::properties {
namespace {

// Responses of the auto-response begin so in every generated program.
constexpr std::string_view kAutoResponse = "auto!";

bool is_auto_response(const Got& got) {
  return got.kind == Got::Kind::kMessage && !got.message.binary &&
         got.message.octets.starts_with(kAutoResponse);
}

Json shown(const Message& message) {
  if (message.binary) return {{"binary", message.octets.size()}};
  return {{"text", message.octets.substr(0, 100)}};
}

Json shown(const Out& out) {
  if (out.message) return shown(*out.message);
  return {
      {"close",
       {{"code", out.close.code ? Json(*out.close.code) : Json()}, {"reason", out.close.reason}}}};
}

bool is_same(const Out& out, const Got& got) {
  if (out.message) return got.kind == Got::Kind::kMessage && got.message == *out.message;
  return got.kind == Got::Kind::kClose && got.close == out.close;
}

class ClientCheck {
 public:
  ClientCheck(const History& history, const Followed& followed, const Client& client,
              const Socket* socket, Findings& findings)
      : history_(history),
        followed_(followed),
        client_(client),
        socket_(socket),
        findings_(findings) {
    const auto did = [&](Deed::Kind kind) { return client.first(kind) != nullptr; };
    closed_ = did(Deed::Kind::kClose);
    faulted_ = did(Deed::Kind::kFault);
    left_ = did(Deed::Kind::kReset) || did(Deed::Kind::kFinish);
  }

  void run() {
    if (client_.is_remote ? !client_.opened : may_wait()) return;
    if (!client_.is_remote) answered();
    answered_as_told();
    if (!socket_ || !followed_.to_the_end) return;
    if (const auto next = frames()) {
      rest(*next);
      replied();
      left_told();
      breach_told();
      delivered();
      ended();
    }
    auto_responses();
    pongs();
  }

 private:
  bool is_auto_request(const Deed& deed) const {
    return deed.kind == Deed::Kind::kMessage && !deed.message.binary &&
           followed_.auto_requests.contains(deed.message.octets);
  }
  bool replies_by_itself() const { return properties::replies_by_itself(*socket_, history_); }

  void find(const std::string& what, std::vector<std::string> statements, std::string message,
            Json expected = nullptr, Json got = nullptr, std::optional<std::size_t> event = {}) {
    findings_.found.push_back({.property = "clients/" + what,
                               .statements = std::move(statements),
                               .message = std::move(message),
                               .expected = std::move(expected),
                               .got = std::move(got),
                               .lane = client_.name,
                               .event = event});
  }

  // The connection stood to the end of the run: nobody and nothing has ended it but closing.
  bool stood() const {
    const bool may_be_cut = history_.window_fills && !history_.resets.empty();  // SEND-16
    return !left_ && !history_.links_break && socket_ && !socket_->dropped && !may_be_cut;
  }

  // For a remote, which need not answer.
  bool may_wait() const {
    if (followed_.to_the_end) return followed_.waiting.contains(client_.name);
    return !history_.scenario_case.remotes.empty();
  }

  void answered() {
    if (history_.links_break || left_ || client_.stops_reading) return;
    if (client_.connects == 0 && !client_.asked) return;
    const bool waits =
        followed_.unanswered.contains(client_.name) || (client_.asked && !followed_.to_the_end);
    if (!client_.answered && !client_.end && !waits)
      find("liveness", {"UPG-06"}, "a request was never answered");
    if (!history_.resets.empty()) return;  // which have answers of their own
    const auto gate = followed_.not_answered_before.find(client_.name);
    if (client_.answered && gate != followed_.not_answered_before.end() &&
        client_.answered_at < gate->second)
      find("gate", {"STORE-03"}, "a request was answered before what had been written was durable",
           to_microseconds(gate->second), to_microseconds(client_.answered_at));
  }

  // With what its handler gave. A reset has an answer of its own.
  void answered_as_told() {
    const auto told = followed_.answers.find(client_.name);
    if (told == followed_.answers.end() || !client_.status || !history_.resets.empty()) return;
    const auto& [status, ends_at_once] = told->second;
    findings_.exercised.insert(status == 500 ? "UPG-14" : "UPG-06");
    if (*client_.status != status)
      return find("response", {status == 500 ? "UPG-14" : "UPG-06", "UPG-09"},
                  "a request was not answered with what its handler gave", status, *client_.status);
    if (!ends_at_once || client_.stops_reading) return;
    findings_.exercised.insert("UPG-13");
    if (!client_.end)
      find("end", {"UPG-13"}, "a connection was joined to an end that the object had accepted");
  }

  // The frames are what the object sent, in order, each once; where in it they stop.
  std::optional<std::size_t> frames() {
    const std::vector<Out>& out = socket_->out;
    std::size_t next = 0;
    bool closed = false, fault_told = false;
    for (const Got& got : client_.got) {
      if (got.kind == Got::Kind::kMessage && got.compressed != client_.deflate) {
        find("deflate", {"EXT-04"},
             "a message was compressed that must not be, or was not that must", client_.deflate,
             got.compressed, got.event);
        return std::nullopt;
      }
      const bool by_itself = got.kind == Got::Kind::kPong || is_auto_response(got);
      if (by_itself && !closed && !fault_told) continue;
      if (closed || (fault_told && by_itself)) {
        find("order", {"SEND-12", "PING-07", "AUTO-11"}, "something came after the server's Close",
             nullptr, shown(got.message), got.event);
        return std::nullopt;
      }
      if (got.kind == Got::Kind::kOther || got.frames != 1) {
        find("frames", {"SEND-05"}, "something came that is no single frame of a server", nullptr,
             nullptr, got.event);
        return std::nullopt;
      }
      std::size_t at = next;
      while (at < out.size() && !is_same(out[at], got) && (out[at].lost || out[at].may_be_lost))
        ++at;
      // Sent when the log had been read.
      if (at == out.size() && got.at > history_.end) return std::nullopt;
      const bool comes_later = std::any_of(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(),
                                           [&](const Out& one) { return is_same(one, got); });
      if (got.kind == Got::Kind::kClose && !comes_later) {
        // What the Close for a fault has overtaken still comes (FRAME-10).
        const Deed* fault = client_.first(Deed::Kind::kFault);
        fault_told = fault && (!fault->close.code || got.close == fault->close);
        closed = !fault_told;
        own_close(got);
        continue;
      }
      if (at == out.size()) {
        find("order", {"SEND-06", "HIB-14"}, "a client got what the object did not send to it",
             nullptr, shown(got.message), got.event);
        return std::nullopt;
      }
      if (!is_same(out[at], got)) {
        find("order", {"SEND-06", "HIB-14"},
             "what the object sent was lost, doubled, changed or overtaken", shown(out[at]),
             got.kind == Got::Kind::kClose ? Json(got.close.reason) : shown(got.message),
             got.event);
        return std::nullopt;
      }
      if (out[at].lost) {
        find("lost", {"ABORT-03", "SEND-08"}, "a client got what had gone with its turn", nullptr,
             shown(got.message), got.event);
        return std::nullopt;
      }
      findings_.exercised.insert("SEND-06");
      overtaken(out[at], got);
      in_time(out[at], got);
      closed = got.kind == Got::Kind::kClose;
      next = at + 1;
    }
    return next;
  }

  // PING-09: a ping right behind a message is answered before what was sent because of that.
  void overtaken(const Out& out, const Got& got) {
    if (!out.message || out.behind == 0 || out.behind >= client_.deeds.size()) return;
    const Deed& message = client_.deeds[out.behind - 1];
    const Deed& ping = client_.deeds[out.behind];
    const bool in_one = message.kind == Deed::Kind::kMessage && message.with_next &&
                        ping.step == message.step + 1 && ping.kind == Deed::Kind::kPing &&
                        history_.transit && !is_auto_request(message);
    if (!in_one || history_.links_break || !socket_->returned || socket_->kept) return;
    findings_.exercised.insert("PING-09");
    const auto is_pong = [&](const Got& one) {
      return one.kind == Got::Kind::kPong && one.message == ping.message && one.event > got.event;
    };
    const auto earlier = [&](const Got& one) {
      return one.kind == Got::Kind::kPong && one.message == ping.message && one.event < got.event;
    };
    if (std::none_of(client_.got.begin(), client_.got.end(), earlier) &&
        std::any_of(client_.got.begin(), client_.got.end(), is_pong))
      find("order", {"PING-09"}, "a ping right behind a message was answered after that", nullptr,
           shown(got.message), got.event);
  }

  void in_time(const Out& out, const Got& got) {
    // A standard socket may have answered by itself.
    if (!out.message && replies_by_itself()) return;
    if (got.at < out.not_before)
      find("gate", {out.message ? "SEND-07" : "CLOSE-12"},
           "a client got what the object sent before what it had written was durable",
           to_microseconds(out.not_before), to_microseconds(got.at), got.event);
    if (!out.by || !history_.transit || client_.stops_reading) return;
    const Time last = std::max(*out.by, client_.answered_at) + *history_.transit + kSlack;
    if (got.at > last)
      find("gate", {"SEND-07", "STORE-15"}, "what waits for nothing came late",
           to_microseconds(last), to_microseconds(got.at), got.event);
  }

  // A Close of the runtime's own: for a breach of the protocol, or a standard socket's answer.
  void own_close(const Got& got) {
    const Deed* fault = client_.first(Deed::Kind::kFault);
    if (fault && got.close.code && (!fault->close.code || got.close == fault->close)) return;
    if (replies_by_itself() && closed_) {
      const Deed* deed = client_.first(Deed::Kind::kClose);
      // A code that stands for none is echoed as none.
      const bool none = deed->close.code == 1005 && !got.close.code;
      if (got.close == deed->close || none) {
        findings_.exercised.insert("ACL-01");
        return;
      }
    }
    find("close", {"ACL-07", "CLE-07"}, "a Close came that neither the object nor a rule sent",
         nullptr, got.close.code ? Json(*got.close.code) : Json(), got.event);
  }

  // What the object sent has come, unless something was in its way.
  void rest(std::size_t next) {
    if (faulted_) return not_overtaken(next);
    if (!stood() || client_.stops_reading) return;
    if (!socket_->hibernatable && closed_) return;
    const std::vector<Out>& out = socket_->out;
    while (next < out.size() && (out[next].lost || out[next].may_be_lost)) ++next;
    if (next == out.size()) return;
    constexpr Duration kOnItsWay = milliseconds(5'000);
    if (out[next].by && *out[next].by + kOnItsWay > history_.end) return;
    find("lost", {"SEND-06", "HIB-14"}, "what the object sent never came", shown(out[next]));
  }

  // FRAME-13: a standard socket that is told of the fault itself had nothing on its way, unless a
  // pong was what it had sent last (FRAME-14).
  void not_overtaken(std::size_t next) {
    if (client_.first(Deed::Kind::kPing)) return;
    const bool may_judge = socket_->fault_named && stood() && client_.opened &&
                           !client_.stops_reading && history_.transit && !history_.writes_late &&
                           !history_.writes_fail && next < socket_->out.size();
    if (!may_judge || socket_->delivered.empty()) return;
    const Out& out = socket_->out[next];
    const auto handled = history_.log_times[socket_->delivered.back()];
    const bool at_once =
        handled && out.at && *out.at == *handled && out.by == out.at && out.version == 0;
    if (!at_once || out.lost || socket_->murky || out.behind >= client_.deeds.size()) return;
    if (client_.deeds[out.behind].kind != Deed::Kind::kFault) return;
    const Json& data = history_.log[socket_->delivered.back()]->at("data");
    const std::string text = data.is_string() ? data.get<std::string>() : "*";
    if (may_await(chosen(history_.scenario_case.program, "message", text))) return;
    findings_.exercised.insert("FRAME-13");
    find("lost", {"FRAME-13"}, "a fault was told as if it had overtaken nothing", shown(out));
  }

  // ACL-01: whatever the object does, a Close comes back.
  void replied() {
    if (!stood() || client_.stops_reading || faulted_ || !closed_ || !client_.opened) return;
    // An answer that waits for a write is lost with it, and at a reset (SEND-08, CLOSE-13).
    const bool may_be_lost =
        history_.writes_fail || (history_.writes_late && !history_.resets.empty());
    const bool fails = socket_->throws_at_close && history_.writes_late;
    if (!replies_by_itself() || may_be_lost || fails) return;
    findings_.exercised.insert("ACL-01");
    const bool came = std::any_of(client_.got.begin(), client_.got.end(),
                                  [](const Got& got) { return got.kind == Got::Kind::kClose; });
    if (!came) find("close", {"ACL-01"}, "a standard socket did not answer a Close by itself");
  }

  // A connection that was dropped is told of (CLE-03).
  void left_told() {
    const bool may_judge = left_ && !closed_ && !faulted_ && client_.opened &&
                           !history_.links_break && !socket_->dropped && !socket_->murky &&
                           socket_->hibernatable;
    if (!may_judge || !history_.scenario_case.program.contains("close")) return;
    if (!socket_->told_of_end) find("end", {"CLE-03"}, "a drop was never told");
  }

  // A breach of the protocol that the object heard of is told to who did it.
  void breach_told() {
    const bool may_judge = faulted_ && stood() && client_.opened && !client_.stops_reading &&
                           socket_->told_of_end && !socket_->murky && !socket_->server_closed;
    if (!may_judge) return;
    findings_.exercised.insert("FRAME-05");
    const bool came = std::any_of(client_.got.begin(), client_.got.end(),
                                  [](const Got& got) { return got.kind == Got::Kind::kClose; });
    if (!came) find("close", {"CLE-09", "CLE-10"}, "no Close told of a breach of the protocol");
  }

  // What the client sent was handled.
  void delivered() {
    if (!stood() || !client_.opened || !history_.scenario_case.program.contains("message")) return;
    std::size_t at = socket_->deeds_seen;
    for (; at < client_.deeds.size(); ++at) {
      const Deed& deed = client_.deeds[at];
      if (deed.kind == Deed::Kind::kClose || deed.kind == Deed::Kind::kFault) break;
      if (deed.kind != Deed::Kind::kMessage) continue;
      if (is_auto_request(deed)) continue;
      find("lost", {"HIB-14"}, "a message of the client was never handled", shown(deed.message));
      return;
    }
    told(at);
  }

  void told(std::size_t at) {
    const Json& program = history_.scenario_case.program;
    if (socket_->told_of_end || at == client_.deeds.size()) return;
    if (socket_->murky) return;
    const bool fault = client_.deeds[at].kind == Deed::Kind::kFault;
    if (!program.contains(fault ? "error" : "close")) return;
    if (fault && (history_.window_fills || client_.stops_reading)) return;  // FRAME-12
    find("end", {fault ? "CLE-09" : "CLE-01"},
         fault ? "a breach of the protocol was never told" : "a client's Close was never told");
  }

  // No connection ends without a reason, and none outlives its reset.
  void ended() {
    if (history_.links_break || left_ || client_.stops_reading) return;
    if (socket_->dropped && client_.opened && !client_.end) {
      find("end", {"DEPLOY-01", "ABORT-01"}, "a connection outlived the reset of its object");
      return;
    }
    if (socket_->dropped) {
      findings_.exercised.insert("ABORT-01");
      return;
    }
    const bool over = closed_ || faulted_;
    if (client_.end && !over && client_.opened) {
      find("end", {"HIB-26", "HIB-09"}, "a connection ended without a reason", nullptr, nullptr,
           client_.end);
    }
    if (socket_->must_end && closed_ && !faulted_ && client_.opened && !client_.end)
      find("end", {"ACL-05"}, "a Close was not answered, and the connection outlived the instance");
    if (!socket_->hibernatable && faulted_ && !closed_ && socket_->told_of_end && !client_.end)
      find("end", {"FRAME-08", "CLE-10"},
           "a standard socket has failed, and its connection stands");
    // CLOSE-15, but for CLOSE-16.
    const bool both =
        closed_ && socket_->told_of_end && socket_->server_closed && !socket_->slept_closed;
    const bool spoke = client_.first(Deed::Kind::kMessage) != nullptr;
    const bool sent = std::any_of(socket_->out.begin(), socket_->out.end(), [](const Out& out) {
      return !out.message && !out.lost && !out.may_be_lost;
    });
    if (both && spoke && sent && !client_.end)
      find("end", {"CLOSE-15"}, "both sides have closed, and the connection stands");
  }

  void auto_responses() {
    const auto count = static_cast<std::size_t>(
        std::count_if(client_.got.begin(), client_.got.end(), is_auto_response));
    const auto asked = static_cast<std::size_t>(
        std::count_if(client_.deeds.begin(), client_.deeds.end(),
                      [&](const Deed& deed) { return is_auto_request(deed); }));
    if (count > 0) findings_.exercised.insert("AUTO-02");
    if (count > asked || (count > 0 && !socket_->hibernatable))
      find("auto-response", {"AUTO-02", "AUTO-01"}, "an auto-response came that nobody asked for");
    if (count == asked) promptly();
    // Without a handler nothing tells what was handled.
    const bool complete = stood() && !client_.stops_reading && !faulted_ &&
                          !socket_->server_closed &&
                          history_.scenario_case.program.contains("message");
    if (complete && count < socket_->auto_responses)
      find("auto-response", {"AUTO-02"},
           "a text that equals the request was neither handled nor answered");
  }

  // AUTO-09: an auto-response waits for no write. Behind what waits for one it may (AUTO-10).
  void promptly() {
    if (!history_.transit || client_.stops_reading || followed_.blocks) return;
    auto deed = client_.deeds.begin();
    for (const Got& got : client_.got) {
      if (!is_auto_response(got)) continue;
      deed = std::find_if(deed, client_.deeds.end(),
                          [&](const Deed& one) { return is_auto_request(one); });
      const Time asked = std::max(deed->at, client_.answered_at);
      const Time last = asked + 2 * *history_.transit + kSlack;
      const bool behind =
          std::any_of(socket_->out.begin(), socket_->out.end(), [&](const Out& out) {
            return !out.by || (*out.by + kSlack >= asked && *out.by <= got.at + kSlack);
          });
      if (got.at > last && !behind)
        return find("auto-response", {"AUTO-09"}, "an auto-response came late",
                    to_microseconds(last), to_microseconds(got.at), got.event);
      ++deed;
    }
  }

  // A pong for the last ping at least, and none that nobody asked for.
  void pongs() {
    std::vector<const Deed*> pings;
    bool open = true;
    for (const Deed& deed : client_.deeds) {
      open &= deed.kind != Deed::Kind::kClose && deed.kind != Deed::Kind::kFault;
      if (deed.kind == Deed::Kind::kPing && open) pings.push_back(&deed);
    }
    std::size_t next = 0;
    bool last = false;
    for (const Got& got : client_.got) {
      if (got.kind != Got::Kind::kPong) continue;
      while (next < pings.size() && pings[next]->message.octets != got.message.octets) ++next;
      if (next == pings.size())
        return find("pong", {"PING-01", "PING-03"}, "a pong came that answers no ping", nullptr,
                    nullptr, got.event);
      last = next + 1 == pings.size();
      ++next;
    }
    if (pings.empty()) return;
    findings_.exercised.insert("PING-01");
    // When a standard socket closes is not known where it answers by itself.
    if (!socket_->hibernatable && closed_) return;
    if (!last && stood() && !client_.stops_reading && !socket_->closed_first && !faulted_)
      find("pong", {"PING-01"}, "the last ping was never answered");
  }

  const History& history_;
  const Followed& followed_;
  const Client& client_;
  const Socket* socket_;
  Findings& findings_;
  bool closed_ = false;
  bool faulted_ = false;
  bool left_ = false;
};

// OUT-06: a remote is asked once the writes before are durable.
void check_dials(const History& history, const Followed& followed, Findings& findings) {
  if (!history.write_latency_us || *history.write_latency_us == 0) return;
  for (const auto& [name, by] : followed.dialed_after_write) {
    const auto remote = history.clients.find(name), client = history.clients.find(by);
    if (remote == history.clients.end() || client == history.clients.end()) continue;
    if (remote->second.headers.is_null() || client->second.asked_at == 0) continue;
    findings.exercised.insert("OUT-06");
    if (remote->second.asked_at >= client->second.asked_at + *history.write_latency_us) continue;
    findings.found.push_back({.property = "clients/dial",
                              .statements = {"OUT-06"},
                              .message = "a remote was asked before the writes that came first "
                                         "were durable",
                              .expected = *history.write_latency_us,
                              .got = remote->second.asked_at - client->second.asked_at,
                              .lane = name,
                              .event = {}});
  }
}

}  // namespace

void check_clients(const History& history, const Followed& followed, Findings& findings) {
  for (const auto& [name, client] : history.clients) {
    const auto found = followed.sockets.find(name);
    const bool served = found != followed.sockets.end() && found->second.returned;
    ClientCheck(history, followed, client, served ? &found->second : nullptr, findings).run();
  }
  check_dials(history, followed, findings);
}

}  // namespace torpor::properties
