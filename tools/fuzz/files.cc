// What people and other programs write: each reader ends with a value or with a problem that says
// where.
#include <sstream>
#include <string>

#include "conformance/report/results_reader.h"
#include "conformance/scenario/loader.h"
#include "conformance/statements/registry.h"
#include "conformance/wrangler/configuration.h"
#include "core/trace/reader.h"
#include "core/value/v8_format.h"
#include "sim/tape.h"
#include "tools/fuzz/input.h"

namespace torpor::fuzz {
namespace {

const statements::Registry& registry() {
  static const statements::Registry all = statements::embedded_registry().registry;
  return all;
}

void read_trace(const std::string& text) {
  std::istringstream in(text);
  const trace::ReadResult result = trace::read(in, "input");
  if (const auto* error = std::get_if<trace::ReadError>(&result))
    require(!error->message.empty(), "a trace that is refused is told why");
}

void read_results(const std::string& text) {
  std::istringstream in(text);
  const auto result = report::read_results(in, "input");
  if (const auto* error = std::get_if<report::ReadError>(&result))
    require(!error->message.empty(), "results that are refused are told why");
}

void read_scenario(const std::string& text) {
  const scenario::Loaded loaded = scenario::load_scenario_text(text, "input", registry());
  require(loaded.ok() != loaded.cases.empty(), "a scenario has cases or problems");
}

void read_configuration(const std::string& text, const char* file) {
  const wrangler::Loaded loaded = wrangler::parse_configuration(text, file);
  require(loaded.configuration.has_value() || !loaded.problems.empty(),
          "a configuration that is refused is told why");
}

void read_value(const std::string& octets) {
  const auto read = value::deserialize(octets);
  if (const auto* value = std::get_if<value::Value>(&read)) value::serialize(*value);
}

}  // namespace

void run_one(Input input) {
  const std::uint8_t what = input.octet();
  const std::string text(input.rest());
  switch (what % 7) {
    case 0:
      return read_trace(text);
    case 1:
      return read_results(text);
    case 2:
      return read_scenario(text);
    case 3:
      return read_configuration(text, "wrangler.jsonc");
    case 4:
      return read_configuration(text, "wrangler.toml");
    case 5:
      return read_value(text);
    default:
      static_cast<void>(sim::tape_from_json(parse_json_or_null(text)));
  }
}

}  // namespace torpor::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  torpor::fuzz::run_one({data, size});
  return 0;
}
