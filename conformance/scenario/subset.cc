#include "conformance/scenario/subset.h"

#include <algorithm>
#include <optional>

#include "conformance/scenario/tagged.h"

namespace torpor::scenario {

namespace {

// Nothing when one of the two stands neither for a text nor for octets.
std::optional<bool> same_tagged(const Json& pattern, const Json& value) {
  const auto compare = [](const std::optional<Payload>& a, const std::optional<Payload>& b) {
    return a && b ? std::optional(a->size() == b->size() && a->octets() == b->octets())
                  : std::nullopt;
  };
  if (const auto same = compare(tagged_text(pattern), tagged_text(value))) return same;
  return compare(tagged_octets(pattern), tagged_octets(value));
}

bool has_members(const Json& pattern, const Json& value) {
  if (!value.is_object()) return false;
  for (const auto& [name, wanted] : pattern.items()) {
    const auto it = value.find(name);
    if (it == value.end() || !matches_subset(wanted, *it)) return false;
  }
  return true;
}

}  // namespace

bool matches_subset(const Json& pattern, const Json& value) {
  if (const auto same = same_tagged(pattern, value)) return *same;
  if (pattern.is_object()) return has_members(pattern, value);
  if (!pattern.is_array()) return pattern == value;
  return value.is_array() && pattern.size() == value.size() &&
         std::equal(pattern.begin(), pattern.end(), value.begin(), matches_subset);
}

}  // namespace torpor::scenario
