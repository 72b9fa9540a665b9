#include "conformance/scenario/members.h"

#include <algorithm>

#include "core/trace/octets.h"

namespace torpor::scenario {

namespace {

constexpr std::size_t kShownMax = 60;

}  // namespace

std::string shown(const Json& json) {
  std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (text.size() > kShownMax) text = text.substr(0, kShownMax) + "...";
  return text;
}

void Diagnostics::add(const std::string& pointer, const std::string& message) {
  problems_.push_back({document_.file, document_.line_of(pointer), 0, pointer, message});
}

Members::Members(Diagnostics& diagnostics, const Json& json, std::string pointer)
    : diagnostics_(diagnostics), json_(json), pointer_(std::move(pointer)) {
  if (!json_.is_object()) diagnostics_.add(pointer_, "must be an object, not " + shown(json_));
}

void Members::allow(const std::string& name) {
  if (std::find(allowed_.begin(), allowed_.end(), name) == allowed_.end()) allowed_.push_back(name);
}

const Json* Members::find(const std::string& name) {
  allow(name);
  if (!json_.is_object()) return nullptr;
  const auto it = json_.find(name);
  return it == json_.end() ? nullptr : &*it;
}

const Json* Members::required(const std::string& name) {
  const Json* value = find(name);
  if (value == nullptr && json_.is_object())
    diagnostics_.add(pointer_, "no member \"" + name + "\"; it is required");
  return value;
}

void Members::complain(const std::string& name, const std::string& message) {
  diagnostics_.add(pointer_to(name), message);
}

const Json* Members::typed(const std::string& name, Presence presence,
                           bool (Json::*is_type)() const noexcept, const char* type) {
  const Json* value = presence == Presence::kRequired ? required(name) : find(name);
  if (value == nullptr || (value->*is_type)()) return value;
  complain(name, std::string("must be ") + type + ", not " + shown(*value));
  return nullptr;
}

std::string Members::string(const std::string& name, Presence presence,
                            const std::string& otherwise) {
  const Json* value = typed(name, presence, &Json::is_string, "a string");
  return value == nullptr ? otherwise : value->get<std::string>();
}

std::optional<std::string> Members::optional_string(const std::string& name) {
  const Json* value = typed(name, Presence::kOptional, &Json::is_string, "a string");
  return value == nullptr ? std::nullopt : std::optional(value->get<std::string>());
}

bool Members::boolean(const std::string& name, bool otherwise) {
  const Json* value = typed(name, Presence::kOptional, &Json::is_boolean, "true or false");
  return value == nullptr ? otherwise : value->get<bool>();
}

std::optional<std::int64_t> Members::integer(const std::string& name, Presence presence,
                                             std::int64_t min, std::int64_t max) {
  const Json* value = typed(name, presence, &Json::is_number_integer, "a whole number");
  if (value == nullptr) return std::nullopt;
  const bool too_large =
      value->is_number_unsigned() && value->get<std::uint64_t>() > static_cast<std::uint64_t>(max);
  if (too_large || value->get<std::int64_t>() < min || value->get<std::int64_t>() > max) {
    complain(name, "must be " + std::to_string(min) + " to " + std::to_string(max) + ", not " +
                       shown(*value));
    return std::nullopt;
  }
  return value->get<std::int64_t>();
}

std::vector<std::string> Members::strings(const std::string& name, Presence presence) {
  const Json* list = array(name, presence);
  if (list == nullptr) return {};
  std::vector<std::string> result;
  for (std::size_t i = 0; i < list->size(); ++i) {
    if ((*list)[i].is_string()) {
      result.push_back((*list)[i].get<std::string>());
    } else {
      diagnostics_.add(pointer_to(name) + "/" + std::to_string(i),
                       "must be a string, not " + shown((*list)[i]));
    }
  }
  return result;
}

const Json* Members::array(const std::string& name, Presence presence) {
  return typed(name, presence, &Json::is_array, "a list");
}

const Json* Members::object(const std::string& name, Presence presence) {
  return typed(name, presence, &Json::is_object, "an object");
}

std::string Members::hex(const std::string& name) {
  const Json* value = typed(name, Presence::kOptional, &Json::is_string, "hex digits");
  if (value == nullptr) return "";
  const auto octets = trace::from_hex(value->get_ref<const std::string&>());
  if (!octets) complain(name, "must be an even number of hex digits, not " + shown(*value));
  return octets.value_or("");
}

Payload Members::text_payload(const std::string& name, Presence presence) {
  const Json* value = presence == Presence::kRequired ? required(name) : find(name);
  if (value == nullptr) return {};
  return read_text_payload(diagnostics_, *value, pointer_to(name)).value_or(Payload{});
}

Payload Members::binary_payload(const std::string& name, Presence presence) {
  const Json* value = presence == Presence::kRequired ? required(name) : find(name);
  if (value == nullptr) return {};
  return read_binary_payload(diagnostics_, *value, pointer_to(name)).value_or(Payload{});
}

void Members::done() {
  if (!json_.is_object()) return;
  for (const auto& [name, value] : json_.items()) {
    if (std::find(allowed_.begin(), allowed_.end(), name) == allowed_.end()) {
      complain(name, "unknown member " + not_one_of(name, allowed_));
    }
  }
}

}  // namespace torpor::scenario
