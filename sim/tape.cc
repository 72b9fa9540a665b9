#include "sim/tape.h"

namespace torpor::sim {

Json to_json(const Tape& tape) {
  Json json = Json::array();
  for (const TapeEntry& entry : tape) {
    json.push_back(Json::array({static_cast<std::uint64_t>(entry.kind), entry.bound, entry.value}));
  }
  return json;
}

std::variant<Tape, std::string> tape_from_json(const Json& json) {
  if (!json.is_array()) return "a tape is a list";
  Tape tape;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string where = "entry " + std::to_string(i) + " of the tape";
    const Json& entry = json[i];
    if (!entry.is_array() || entry.size() != 3) return where + " is not [kind, bound, value]";
    for (const Json& number : entry) {
      if (!number.is_number_unsigned()) return where + " has something else than whole numbers";
    }
    const auto kind = entry[0].get<std::uint64_t>();
    const auto bound = entry[1].get<std::uint64_t>(), value = entry[2].get<std::uint64_t>();
    if (kind > static_cast<std::uint64_t>(kLastChoice)) return where + " has an unknown kind";
    if (value >= bound) return where + " has a value that its bound does not allow";
    tape.push_back({static_cast<Choice>(kind), bound, value});
  }
  return tape;
}

}  // namespace torpor::sim
