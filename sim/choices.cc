#include "sim/choices.h"

namespace torpor::sim {

Json to_json(const Choices& choices) {
  Json json = Json::array();
  for (const Chosen& one : choices) {
    json.push_back(
        Json::array({static_cast<std::uint64_t>(one.kind), one.entity, one.nth, one.value}));
  }
  return json;
}

std::variant<Choices, std::string> choices_from_json(const Json& json) {
  if (!json.is_array()) return "choices are a list";
  Choices choices;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string where = "choice " + std::to_string(i);
    const Json& one = json[i];
    if (!one.is_array() || one.size() != 4) return where + " is not [kind, entity, nth, value]";
    for (const Json& number : one) {
      if (!number.is_number_unsigned()) return where + " has something else than whole numbers";
    }
    const auto kind = one[0].get<std::uint64_t>();
    if (kind > static_cast<std::uint64_t>(kLastChoice)) return where + " has an unknown kind";
    choices.push_back({static_cast<Choice>(kind), one[1].get<std::uint64_t>(),
                       one[2].get<std::uint64_t>(), one[3].get<std::uint64_t>()});
  }
  return choices;
}

}  // namespace torpor::sim
