#include "conformance/targets/target.h"

#include "conformance/targets/sim_target.h"
#include "conformance/targets/tcp_target.h"
#include "conformance/targets/workerd_process.h"
#include "conformance/targets/workerd_target.h"

namespace torpor::targets {
namespace {

constexpr const char* kWorkerdAt = "workerd@";
constexpr const char* kTcp = "tcp://";

}  // namespace

void check_target_name(const std::string& name) {
  if (name == "sim" || name == "workerd") return;
  if (name.starts_with(kTcp)) {
    tcp_address_of(name);
    return;
  }
  if (name.starts_with(kWorkerdAt)) {
    const std::string version = name.substr(std::string(kWorkerdAt).size());
    if (is_workerd_version(version)) return;
    throw TargetError(
        true, "\"" + version + "\" is not a version of workerd: they look like 1.20261117.1");
  }
  throw TargetError(true, "unknown target '" + name +
                              "'; write sim, workerd, workerd@VERSION or tcp://HOST:PORT");
}

std::unique_ptr<Target> make_target(const std::string& name, const Settings& settings) {
  check_target_name(name);
  if (name == "sim") return make_sim_target(settings);
  if (!settings.mutant.empty())
    throw TargetError(true, "only the target sim has mutants: none can be planted in " + name);
  if (name.starts_with(kTcp)) return make_tcp_target(name, settings);
  if (name == "workerd") return make_workerd_target(std::nullopt, settings);
  return make_workerd_target(name.substr(std::string(kWorkerdAt).size()), settings);
}

}  // namespace torpor::targets
