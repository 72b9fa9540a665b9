#include "conformance/report/results_writer.h"

#include "conformance/report/result_json.h"

namespace torpor::report {

ResultsWriter::ResultsWriter(std::ostream& out, const ResultsHeader& header) : out_(out) {
  line(to_json(header));
}

void ResultsWriter::add(const CaseResult& result) {
  line(to_json(result));
  ++written_;
}

void ResultsWriter::finish(judge::ExitCode exit, const std::vector<CombinedDigest>& digests) {
  line(footer_json(written_, exit, digests));
}

void ResultsWriter::line(const Json& json) {
  // What a target sent may be no UTF-8.
  out_ << json.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n';
  out_.flush();
  if (!out_) throw std::ios_base::failure("the results could not be written");
}

}  // namespace torpor::report
