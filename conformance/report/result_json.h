// Results as JSON Lines: one header, one line for each result, one footer. A file without its
// footer was cut.
//
//   results := header result* footer
//   header  :=
//   {"torpor_results":1,"version","started","targets":[…],"profiles":[…],"selection":[…],"cases":N}
//   result  :=
//   {"case","title","file","statements","target":{"name","version"},"profile","verdict":{…},
//               "durationMs","digest","attempt","reproduce","error"?,"contradictions"?,"events"?}
//   footer  := {"end":true,"results":N,"exit":N,"digests":[{"target","profile","digest"}]}
#pragma once

#include "conformance/report/result.h"
#include "core/json.h"

namespace torpor::report {

Json to_json(const ResultsHeader& header);
Json to_json(const CaseResult& result);
Json to_json(const trace::Event& event);  // as in a trace's line
Json footer_json(std::size_t results, judge::ExitCode exit,
                 const std::vector<CombinedDigest>& digests);

// What a member is missing or wrong is said by the exception (std::exception), without file or
// line.
ResultsHeader header_from_json(const Json& json);
CaseResult result_from_json(const Json& json);
judge::Verdict verdict_from_json(const Json& json);
trace::Event event_from_json(const Json& json);

}  // namespace torpor::report
