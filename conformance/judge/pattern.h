// The expectations of one lane, resolved for one profile: no `when` is left, every list has a
// number.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/scenario/case.h"
#include "conformance/statements/registry.h"

namespace torpor::judge {

struct Node;

struct NodeList {
  std::size_t number = 0;  // unique within its pattern
  std::vector<Node> nodes;
};

enum class NodeKind { kLeaf, kOneOf, kUnordered, kOptional };

struct Node {
  NodeKind kind = NodeKind::kLeaf;
  const scenario::expect::Item* item = nullptr;
  bool soft = false;  // a leaf whose mismatch only warns
  // kOneOf: one list per alternative. kUnordered: one list of one node per element. kOptional: one
  // list.
  std::vector<NodeList> lists;
  std::size_t number = 0;  // of a kUnordered: unique among the numbers of lists
  // kUnordered: for each element the first element that is written exactly like it.
  std::vector<std::size_t> twins;
};

// Points into `lane` of `scenario_case`.
NodeList resolve(const scenario::Case& scenario_case, const scenario::Lane& lane,
                 compat::Profile profile, const statements::Registry& registry);

// The level of the strictest of the statements: must and observed before should and may. Without
// any: must.
statements::Level strictest(const std::vector<std::string>& ids,
                            const statements::Registry& registry);

}  // namespace torpor::judge
