#include "core/object/conversions.h"

#include <cmath>

#include "core/mutants.h"
#include "core/object/js_error.h"
#include "core/value/display.h"
#include "core/value/text.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

using value::Kind;
using value::Value;

namespace {

constexpr double kTwoTo32 = 4294967296.0;

// ECMAScript ToNumber for what the platform's methods are given.
double to_number(const Value& value) {
  switch (value.kind()) {
    case Kind::kUndefined:
      return std::nan("");
    case Kind::kNull:
      return 0;
    case Kind::kBoolean:
      return value.as_boolean() ? 1 : 0;
    case Kind::kNumber:
      return value.as_number();
    case Kind::kSymbol:
      throw type_error("Cannot convert a Symbol value to a number");
    case Kind::kBigInt:
      throw type_error("Cannot convert a BigInt value to a number");
    default:
      return value::string_to_number(value::to_display_string(value));
  }
}

// ECMAScript ToInt32.
std::int32_t to_int32(double number) {
  if (!std::isfinite(number)) return 0;
  double modulo = std::fmod(std::trunc(number), kTwoTo32);
  if (modulo < 0) modulo += kTwoTo32;
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(modulo));
}

}  // namespace

std::string to_string(const Value& value) {
  if (value.kind() == Kind::kSymbol) throw type_error("Cannot convert a Symbol value to a string");
  return value::to_display_string(value);
}

OutgoingMessage to_message(const Value& value) {
  const bool whole = planted(Mutant::kWholeBufferSent) && value.kind() == Kind::kTypedArray;
  const auto octets = whole ? value.node().items.front().viewed_octets() : value.viewed_octets();
  if (octets && !planted(Mutant::kBuffersSentAsText))
    return {MessageType::kBinary, std::string(*octets)};
  if (planted(Mutant::kLoneSurrogateReplaced))
    return {MessageType::kText, to_close_reason(value).value_or("undefined")};
  return {MessageType::kText, to_string(value)};
}

void refuse_missing_message() {
  throw type_error(
      "Failed to execute 'send' on 'WebSocket': parameter 1 is not of type 'ArrayBuffer or "
      "ArrayBufferView or "
      "string'.");
}

std::optional<std::int32_t> to_close_code(const Value& value) {
  if (planted(Mutant::kNullCodeIsNone) && value.kind() == Kind::kNull) return std::nullopt;
  if (value.is_undefined()) return std::nullopt;
  if (planted(Mutant::kCodeRounded)) return to_int32(std::round(to_number(value)));
  return to_int32(to_number(value));
}

std::optional<std::string> to_close_reason(const Value& value) {
  if (value.is_undefined()) return std::nullopt;
  return value::well_formed_utf8(value::utf16_from_utf8(to_string(value)));
}

ListenerOptions to_listener_options(const Value& value) {
  if (value.kind() == Kind::kBoolean) {
    if (value.as_boolean() && !planted(Mutant::kCaptureTaken))
      throw type_error("addEventListener(): useCapture must be false.");
    return {};
  }
  if (value.is_primitive()) return {};
  if (value::is_truthy(value.get("capture"))) {
    throw type_error("addEventListener(): options.capture must be false.");
  }
  return {value::is_truthy(value.get("once")) && !planted(Mutant::kOnceIgnored)};
}

AcceptOptions to_accept_options(const Value& value) {
  if (value.is_undefined() || value.kind() == Kind::kNull) return {};
  if (value.is_primitive()) {
    throw type_error(
        "Failed to execute 'accept' on 'WebSocket': parameter 1 is not of type 'AcceptOptions'.");
  }
  const Value half_open = value.get("allowHalfOpen");
  if (half_open.is_undefined()) return {};
  return {value::is_truthy(half_open)};
}

std::vector<std::string> to_tags(const Value& value) {
  if (value.is_undefined()) return {};
  if (value.kind() != Kind::kArray && planted(Mutant::kOneTagTaken)) return {to_string(value)};
  if (value.kind() != Kind::kArray) {
    throw type_error(
        "Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 is not of type "
        "'Array'.");
  }
  std::vector<std::string> tags;
  for (std::size_t i = 0; i < value.length(); ++i) {
    if (planted(Mutant::kTagsMustBeStrings) && value.at(i).kind() != Kind::kString)
      throw type_error("A tag must be a string.");
    tags.push_back(to_string(value.at(i)));
  }
  return tags;
}

Protocols to_protocols(const Value& value) {
  if (value.is_undefined()) return {};
  if (value.kind() != Kind::kArray) return {{to_string(value)}, false};
  Protocols protocols;
  for (std::size_t i = 0; i < value.length(); ++i)
    protocols.names.push_back(to_string(value.at(i)));
  return protocols;
}

ListOptions to_list_options(const Value& value) {
  ListOptions options;
  if (value.is_primitive()) return options;
  const auto text = [&](const char* name) -> std::optional<std::string> {
    const Value member = value.get(name);
    return member.is_undefined() ? std::nullopt : std::optional(to_string(member));
  };
  options.start = text("start");
  options.start_after = text("startAfter");
  if (options.start && options.start_after)
    throw type_error("list() cannot be called with both start and startAfter values.");
  options.end = text("end");
  options.prefix = text("prefix").value_or("");
  options.reverse = value::is_truthy(value.get("reverse"));
  if (const Value limit = value.get("limit"); !limit.is_undefined())
    options.limit = to_int32(to_number(limit));
  if (options.limit && *options.limit <= 0) throw type_error("List limit must be positive.");
  return options;
}

std::optional<std::int64_t> to_event_timeout(const Value& value) {
  if (value.is_undefined() || value.kind() == Kind::kNull) return std::nullopt;
  const double number = to_number(value);
  if (!std::isfinite(number)) {
    throw type_error("The value cannot be converted because it is not an integer.");
  }
  if (number < 0 && planted(Mutant::kNegativeTimeoutTaken)) return std::nullopt;
  if (number < 0) {
    throw type_error(
        "The value cannot be converted because it is negative and this API expects a positive "
        "number.");
  }
  if (number >= kTwoTo32)
    throw type_error("Value out of range. Must be less than or equal to 4294967295.");
  return static_cast<std::int64_t>(number);
}

}  // namespace torpor::object
