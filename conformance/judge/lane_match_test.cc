// The matcher against a list of every course of events that the expectations permit.
#include "conformance/judge/lane_match.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "conformance/judge/sample_trace.h"

namespace torpor::judge {
namespace {

using scenario::expect::Items;

// A lane as JSON, and each course of events that it permits as a string of one letter per event.
struct Sample {
  std::string json;
  std::set<std::string> permitted;
};

std::set<std::string> joined(const std::set<std::string>& first,
                             const std::set<std::string>& second) {
  std::set<std::string> all;
  for (const std::string& a : first) {
    for (const std::string& b : second) all.insert(a + b);
  }
  return all;
}

Sample list_of(const std::vector<Sample>& items) {
  Sample list{"", {""}};
  for (const Sample& item : items) {
    list.json += (list.json.empty() ? "" : ",") + item.json;
    list.permitted = joined(list.permitted, item.permitted);
  }
  return list;
}

// Letters come from `letters`, which are used up when `distinct`.
class Generator {
 public:
  Generator(bool distinct, bool optionals) : distinct_(distinct), optionals_(optionals) {}

  std::vector<Sample> items(int depth, int count_max) {
    std::vector<Sample> result;
    const int count = *rc::gen::inRange(1, count_max + 1);
    for (int i = 0; i < count; ++i) result.push_back(item(depth));
    return result;
  }

 private:
  Sample item(int depth) {
    switch (depth == 0 ? 0 : *rc::gen::inRange(0, optionals_ ? 5 : 4)) {
      case 2:
        return one_of(depth);
      case 3:
        return unordered(depth);
      case 4:
        return optional(depth);
      default:
        return leaf();
    }
  }
  Sample leaf() {
    const char letter =
        distinct_ ? static_cast<char>('A' + used_++) : *rc::gen::element('a', 'b', 'c');
    return {std::string(R"({"text":")") + letter + "\"}", {std::string(1, letter)}};
  }
  Sample one_of(int depth) {
    const Sample a = list_of(items(depth - 1, 2));
    const Sample b = list_of(items(depth - 1, 2));
    Sample result{R"({"oneOf":[{"name":"x","items":[)" + a.json + R"(]},{"name":"y","items":[)" +
                      b.json + "]}]}",
                  a.permitted};
    result.permitted.insert(b.permitted.begin(), b.permitted.end());
    return result;
  }
  Sample optional(int depth) {
    Sample inner = list_of(items(depth - 1, 2));
    inner.permitted.insert("");
    return {R"({"optional":[)" + inner.json + "]}", inner.permitted};
  }
  Sample unordered(int depth) {
    const std::vector<Sample> elements = items(depth - 1, 3);
    Sample result{R"({"unordered":[)" + list_of(elements).json + "]}", {}};
    std::vector<std::size_t> order(elements.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    do {
      std::vector<Sample> permuted;
      for (const std::size_t i : order) permuted.push_back(elements[i]);
      result.permitted.merge(list_of(permuted).permitted);
    } while (std::next_permutation(order.begin(), order.end()));
    return result;
  }

  bool distinct_;
  bool optionals_;
  int used_ = 0;
};

bool matches(const std::string& lane_json, const std::string& letters) {
  const scenario::Case one = sample_case(R"({"a": [)" + lane_json + "]}");
  SampleTrace trace;
  for (const char letter : letters) trace.text(std::string(1, letter));
  const NodeList pattern =
      resolve(one, one.lanes.at(0), compat::Profile::kParity, sample_registry());
  const LaneMatch match = match_lane(pattern, client_events(trace, "a"));
  RC_ASSERT(!match.too_many);
  if (!match.failure) RC_ASSERT(match.taken.size() == letters.size());
  return !match.failure;
}

std::string any_of(const std::set<std::string>& permitted) {
  return *std::next(permitted.begin(), *rc::gen::inRange<std::size_t>(0, permitted.size()));
}

enum class Mutation { kDrop, kDuplicate, kChange, kSwap };

std::string mutated(std::string letters, Mutation mutation) {
  const auto at = *rc::gen::inRange<std::size_t>(0, letters.size());
  switch (mutation) {
    case Mutation::kDrop:
      return letters.erase(at, 1);
    case Mutation::kDuplicate:
      return letters.insert(at, 1, letters[at]);
    case Mutation::kChange:
      letters[at] = *rc::gen::element('a', 'b', 'c', 'd');
      return letters;
    case Mutation::kSwap:
      std::swap(letters[at], letters[letters.size() - 1]);
      return letters;
  }
  return letters;
}

RC_GTEST_PROP(LaneMatch, PermitsWhatTheExpectationsPermitAndNothingElse, ()) {
  const Sample lane = list_of(Generator(false, true).items(2, 3));
  std::string letters = any_of(lane.permitted);
  RC_ASSERT(matches(lane.json, letters));
  for (int i = 0; i < 3 && !letters.empty(); ++i) {
    letters = mutated(letters, *rc::gen::element(Mutation::kDrop, Mutation::kDuplicate,
                                                 Mutation::kChange, Mutation::kSwap));
    RC_LOG() << lane.json << "\n" << letters << "\n";
    RC_ASSERT(matches(lane.json, letters) == lane.permitted.contains(letters));
  }
}

RC_GTEST_PROP(LaneMatch, NoticesEverySingleMutation, ()) {
  const Sample lane = list_of(Generator(true, false).items(2, 3));
  const std::string letters = any_of(lane.permitted);
  RC_ASSERT(matches(lane.json, letters));
  for (const Mutation mutation : {Mutation::kDrop, Mutation::kDuplicate, Mutation::kChange}) {
    RC_ASSERT(!matches(lane.json, mutated(letters, mutation)));
  }
}

}  // namespace
}  // namespace torpor::judge
