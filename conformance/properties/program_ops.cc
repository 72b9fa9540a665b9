#include "conformance/properties/program_ops.h"

#include <algorithm>
#include <set>

namespace torpor::properties {
namespace {

const Json kNoOps = Json::array();

bool has_op(const Json& ops, const char* name) {
  return std::any_of(ops.begin(), ops.end(),
                     [&](const Json& op) { return op.value("op", "") == name; });
}

}  // namespace

bool is_marker(const Json& op) {
  return op.value("op", "") == "log" && op.contains("value") && op["value"].is_string() &&
         op["value"].get_ref<const std::string&>().starts_with("~");
}

bool may_await(const Json& ops) {
  static const std::set<std::string> kAwaited = {
      "microtask",   "sleep",      "never",      "fetchWebSocket", "blockConcurrencyWhile",
      "transaction", "storagePut", "storageGet", "storageDelete",  "storageList",
      "storageSync", "setAlarm",   "getAlarm",   "deleteAlarm",    "storageDeleteAll",
      "repeat"};
  return std::any_of(ops.begin(), ops.end(), [](const Json& op) {
    return kAwaited.contains(op.value("op", "")) && op.value("await", true);
  });
}

bool accepts(const Json& worker, const std::string& name) {
  return std::any_of(worker.begin(), worker.end(), [&](const Json& op) {
    return op.value("op", "") == "accept" && op.value("name", "") == name;
  });
}

bool hears_of_loss(const Json& fetch, const Json& worker) {
  const bool goes_on = has_op(worker, "sleep");
  const bool close_waits = has_op(fetch, "close") && !has_op(fetch, "send");
  return goes_on && !close_waits;
}

bool is_in_idle_timer(const Json& worker, const Json& value) {
  if (worker.size() != 1 || worker[0].value("op", "") != "setTimeout") return false;
  const Json& ops = worker[0]["ops"];
  return std::any_of(ops.begin(), ops.end(), [&](const Json& op) {
    return op.value("op", "") == "log" && op.value("value", Json()) == value;
  });
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
