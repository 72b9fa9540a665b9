// A small certification for this folder's tests: two cases on two targets, one of them failing.
#pragma once

#include "conformance/report/result.h"

namespace torpor::report {

inline judge::Divergence sample_divergence() {
  judge::Divergence divergence;
  divergence.lane = "a";
  divergence.index = 1;
  divergence.statements = {"CLE-01"};
  divergence.level = statements::Level::kMust;
  divergence.expected =
      Json::parse(R"({"close":{"code":4001,"reason":"bye"},"statement":"CLE-01"})");
  divergence.got = Json::parse(R"({"actor":"client:a","kind":"end","how":"fin"})");
  divergence.explanation = "a Close frame was expected, the stream ended";
  divergence.event = 1;
  return divergence;
}

inline CaseResult sample_pass() {
  CaseResult result;
  result.case_id = "close/client/echo[date=2026-04-06]";
  result.title = "The handler answers the client's Close";
  result.file = "conformance/catalogue/close.json";
  result.statements = {"CLE-01"};
  result.target = "sim";
  result.target_version = "0.1.0";
  result.verdict.outcome = judge::Outcome::kPass;
  result.verdict.end = judge::End::kClean;
  result.duration_ms = 312;
  result.digest = "00112233445566778899aabbccddeeff";
  result.reproduce =
      "torpor run 'close/client/echo[date=2026-04-06]' --target sim --profile parity";
  return result;
}

inline CaseResult sample_failure() {
  CaseResult result = sample_pass();
  result.target = "workerd";
  result.target_version = "1.20261117.1";
  result.verdict.outcome = judge::Outcome::kFail;
  result.verdict.end = judge::End::kUnanswered;
  result.verdict.divergences = {sample_divergence()};
  trace::Event open;
  open.t = Time(Duration(1'500));
  open.actor = "client:a";
  open.kind = "open";
  open.members = {{"status", 101}};
  trace::Event end;
  end.t = Time(Duration(10'012'000));
  end.actor = "client:a";
  end.kind = "end";
  end.members = {{"how", "fin"}};
  result.events = {open, end};
  return result;
}

inline CaseResult sample_contradiction() {
  CaseResult result = sample_pass();
  result.target = "workerd";
  result.contradictions = {sample_divergence()};
  return result;
}

inline Results sample_results() {
  Results results;
  results.header.torpor_version = "0.1.0";
  results.header.targets = {"sim", "workerd"};
  results.header.profiles = {compat::Profile::kParity};
  results.header.cases = 1;
  results.cases = {sample_pass(), sample_failure()};
  results.digests = {{"sim", compat::Profile::kParity, "ffeeddccbbaa99887766554433221100"}};
  results.complete = true;
  results.exit = judge::ExitCode::kNotConformant;
  return results;
}

}  // namespace torpor::report
