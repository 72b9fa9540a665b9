#include "conformance/report/results_reader.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "conformance/report/result_json.h"

namespace torpor::report {
namespace {

// The next line; `ended` tells whether it had its newline: a line without one was cut.
bool next_line(std::istream& in, std::string& line, bool& ended) {
  if (!std::getline(in, line)) return false;
  ended = !in.eof();
  return true;
}

std::optional<std::string> take_footer(const Json& json, Results& results) {
  if (json.at("results").get<std::size_t>() != results.cases.size()) {
    return fmt::format("the footer counts {} results, the file has {}", json.at("results").dump(),
                       results.cases.size());
  }
  results.exit = static_cast<judge::ExitCode>(json.at("exit").get<int>());
  for (const Json& digest : json.at("digests")) {
    auto profile = compat::profile_named(digest.at("profile").get<std::string>());
    if (!profile) return "unknown profile in the footer";
    results.digests.push_back({digest.at("target"), *profile, digest.at("digest")});
  }
  results.complete = true;
  return std::nullopt;
}

// One line into the results; the answer is what is wrong with it.
std::optional<std::string> take(const std::string& line, std::size_t number, Results& results) {
  auto parsed = parse_json(line);
  if (const auto* problem = std::get_if<JsonProblem>(&parsed))
    throw std::runtime_error(
        fmt::format("{}bad JSON at column {}: {}",
                    number > 1 ? ""
                               : "not a results file, which has a JSON object on each line, and "
                                 "which `torpor certify --results FILE` writes: ",
                    problem->column, problem->what));
  const Json& json = std::get<Json>(parsed);
  if (number == 1) {
    if (json.value("torpor_results", 0) != kResultsVersion) {
      return fmt::format(
          "not a results file of version {}; `torpor certify --results FILE` writes one",
          kResultsVersion);
    }
    results.header = header_from_json(json);
    return std::nullopt;
  }
  if (results.complete) return "something follows the footer";
  if (json.contains("end")) return take_footer(json, results);
  results.cases.push_back(result_from_json(json));
  return std::nullopt;
}

}  // namespace

std::variant<Results, ReadError> read_results(std::istream& in, const std::string& name) {
  Results results;
  std::string line;
  bool ended = true;
  std::size_t number = 0;
  while (next_line(in, line, ended)) {
    ++number;
    std::optional<std::string> wrong;
    try {
      wrong = take(line, number, results);
    } catch (const std::exception& error) {
      if (!ended && number > 1) break;
      wrong = error.what();
    }
    if (wrong) return ReadError{fmt::format("{}:{}: {}", name, number, *wrong)};
  }
  if (number == 0) return ReadError{fmt::format("{}: empty, not even a header", name)};
  if (!results.complete) results.exit = judge::ExitCode::kIncomplete;
  return results;
}

std::variant<Results, ReadError> read_results_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return ReadError{fmt::format("{}: is a folder, not a file of results", path)};
  std::ifstream in(path, std::ios::binary);
  if (!in) return ReadError{fmt::format("{}: cannot be read: {}", path, std::strerror(errno))};
  return read_results(in, path);
}

}  // namespace torpor::report
