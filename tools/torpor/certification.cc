#include "tools/torpor/certification.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <iostream>

#include "conformance/judge/judge.h"
#include "conformance/report/contradictions.h"
#include "core/trace/digest.h"
#include "tools/torpor/command.h"

namespace torpor::tool {
namespace {

// Two that write one file would each lose what the other has. Held until this process ends.
void lock(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0 || flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return;
  usage_failure(fmt::format("{}: another torpor is writing its results there", path));
}

judge::Verdict verdict_of(const scenario::Case& scenario_case, const Observation& observation,
                          compat::Profile profile, const statements::Registry& registry) {
  if (observation.error) return judge::unknown(observation.error->message);
  if (!observation.not_applicable.empty()) return judge::not_applicable(observation.not_applicable);
  if (!observation.not_testable.empty()) return judge::not_testable(observation.not_testable);
  return judge::judge(scenario_case, *observation.trace, profile, registry);
}

std::int64_t duration_of(const trace::Trace& trace) {
  if (trace.events.empty()) return 0;
  return to_milliseconds(trace.events.back().t - trace.events.front().t);
}

// Only what somebody may want explained carries its events: results stay small.
bool needs_explaining(const report::CaseResult& result) {
  return !report::is_good(result) || result.verdict.outcome == judge::Outcome::kWarn;
}

}  // namespace

std::string why_none(const Observation& observation) {
  if (observation.error) return observation.error->message;
  return observation.not_applicable + observation.not_testable;
}

const judge::Verdict& Opinions::under(compat::Profile profile) {
  auto known = verdicts_.find(profile);
  if (known != verdicts_.end()) return known->second;
  return verdicts_.emplace(profile, verdict_of(case_, observation_, profile, registry_))
      .first->second;
}

report::CaseResult Opinions::result(compat::Profile profile, const std::string& reproduce) {
  report::CaseResult result;
  result.case_id = case_.id;
  result.title = case_.title;
  result.file = case_.file;
  result.statements = case_.statements;
  result.target = observation_.target;
  result.target_version = observation_.target_version;
  result.profile = profile;
  result.attempt = observation_.attempt;
  result.reproduce = reproduce;
  result.error = observation_.error;
  result.verdict = under(profile);
  if (!observation_.trace) return result;
  const trace::Trace& trace = *observation_.trace;
  result.duration_ms = duration_of(trace);
  result.digest = trace.digest;
  if (needs_explaining(result)) result.events = trace.events;
  return result;
}

void Opinions::add_contradictions(report::CaseResult& result) {
  if (!observation_.trace) return;
  result.contradictions = report::contradictions_between(under(compat::Profile::kParity),
                                                         under(compat::Profile::kDocumented));
}

Certification::Certification(report::ResultsHeader header, const std::string& path) {
  results_.header = std::move(header);
  if (path.empty()) return;
  if (path != "-") {
    lock(path);
    file_.open(path, std::ios::binary | std::ios::trunc);
    if (!file_) usage_failure(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  writer_ =
      std::make_unique<report::ResultsWriter>(path == "-" ? std::cout : file_, results_.header);
}

void Certification::add(report::CaseResult result) {
  if (writer_) writer_->add(result);
  results_.cases.push_back(std::move(result));
}

const report::Results& Certification::finish(bool complete) {
  results_.complete = complete;
  results_.digests = combined_digests(results_);
  report::sort_cases(results_);
  results_.exit = report::exit_of(results_);
  if (writer_ && complete) writer_->finish(results_.exit, results_.digests);
  return results_;
}

std::vector<report::CombinedDigest> combined_digests(const report::Results& results) {
  std::vector<report::CombinedDigest> digests;
  for (const report::Column& column : report::columns_of(results)) {
    if (column.target != "sim") continue;
    trace::Digest digest;
    for (const report::CaseResult& result : results.cases) {
      if (column.holds(result)) digest.add(fmt::format("{} {}\n", result.case_id, result.digest));
    }
    digests.push_back({column.target, column.profile, digest.hex()});
  }
  return digests;
}

std::string present_time() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace torpor::tool
