#include "conformance/judge/pattern.h"

#include <algorithm>
#include <optional>

namespace torpor::judge {

namespace {

namespace expect = scenario::expect;

class Resolver {
 public:
  Resolver(const scenario::Case& scenario_case, compat::Profile profile,
           const statements::Registry& registry)
      : case_(scenario_case), profile_(profile), registry_(registry) {}

  NodeList list(const expect::Items& items) {
    NodeList result{next_number_++, {}};
    append(result.nodes, items);
    return result;
  }

 private:
  void append(std::vector<Node>& nodes, const expect::Items& items) {
    for (const expect::Item& item : items) {
      if (const auto* when = std::get_if<expect::When>(&item.what)) {
        append(nodes, holds(*when) ? when->then : when->otherwise);
      } else {
        nodes.push_back(node(item));
      }
    }
  }

  Node node(const expect::Item& item) {
    Node result;
    result.item = &item;
    if (const auto* one_of = std::get_if<expect::OneOf>(&item.what)) {
      result.kind = NodeKind::kOneOf;
      for (const expect::Alternative& alternative : one_of->alternatives)
        result.lists.push_back(list(alternative.items));
    } else if (const auto* unordered = std::get_if<expect::Unordered>(&item.what)) {
      result = elements(unordered->items);
      result.item = &item;
    } else if (const auto* optional = std::get_if<expect::Optional>(&item.what)) {
      result.kind = NodeKind::kOptional;
      result.lists.push_back(list(optional->items));
    } else {
      result.soft = !statements::fails(strictest(item.statements, registry_));
    }
    return result;
  }

  Node elements(const expect::Items& items) {
    Node result;
    result.kind = NodeKind::kUnordered;
    result.number = next_number_++;
    std::vector<Node> nodes;
    append(nodes, items);
    for (Node& element : nodes) {
      const auto same = [&](const NodeList& other) {
        return other.nodes[0].item->source == element.item->source;
      };
      const auto twin = std::find_if(result.lists.begin(), result.lists.end(), same);
      result.twins.push_back(static_cast<std::size_t>(twin - result.lists.begin()));
      result.lists.push_back({next_number_++, {std::move(element)}});
    }
    return result;
  }

  bool holds(const expect::When& when) const {
    const bool profile =
        when.profiles.empty() ||
        std::find(when.profiles.begin(), when.profiles.end(), profile_) != when.profiles.end();
    return profile &&
           std::all_of(when.parameters.begin(), when.parameters.end(), [&](const auto& condition) {
             const auto own = std::find_if(
                 case_.parameters.begin(), case_.parameters.end(),
                 [&](const auto& parameter) { return parameter.first == condition.first; });
             return own != case_.parameters.end() &&
                    std::find(condition.second.begin(), condition.second.end(), own->second) !=
                        condition.second.end();
           });
  }

  const scenario::Case& case_;
  compat::Profile profile_;
  const statements::Registry& registry_;
  std::size_t next_number_ = 0;
};

}  // namespace

NodeList resolve(const scenario::Case& scenario_case, const scenario::Lane& lane,
                 compat::Profile profile, const statements::Registry& registry) {
  return Resolver(scenario_case, profile, registry).list(lane.items);
}

statements::Level strictest(const std::vector<std::string>& ids,
                            const statements::Registry& registry) {
  std::optional<statements::Level> level;
  for (const std::string& id : ids) {
    const statements::Statement* statement = registry.find(id);
    if (statement == nullptr) continue;
    if (!level || (!statements::fails(*level) && statements::fails(statement->level)))
      level = statement->level;
  }
  return level.value_or(statements::Level::kMust);
}

}  // namespace torpor::judge
