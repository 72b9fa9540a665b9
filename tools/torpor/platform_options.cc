#include "tools/torpor/platform_options.h"

#include <fmt/format.h>

#include "conformance/scenario/problem.h"
#include "tools/torpor/catalogue.h"
#include "tools/torpor/command.h"

namespace torpor::tool {

void add_set_option(CLI::App& verb, std::vector<std::string>& assignments) {
  verb.add_option("--set", assignments,
                  "Change a parameter of the model: --set attachment_bytes_max=16383")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
}

compat::Parameters parameters_with(compat::Profile profile,
                                   const std::vector<std::string>& assignments) {
  compat::Parameters parameters = compat::parameters_of(profile);
  for (const std::string& assignment : assignments) {
    if (auto wrong = compat::override_parameter(parameters, assignment)) {
      usage_failure(fmt::format("--set {}: {}", shell_word(assignment), *wrong));
    }
  }
  return parameters;
}

compat::Profile profile_from(const std::string& name) {
  if (auto profile = compat::profile_named(name)) return *profile;
  std::vector<std::string> names;
  for (compat::Profile profile : compat::kProfiles) names.emplace_back(compat::name_of(profile));
  usage_failure(fmt::format("unknown profile {}", scenario::not_one_of(name, names)));
}

std::string set_arguments(const std::vector<std::string>& assignments) {
  std::string out;
  for (const std::string& assignment : assignments)
    out += fmt::format(" --set {}", shell_word(assignment));
  return out;
}

}  // namespace torpor::tool
