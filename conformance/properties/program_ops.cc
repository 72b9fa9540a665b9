#include "conformance/properties/program_ops.h"

namespace torpor::properties {
namespace {

const Json kNoOps = Json::array();

}  // namespace

bool is_marker(const Json& op) {
  return op.value("op", "") == "log" && op.contains("value") && op["value"].is_string() &&
         op["value"].get_ref<const std::string&>().starts_with("~");
}

const Json& chosen(const Json& program, const char* handler, const std::string& by) {
  const auto found = program.find(handler);
  if (found == program.end()) return kNoOps;
  if (!found->is_object()) return *found;
  const auto own = found->find(by);
  if (own != found->end()) return *own;
  const auto any = found->find("*");
  return any == found->end() ? kNoOps : *any;
}

}  // namespace torpor::properties
