#include "conformance/run/case_run.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "conformance/scenario/subset.h"

namespace torpor::run {
namespace {

namespace step = scenario::step;

constexpr Duration kAnswerStepTimeout =
    milliseconds(10'000);  // a connect or request step that nothing answers

Json step_json(std::size_t index, const scenario::Step& step) {
  return {{"index", index}, {"step", step.source}};
}

}  // namespace

CaseRun::CaseRun(const scenario::Case& scenario_case, sim::ClientTransport& transport,
                 sim::Chooser& chooser, RunOptions options)
    : case_(scenario_case),
      transport_(transport),
      chooser_(chooser),
      options_(std::move(options)) {}

CaseRun::~CaseRun() = default;

void CaseRun::record(const std::string& actor, const std::string& kind, Json members) {
  events_.push_back({Time(now_ - started_), actor, kind, std::move(members)});
}

void CaseRun::start(Time now) {
  started_ = now_ = now;
  if (case_.sample) {
    phase_ = Phase::kStepping;
    return run_steps();
  }
  listen();
  install([this] { phase_ = Phase::kStepping; });
}

void CaseRun::fail(RunError error) {
  if (phase_ == Phase::kDone) return;
  error_ = std::move(error);
  phase_ = Phase::kDone;
  clients_.clear();
}

std::variant<std::vector<trace::Event>, RunError> CaseRun::take_result() {
  if (error_) return *std::move(error_);
  return std::move(events_);
}

void CaseRun::listen() {
  for (const std::string& name : case_.remotes)
    remotes_ += "&remote=" + name + "@" + client(name).listen(name);
}

// Control calls: one at a time.

void CaseRun::call(sim::PlainRequest request, HttpCall::Done done) {
  call_deadline_ = now_ + options_.answer_timeout;
  const std::string what = request.method + " " + request.target;
  call_ = std::make_unique<HttpCall>(
      transport_, chooser_, std::move(request), [this, what, done](HttpAnswer answer) {
        ended_calls_.push_back(std::move(call_));
        call_deadline_.reset();
        if (answer.status == 0) {
          const Trouble trouble = ever_answered_ ? Trouble::kDied : Trouble::kUnreachable;
          return fail({trouble, what + ": " + answer.problem});
        }
        ever_answered_ = true;
        done(std::move(answer));
      });
}

// A call may end from within its own report: it is destroyed afterwards.
void CaseRun::collect_calls() {
  ended_calls_.clear();
}

void CaseRun::install(std::function<void()> then) {
  std::string target = "/torpor/1/objects/" + options_.object_name + "/program";
  std::string query = remotes_;
  if (instances_ > 0) query += "&instances=" + std::to_string(instances_);
  if (!query.empty()) target += "?" + query.substr(1);
  call({.target = target,
        .method = "PUT",
        .headers = {{"Content-Type", "application/json"}},
        .body = case_.program.dump()},
       [this, then = std::move(then)](const HttpAnswer& answer) {
         if (answer.status == 204) return then();
         fail({Trouble::kHarness,
               "loading the program was answered with " + std::to_string(answer.status) + ": " +
                   answer.body.substr(0, 200) +
                   "; does the target serve the fixture contract (conformance/FIXTURE.md)?"});
       });
}

void CaseRun::read_log(std::function<void()> then) {
  call({.target =
            "/torpor/1/objects/" + options_.object_name + "/log?from=" + std::to_string(log_read_)},
       [this, then = std::move(then)](const HttpAnswer& answer) {
         take_log(answer);
         if (phase_ != Phase::kDone) then();
       });
}

void CaseRun::take_log(const HttpAnswer& answer) {
  const Json json = parse_json_or_null(answer.body);
  const bool good = answer.status == 200 && json.is_object() && json.contains("entries") &&
                    json["entries"].is_array();
  if (!good) {
    return fail({Trouble::kHarness,
                 "the log is not what the fixture contract says: " + answer.body.substr(0, 200)});
  }
  if (json.contains("resets")) resets_ = json["resets"];
  for (Json& reset : resets_) {
    if (!options_.log_times && reset.is_object()) reset.erase("at");
  }
  for (const Json& raw : json["entries"]) {
    ++log_read_;
    Json entry = raw;
    if (!entry.is_object())
      return fail({Trouble::kHarness, "a log entry is not an object: " + raw.dump()});
    entry["seq"] = log_.size();
    if (entry.contains("instance") && entry["instance"].is_number_integer()) {
      instances_ = std::max(instances_, entry["instance"].get<std::int64_t>());
    }
    Json members = Json::object();
    if (options_.log_times && entry.contains("at")) members["at"] = entry["at"];
    entry.erase("at");
    members["entry"] = entry;
    record("object", "log", std::move(members));
    log_.push_back(std::move(entry));
  }
}

// Asking touches nothing either.
void CaseRun::read_usage(const std::string& actor, std::function<void(int status)> then) {
  call({.target = "/torpor/1/objects/" + options_.object_name + "/usage"},
       [this, actor, then = std::move(then)](const HttpAnswer& answer) {
         const Json entry = parse_json_or_null(answer.body);
         if (answer.status == 200 && !entry.is_object()) {
           return fail({Trouble::kHarness, "the usage is not what the fixture contract says: " +
                                               answer.body.substr(0, 200)});
         }
         if (answer.status == 200) record(actor, "usage", {{"entry", entry}});
         then(answer.status);
       });
}

// The steps.

std::optional<Time> CaseRun::next_deadline() const {
  if (call_ && !done()) return call_deadline_;  // nothing else goes on before it has ended
  std::optional<Time> deadline;
  for (const auto& candidate : {step_deadline_, settle_until_, next_poll_}) {
    if (candidate && (!deadline || *candidate < *deadline)) deadline = candidate;
  }
  return done() ? std::nullopt : deadline;
}

void CaseRun::advance(Time now) {
  now_ = now;
  collect_calls();
  if (call_deadline_ && now >= *call_deadline_ && call_) {
    call_->give_up(ever_answered_ ? "it stopped answering"
                                  : "it accepts connections but does not answer");
  }
  if (phase_ == Phase::kStepping) run_steps();
  if (phase_ == Phase::kSettling && now >= *settle_until_) finish_run();
}

void CaseRun::run_steps() {
  while (phase_ == Phase::kStepping && !call_) {
    if (in_step_) {
      if (!step_is_done()) return poll_log();
      in_step_ = false;
      step_deadline_.reset();
      next_poll_.reset();
      ++step_;
    }
    if (step_ == case_.steps.size()) {
      phase_ = Phase::kSettling;
      settle_until_ = now_ + case_.settle;
      return;
    }
    begin_step(case_.steps[step_]);
  }
}

void CaseRun::begin_step(const scenario::Step& next) {
  record("harness", "step", step_json(step_, next));
  in_step_ = true;
  control_answered_ = true;
  std::visit([this](const auto& action) { begin(action); }, next.action);
  if (!next.cork) {
    for (auto& [name, client] : clients_) client->flush();
  }
}

bool CaseRun::step_is_done() {
  const step::Action& action = case_.steps[step_].action;
  const bool timed_out = step_deadline_ && now_ >= *step_deadline_;
  bool holding = control_answered_;
  if (const auto* await = std::get_if<step::Await>(&action)) {
    holding = holds(*await);
  } else if (const auto* connect = std::get_if<step::Connect>(&action)) {
    holding = connect->async || client(connect->client).answered();
  } else if (const auto* request = std::get_if<step::Request>(&action)) {
    holding = request->async || client(request->client).answered();
  } else if (const auto* answer = std::get_if<step::Answer>(&action)) {
    holding = client(answer->client).asked();
    if (holding) client(answer->client).act(*answer);
    if (holding && !case_.steps[step_].cork) client(answer->client).flush();
  } else if (step_deadline_) {
    return timed_out;  // wait and hibernate are done when their time has passed
  }
  if (!holding && timed_out) record("harness", "timeout", {{"index", step_}});
  return holding || timed_out;
}

bool CaseRun::holds(const step::Await& await) {
  return std::visit(
      [this](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, step::AwaitFrames>) {
          return client(what.client).frames() >= what.count || client(what.client).ended();
        } else if constexpr (std::is_same_v<What, step::AwaitEnd>) {
          return client(what.client).ended();
        } else if constexpr (std::is_same_v<What, step::AwaitResponse>) {
          return client(what.client).answered();
        } else if constexpr (std::is_same_v<What, step::AwaitRequest>) {
          return client(what.client).requested();
        } else {
          const auto matches = [&](const Json& entry) {
            return scenario::matches_subset(what.pattern, entry);
          };
          return static_cast<std::size_t>(std::count_if(log_.begin(), log_.end(), matches)) >=
                 what.count;
        }
      },
      await.what);
}

// Reading the log touches nothing: it may be done as often as one likes.
void CaseRun::poll_log() {
  const auto* await = std::get_if<step::Await>(&case_.steps[step_].action);
  if (!await || !std::holds_alternative<step::AwaitLog>(await->what)) return;
  if (!next_poll_) {
    poll_interval_ = options_.poll_first;
    next_poll_ = now_;
  }
  if (now_ < *next_poll_) return;
  next_poll_ = now_ + poll_interval_;
  poll_interval_ = std::min(poll_interval_ * 2, options_.poll_max);
  read_log([] {});
}

Client& CaseRun::client(const std::string& name) {
  std::unique_ptr<Client>& client = clients_[name];
  if (!client) {
    client = std::make_unique<Client>(
        transport_, chooser_, next_entity_++,
        [this, name](std::optional<Time> at, const std::string& kind, Json members) {
          if (at) now_ = std::max(now_, *at);
          record("client:" + name, kind, std::move(members));
        });
  }
  return *client;
}

std::string CaseRun::path_of(const std::string& segment, const std::string& name) const {
  if (case_.sample) return "/" + segment;
  return "/object/" + options_.object_name + "/" + segment + "?client=" + name;
}

void CaseRun::begin(const step::Connect& connect) {
  sim::UpgradeRequest request{
      .target = connect.worker.value_or(path_of(connect.segment, connect.client))};
  request.method = connect.method;
  request.http = connect.http;
  request.headers = connect.headers;
  request.subprotocols = connect.subprotocols;
  request.extensions = connect.extensions;
  client(connect.client).connect(request, connect.pipelined);
  if (!connect.async) step_deadline_ = now_ + kAnswerStepTimeout;
}

void CaseRun::begin(const step::Request& request) {
  client(request.client)
      .request({.target = path_of(request.segment, request.client),
                .method = request.method,
                .headers = request.headers,
                .body = request.body});
  if (!request.async) step_deadline_ = now_ + kAnswerStepTimeout;
}

// The answer itself is given when the request is there (step_is_done).
void CaseRun::begin(const step::Answer&) {
  step_deadline_ = now_ + kAnswerStepTimeout;
}

void CaseRun::begin(const step::Wait& wait) {
  step_deadline_ = now_ + wait.duration;
}
void CaseRun::begin(const step::Hibernate&) {
  step_deadline_ = now_ + step::kHibernateWait;
}
void CaseRun::begin(const step::Await& await) {
  step_deadline_ = now_ + await.timeout;
}

template <typename ClientStep>
void CaseRun::begin(const ClientStep& action) {
  client(action.client).act(action);
}

void CaseRun::control_done(const std::string& name, int status) {
  record("harness", "control", {{"call", name}, {"status", status}});
  control_answered_ = true;
}

void CaseRun::begin(const step::Evict& evict) {
  control_answered_ = false;
  const std::string query = evict.closes ? "?webSockets=close" : "";
  call({.target = "/torpor/1/objects/" + options_.object_name + "/evict" + query, .method = "POST"},
       [this](const HttpAnswer& answer) { control_done("evict", answer.status); });
}

void CaseRun::begin(const step::Deploy&) {
  restart(RestartKind::kDeploy);
}
void CaseRun::begin(const step::Crash&) {
  restart(RestartKind::kCrash);
}

void CaseRun::begin(const step::StorageFaults& faults) {
  control_answered_ = false;
  const Json body = {{"writeLatencyMs", to_microseconds(Time(faults.write_latency)) / 1000},
                     {"writesFail", faults.writes_fail},
                     {"alarmsLateMs", to_microseconds(Time(faults.alarms_late)) / 1000}};
  call({.target = "/torpor/1/objects/" + options_.object_name + "/storage-faults",
        .method = "PUT",
        .headers = {{"Content-Type", "application/json"}},
        .body = body.dump()},
       [this](const HttpAnswer& answer) { control_done("storage-faults", answer.status); });
}

void CaseRun::begin(const step::Usage&) {
  control_answered_ = false;
  read_usage("object", [this](int status) { control_done("usage", status); });
}

void CaseRun::restart(RestartKind kind) {
  control_answered_ = false;
  const std::string name = kind == RestartKind::kDeploy ? "deploy" : "crash";
  if (!options_.restart) {
    return call({.target = "/torpor/1/" + name, .method = "POST"},
                [this, name](const HttpAnswer& answer) { control_done(name, answer.status); });
  }
  // The fixture's memory goes with the old process: its log is read before, its counters are told
  // to the new one.
  read_log([this, kind, name] {
    options_.restart(kind, [this, name](int status) {
      log_read_ = 0;
      if (status != 204) return control_done(name, status);
      install([this, name, status] { control_done(name, status); });
    });
  });
}

void CaseRun::finish_run() {
  settle_until_.reset();
  phase_ = Phase::kReadingLog;
  const auto finish = [this] {
    phase_ = Phase::kDone;
    clients_.clear();
  };
  if (case_.sample) return finish();
  read_log([this, finish] {
    if (resets_.is_array() && !resets_.empty()) record("object", "resets", {{"resets", resets_}});
    if (!options_.usage_at_end) return finish();
    read_usage("harness", [finish](int) { finish(); });
  });
}

}  // namespace torpor::run
