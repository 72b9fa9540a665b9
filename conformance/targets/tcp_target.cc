#include "conformance/targets/tcp_target.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <regex>
#include <utility>
#include <variant>

#include "conformance/targets/features.h"
#include "conformance/targets/real_runner.h"
#include "conformance/targets/traces.h"
#include "core/compat/flags.h"

namespace torpor::targets {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t kAtOnce = 256;
constexpr Duration kHelloPatience = milliseconds(5'000);

tcp::endpoint resolve(const std::string& name) {
  const TcpAddress address = tcp_address_of(name);
  boost::asio::io_context loop;
  boost::system::error_code error;
  const auto found = tcp::resolver(loop).resolve(address.host, std::to_string(address.port), error);
  if (error) throw TargetError(false, "cannot resolve '" + name + "': " + error.message());
  return found.begin()->endpoint();
}

class TcpTarget final : public Target {
 public:
  TcpTarget(std::string name, const Settings& settings)
      : name_(std::move(name)), settings_(settings), endpoint_(resolve(name_)) {}

  Facts facts() override {
    RealRunner runner(settings_.seed, 1);
    const run::HttpAnswer answer =
        runner.call(endpoint_, {.target = "/torpor/1/hello"}, kHelloPatience);
    if (answer.status == 0) {
      const std::string what =
          answer.connected ? " accepts connections but does not answer: " : " cannot be reached: ";
      throw TargetError(false, name_ + what + answer.problem + "; is the server running there?");
    }
    const Json hello = parse_json_or_null(answer.body);
    if (answer.status != 200 || !hello.is_object() || hello.value("contract", Json()) != 1)
      refuse_hello("status " + std::to_string(answer.status));
    return read(hello);
  }

  bool run(const std::vector<scenario::Case>& cases, const Events& events,
           const std::atomic<bool>& stop) override {
    const Facts known = facts();
    std::vector<Job> together, alone;
    // Objects of earlier runs may still live on the server: names are of this run alone.
    const auto ticks = std::chrono::system_clock::now().time_since_epoch().count();
    for (const scenario::Case& scenario_case : cases) {
      if (const auto refusal = refuse(scenario_case, known)) {
        events.started(scenario_case);
        events.finished(scenario_case, *refusal);
        continue;
      }
      const std::size_t index = together.size() + alone.size();
      (restarts(scenario_case) ? alone : together)
          .push_back({&scenario_case, endpoint_,
                      "t" + std::to_string(ticks) + "-" + std::to_string(index)});
    }
    RealRunner runner(settings_.seed, settings_.jobs ? settings_.jobs : kAtOnce);
    RunnerEvents told;
    told.started = [&](const Job& job) { events.started(*job.scenario_case); };
    told.finished = [&](const Job& job, auto result) {
      events.finished(*job.scenario_case,
                      observation_of(*job.scenario_case, known, settings_, std::move(result)));
    };
    told.idle = events.idle;
    bool complete = runner.run(together, told, stop);
    for (const Job& job : alone) complete = complete && runner.run({job}, told, stop);
    return complete;
  }

 private:
  std::optional<Observation> refuse(const scenario::Case& scenario_case, const Facts& known) const {
    if (auto reason = difference(scenario_case.configuration, configuration_))
      return Observation{.not_applicable = *std::move(reason)};
    if (scenario_case.sample) {
      const std::string feature = "sample:" + scenario_case.sample->name;
      if (std::find(known.features.begin(), known.features.end(), feature) == known.features.end())
        return Observation{.not_applicable = "the target does not say that it serves " + feature};
    }
    return refusal(scenario_case, known.features);
  }

  [[noreturn]] void refuse_hello(const std::string& why) const {
    throw TargetError(false, name_ + " answers, but not as the fixture contract says (" + why +
                                 "); serve the fixture there (conformance/FIXTURE.md)");
  }

  std::string text(const Json& hello, const char* member, const std::string& otherwise) const {
    const auto it = hello.find(member);
    if (it == hello.end()) return otherwise;
    if (!it->is_string()) refuse_hello(std::string("\"") + member + "\" is not a string");
    return it->get<std::string>();
  }

  std::vector<std::string> texts(const Json& hello, const char* member) const {
    const auto it = hello.find(member);
    if (it == hello.end()) return {};
    const auto is_text = [](const Json& one) { return one.is_string(); };
    if (!it->is_array() || !std::all_of(it->begin(), it->end(), is_text))
      refuse_hello(std::string("\"") + member + "\" is not a list of strings");
    return it->get<std::vector<std::string>>();
  }

  Facts read(const Json& hello) {
    Facts facts{name_, text(hello, "implementation", "unknown"), 1, texts(hello, "features")};
    configuration_ = {};
    configuration_.compatibility_date =
        text(hello, "compatibilityDate", configuration_.compatibility_date);
    configuration_.compatibility_flags = texts(hello, "compatibilityFlags");
    const auto dated = compat::resolve_flags(configuration_.compatibility_date, {});
    if (const auto* error = std::get_if<compat::FlagError>(&dated)) refuse_hello(error->message);
    return facts;
  }

  std::string name_;
  Settings settings_;
  tcp::endpoint endpoint_;
  scenario::Configuration
      configuration_;  // what the server says it serves; the default when it does not say
};

}  // namespace

TcpAddress tcp_address_of(const std::string& name) {
  static const std::regex kForm(R"(tcp://(\[[^\]]+\]|[^:/]+):([0-9]{1,5}))");
  std::smatch parts;
  const bool well_formed = std::regex_match(name, parts, kForm);
  const int port = well_formed ? std::stoi(parts[2]) : 0;
  if (port < 1 || port > 65535) {
    throw TargetError(true, "'" + name + "' is not tcp://HOST:PORT with a port from 1 to 65535");
  }
  std::string host = parts[1];
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  return {host, static_cast<std::uint16_t>(port)};
}

std::unique_ptr<Target> make_tcp_target(const std::string& name, const Settings& settings) {
  return std::make_unique<TcpTarget>(name, settings);
}

}  // namespace torpor::targets
