#include "conformance/scenario/step_loader.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "conformance/scenario/close_payload.h"

namespace torpor::scenario {

bool is_client_name(const std::string& name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return lower(c) || digit(c); });
}

namespace {

constexpr std::int64_t kWaitMsMax = 24LL * 60 * 60 * 1000;

class StepReader {
 public:
  StepReader(Diagnostics& diagnostics, const Json& json, const std::string& pointer,
             std::set<std::string>& clients)
      : diagnostics_(diagnostics), members_(diagnostics, json, pointer), clients_(clients) {}

  std::optional<Step> read(const Json& json);

 private:
  using Read = step::Action (StepReader::*)();
  static const std::vector<std::pair<std::string, Read>>& table();

  std::string client();
  std::string new_client();
  step::Headers headers();

  step::Action connect();
  step::Action request();
  step::Action send();
  step::Action frame();
  step::Action octets();
  step::Action close();
  step::Action answer();
  step::Action wait();
  step::Action await();
  step::Action evict();
  step::Action storage_faults();
  template <typename Control>
  step::Action control_frame();
  template <typename OfClient>
  step::Action of_client();
  template <typename Plain>
  step::Action plain();

  Diagnostics& diagnostics_;
  Members members_;
  std::set<std::string>& clients_;
};

const std::vector<std::pair<std::string, StepReader::Read>>& StepReader::table() {
  static const std::vector<std::pair<std::string, Read>> table = {
      {"connect", &StepReader::connect},
      {"request", &StepReader::request},
      {"send", &StepReader::send},
      {"frame", &StepReader::frame},
      {"octets", &StepReader::octets},
      {"ping", &StepReader::control_frame<step::Ping>},
      {"pong", &StepReader::control_frame<step::Pong>},
      {"close", &StepReader::close},
      {"finish", &StepReader::of_client<step::Finish>},
      {"reset", &StepReader::of_client<step::Reset>},
      {"stopReading", &StepReader::of_client<step::StopReading>},
      {"resumeReading", &StepReader::of_client<step::ResumeReading>},
      {"answer", &StepReader::answer},
      {"refuse", &StepReader::of_client<step::Refuse>},
      {"wait", &StepReader::wait},
      {"hibernate", &StepReader::plain<step::Hibernate>},
      {"await", &StepReader::await},
      {"evict", &StepReader::evict},
      {"deploy", &StepReader::plain<step::Deploy>},
      {"crash", &StepReader::plain<step::Crash>},
      {"storageFaults", &StepReader::storage_faults},
      {"usage", &StepReader::plain<step::Usage>},
  };
  return table;
}

std::optional<Step> StepReader::read(const Json& json) {
  const std::string name = members_.string("do", Presence::kRequired);
  if (name.empty()) return std::nullopt;
  const auto entry =
      std::find_if(table().begin(), table().end(), [&](const auto& e) { return e.first == name; });
  if (entry == table().end()) {
    std::vector<std::string> names;
    for (const auto& [known, read] : table()) names.push_back(known);
    members_.complain("do", "unknown step " + not_one_of(name, names));
    return std::nullopt;
  }
  const std::size_t before = diagnostics_.count();
  Step step{(this->*entry->second)(), members_.boolean("cork", false), json};
  members_.done();
  return diagnostics_.count() == before ? std::optional(std::move(step)) : std::nullopt;
}

std::string StepReader::new_client() {
  std::string name = members_.string("client", Presence::kRequired);
  if (!name.empty() && !is_client_name(name)) {
    members_.complain(
        "client",
        "a client's name is a lower-case letter, then such letters and digits, not " + shown(name));
  }
  if (name == "object" || name == "usage") {
    members_.complain("client", shown(name) + " is a lane of its own");
  }
  clients_.insert(name);
  return name;
}

std::string StepReader::client() {
  std::string name = members_.string("client", Presence::kRequired);
  if (!name.empty() && !clients_.contains(name)) {
    members_.complain("client", "no earlier step connects " +
                                    not_one_of(name, {clients_.begin(), clients_.end()}));
  }
  return name;
}

step::Headers StepReader::headers() {
  step::Headers headers;
  const Json* json = members_.object("headers", Presence::kOptional);
  if (json == nullptr) return headers;
  for (const auto& [name, value] : json->items()) {
    if (value.is_string()) {
      headers.emplace_back(name, value.get<std::string>());
    } else if (value.is_null()) {
      headers.emplace_back(name, std::nullopt);
    } else {
      diagnostics_.add(members_.pointer_to("headers") + pointer_token(name),
                       "must be a string, or null to leave the header out, not " + shown(value));
    }
  }
  return headers;
}

step::Action StepReader::connect() {
  step::Connect step;
  step.client = new_client();
  step.segment = members_.string("segment", Presence::kOptional, step.segment);
  step.method = members_.string("method", Presence::kOptional, step.method);
  step.headers = headers();
  step.subprotocols = members_.strings("subprotocols", Presence::kOptional);
  step.extensions = members_.optional_string("extensions");
  step.http = members_.string("http", Presence::kOptional, step.http);
  step.worker = members_.optional_string("worker");
  step.pipelined = members_.hex("pipelined");
  step.async = members_.boolean("async", false);
  return step;
}

step::Action StepReader::request() {
  step::Request step;
  step.client = new_client();
  step.segment = members_.string("segment", Presence::kOptional, step.segment);
  step.method = members_.string("method", Presence::kOptional, step.method);
  step.headers = headers();
  step.body = members_.string("body", Presence::kOptional);
  step.async = members_.boolean("async", false);
  return step;
}

step::Action StepReader::send() {
  step::Send step;
  step.client = client();
  const bool text = members_.find("text") != nullptr;
  step.binary = members_.find("binary") != nullptr;
  if (text == step.binary) {
    diagnostics_.add(members_.pointer(), R"(must have either "text" or "binary")");
    return step;
  }
  step.payload = text ? members_.text_payload("text", Presence::kRequired)
                      : members_.binary_payload("binary", Presence::kRequired);
  step.compress = members_.boolean("compress", true);
  return step;
}

step::Action StepReader::frame() {
  step::Frame step;
  step.client = client();
  step.opcode =
      static_cast<std::uint8_t>(members_.integer("opcode", Presence::kRequired, 0, 15).value_or(0));
  if (members_.find("payload") != nullptr && members_.find("hex") != nullptr) {
    diagnostics_.add(members_.pointer(), R"(must not have both "payload" and "hex")");
  }
  if (members_.find("hex") != nullptr) {
    step.payload = {members_.hex("hex"), 1};
  } else {
    step.payload = members_.text_payload("payload", Presence::kOptional);
  }
  step.fin = members_.boolean("fin", true);
  step.rsv1 = members_.boolean("rsv1", false);
  step.rsv2 = members_.boolean("rsv2", false);
  step.rsv3 = members_.boolean("rsv3", false);
  if (members_.find("masked") != nullptr) step.masked = members_.boolean("masked", true);
  const std::string length = members_.string("length", Presence::kOptional, "minimal");
  if (length == "16") {
    step.length = step::LengthForm::k16;
  } else if (length == "64") {
    step.length = step::LengthForm::k64;
  } else if (length != "minimal") {
    members_.complain("length", "unknown form " + not_one_of(length, {"minimal", "16", "64"}));
  }
  if (const auto declared = members_.integer("declared", Presence::kOptional, 0,
                                             std::numeric_limits<std::int64_t>::max())) {
    step.declared = static_cast<std::uint64_t>(*declared);
  }
  return step;
}

step::Action StepReader::octets() {
  step::Octets step{client(), ""};
  if (members_.required("hex") != nullptr) step.octets = members_.hex("hex");
  return step;
}

template <typename Control>
step::Action StepReader::control_frame() {
  return Control{client(), members_.text_payload("payload", Presence::kOptional).octets()};
}

step::Action StepReader::close() {
  std::string name = client();
  return step::Close{std::move(name), read_close_payload(diagnostics_, members_)};
}

template <typename OfClient>
step::Action StepReader::of_client() {
  return OfClient{client()};
}

template <typename Plain>
step::Action StepReader::plain() {
  return Plain{};
}

step::Action StepReader::answer() {
  step::Answer step;
  step.client = client();
  step.status = static_cast<int>(
      members_.integer("status", Presence::kOptional, 100, 999).value_or(step.status));
  step.headers = headers();
  step.body = members_.string("body", Presence::kOptional);
  return step;
}

step::Action StepReader::wait() {
  return step::Wait{
      milliseconds(members_.integer("ms", Presence::kRequired, 0, kWaitMsMax).value_or(0))};
}

step::Action StepReader::evict() {
  const std::string web_sockets = members_.optional_string("webSockets").value_or("hibernate");
  const std::vector<std::string> allowed = {"hibernate", "close"};
  if (std::find(allowed.begin(), allowed.end(), web_sockets) == allowed.end())
    members_.complain("webSockets", "unknown webSockets " + not_one_of(web_sockets, allowed));
  return step::Evict{web_sockets == "close"};
}

step::Action StepReader::storage_faults() {
  const auto latency = members_.integer("writeLatencyMs", Presence::kOptional, 0, kWaitMsMax);
  const auto late = members_.integer("alarmsLateMs", Presence::kOptional, 0, kWaitMsMax);
  return step::StorageFaults{milliseconds(latency.value_or(0)),
                             members_.boolean("writesFail", false), milliseconds(late.value_or(0))};
}

step::Action StepReader::await() {
  step::Await step;
  if (const auto timeout = members_.integer("timeoutMs", Presence::kOptional, 0, kWaitMsMax)) {
    step.timeout = milliseconds(*timeout);
  }
  const bool frames = members_.find("frames") != nullptr;
  const bool end = members_.boolean("end", false);
  const bool response = members_.boolean("response", false);
  const bool request = members_.boolean("request", false);
  const Json* log = members_.object("log", Presence::kOptional);
  if (frames + end + response + request + (log != nullptr) != 1) {
    diagnostics_.add(
        members_.pointer(),
        R"(must have exactly one of "frames", "end": true, "response": true, "request": true and "log")");
    members_.allow("client");
    members_.allow("count");
    return step;
  }
  constexpr std::int64_t kCountMax = 1'000'000'000;
  if (log != nullptr) {
    const auto count = members_.integer("count", Presence::kOptional, 1, kCountMax);
    step.what = step::AwaitLog{*log, static_cast<std::size_t>(count.value_or(1))};
  } else if (frames) {
    const auto count = members_.integer("frames", Presence::kRequired, 1, kCountMax);
    step.what = step::AwaitFrames{client(), static_cast<std::size_t>(count.value_or(1))};
  } else if (end) {
    step.what = step::AwaitEnd{client()};
  } else if (request) {
    step.what = step::AwaitRequest{client()};
  } else {
    step.what = step::AwaitResponse{client()};
  }
  return step;
}

}  // namespace

std::optional<Step> read_step(Diagnostics& diagnostics, const Json& json,
                              const std::string& pointer, std::set<std::string>& clients) {
  return StepReader(diagnostics, json, pointer, clients).read(json);
}

}  // namespace torpor::scenario
