// Files the command reads and writes. What goes wrong is a Failure that names the file and the
// reason.
#pragma once

#include <string>
#include <vector>

#include "conformance/report/result.h"
#include "core/trace/trace.h"

namespace torpor::tool {

// Replaces the file as a whole: there is never half a page.
void write_file(const std::string& path, const std::string& content);

// With the folders above it; nothing when it is there.
void make_folder(const std::string& path);

// One certification out of several files; complete when all are. A file that was cut is said on
// standard error.
report::Results read_all_results(const std::vector<std::string>& paths);

trace::Trace read_trace(const std::string& path);

// The paths themselves, and in place of a folder every trace (.jsonl) below it, in the order of
// their names. A folder without any is a Failure.
std::vector<std::string> trace_files(const std::vector<std::string>& paths);

// "close/client/echo[date=2026-04-06]" → "close.client.echo_date=2026-04-06.jsonl"
std::string trace_file_name(const std::string& case_id);

}  // namespace torpor::tool
