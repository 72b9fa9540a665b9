#include "conformance/targets/traces.h"

#include <string>
#include <utility>

#include "core/trace/writer.h"

namespace torpor::targets {

trace::Trace make_trace(const scenario::Case& scenario_case, const Facts& facts,
                        const Settings& settings, std::vector<trace::Event> events, Json tape) {
  trace::Trace trace;
  trace.header.case_id = scenario_case.id;
  trace.header.scenario = scenario_case.source;
  trace.header.target_name = facts.name;
  trace.header.target_version = facts.version;
  trace.header.profile = std::string(compat::name_of(settings.profile));
  trace.header.seed = settings.seed;
  trace.header.tape = std::move(tape);
  trace.events = std::move(events);
  trace.digest = trace::digest_of(trace.events);
  return trace;
}

Observation observation_of(const scenario::Case& scenario_case, const Facts& facts,
                           const Settings& settings,
                           std::variant<std::vector<trace::Event>, run::RunError> result) {
  if (auto* error = std::get_if<run::RunError>(&result)) return {.error = std::move(*error)};
  auto& events = std::get<std::vector<trace::Event>>(result);
  return {.trace = make_trace(scenario_case, facts, settings, std::move(events), nullptr)};
}

}  // namespace torpor::targets
