#include "tools/torpor/files.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "conformance/report/results_reader.h"
#include "core/trace/reader.h"
#include "tools/torpor/command.h"

namespace torpor::tool {

namespace {

bool write_octets(const std::string& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary);
  out << content;
  out.close();
  return !out.fail();
}

// Beside the file first, so that what was there is whole until all of the new is.
bool replace_file(const std::filesystem::path& file, const std::string& content) {
  namespace fs = std::filesystem;
  const std::string partial = fmt::format("{}.{}.partial", file.string(), getpid());
  std::error_code error;
  const fs::file_status before = fs::status(file, error);
  bool done = write_octets(partial, content);
  if (done && fs::exists(before)) fs::permissions(partial, before.permissions(), error);
  done = done && std::rename(partial.c_str(), file.c_str()) == 0;
  const int why = errno;
  if (!done) fs::remove(partial, error);
  errno = why;
  return done;
}

}  // namespace

void write_file(const std::string& path, const std::string& content) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  // A device or a pipe is written to, not replaced; behind a link is the file that is meant.
  const bool special = fs::exists(status) && !fs::is_regular_file(status);
  const fs::path file = fs::is_symlink(fs::symlink_status(path, error))
                            ? fs::weakly_canonical(path, error)
                            : fs::path(path);
  if (special ? write_octets(path, content) : replace_file(file, content)) return;
  usage_failure(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
}

void make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) usage_failure(fmt::format("{}: cannot be made a folder: {}", path, error.message()));
}

report::Results read_all_results(const std::vector<std::string>& paths) {
  report::Results all;
  all.complete = true;
  for (const std::string& path : paths) {
    auto read = report::read_results_file(path);
    if (auto* error = std::get_if<report::ReadError>(&read)) usage_failure(error->message);
    auto& results = std::get<report::Results>(read);
    if (!results.complete) {
      fmt::print(stderr, "{}: was cut before its footer; showing the {} results that are there\n",
                 path, results.cases.size());
    }
    report::append(all, std::move(results));
  }
  return all;
}

trace::Trace read_trace(const std::string& path) {
  trace::ReadResult read = trace::read_file(path);
  if (auto* error = std::get_if<trace::ReadError>(&read)) usage_failure(error->to_string());
  return std::get<trace::Trace>(std::move(read));
}

std::vector<std::string> trace_files(const std::vector<std::string>& paths) {
  namespace fs = std::filesystem;
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!fs::is_directory(path)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> below;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
      if (entry.path().extension() == ".jsonl") below.push_back(entry.path().string());
    }
    if (below.empty()) usage_failure(fmt::format("{}: no traces (*.jsonl) below it", path));
    std::sort(below.begin(), below.end());
    files.insert(files.end(), below.begin(), below.end());
  }
  return files;
}

std::string trace_file_name(const std::string& case_id) {
  std::string name;
  for (char c : case_id) {
    bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                c == '-' || c == '=' || c == '.' || c == '_';
    if (c == ']') continue;
    name += c == '/' ? '.' : safe ? c : '_';
  }
  return name + ".jsonl";
}

}  // namespace torpor::tool
