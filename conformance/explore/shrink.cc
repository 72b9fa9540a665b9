#include "conformance/explore/shrink.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

namespace torpor::explore {
namespace {

using Pointer = Json::json_pointer;

struct Enough {};

class Shrinker {
 public:
  Shrinker(Json scenario, const ShrinkOptions& options, const std::atomic<bool>& stop)
      : best_(std::move(scenario)), options_(options), stop_(stop) {}

  Shrunk run() {
    Shrunk shrunk;
    try {
      bool smaller = true;
      while (smaller) smaller = once();
      shrunk.minimal = true;
    } catch (const Enough&) {
    }
    shrunk.scenario = std::move(best_);
    shrunk.runs = runs_;
    return shrunk;
  }

 private:
  bool once() {
    bool smaller = false;
    smaller |= drop_member(Pointer("/simulation"));
    smaller |= reduce_list(Pointer("/simulation/choices"));
    smaller |= faults_to_steps();
    smaller |= drop_members_of("/simulation/network");
    smaller |= drop_members_of("/simulation/objects");
    smaller |= drop_member(Pointer("/configuration"));
    smaller |= drop_clients();
    smaller |= reduce_list(Pointer("/steps"));
    smaller |= drop_members_of("/program/message");
    smaller |= drop_members_of("/program/fetch");
    smaller |= drop_members_of("/program");
    smaller |= reduce_ops();
    smaller |= simplify_steps();
    smaller |= simplify_ops();
    return smaller;
  }

  bool accept(Json candidate) {
    if (stop_ || runs_ >= options_.runs_max) throw Enough{};
    ++runs_;
    if (!options_.still_fails(candidate)) return false;
    best_ = std::move(candidate);
    if (options_.progress) options_.progress(runs_, best_);
    return true;
  }

  bool drop_member(const Pointer& pointer) {
    if (!best_.contains(pointer)) return false;
    Json candidate = best_;
    candidate[pointer.parent_pointer()].erase(pointer.back());
    return accept(std::move(candidate));
  }

  bool drop_members_of(const char* object) {
    const Pointer pointer{std::string(object)};
    if (!best_.contains(pointer) || !best_[pointer].is_object()) return false;
    std::vector<std::string> names;
    for (const auto& [name, value] : best_[pointer].items()) names.push_back(name);
    bool smaller = false;
    for (const std::string& name : names) smaller |= drop_member(pointer / name);
    return smaller;
  }

  // Chunks of half the list first, then of a quarter, down to single items.
  bool reduce_list(const Pointer& pointer) {
    if (!best_.contains(pointer) || !best_[pointer].is_array()) return false;
    bool smaller = false;
    for (std::size_t chunk = std::max<std::size_t>(1, best_[pointer].size() / 2); chunk > 0;
         chunk /= 2) {
      for (std::size_t from = best_[pointer].size(); from > 0;) {
        const std::size_t begin = from > chunk ? from - chunk : 0;
        Json candidate = best_;
        Json& list = candidate[pointer];
        list.erase(list.begin() + static_cast<std::ptrdiff_t>(begin),
                   list.begin() + static_cast<std::ptrdiff_t>(from));
        smaller |= accept(std::move(candidate));
        from = begin;
      }
    }
    return smaller;
  }

  // A client with all that it does.
  bool drop_clients() {
    std::set<std::string> names;
    for (const Json& step : best_["steps"]) {
      if (step.contains("client")) names.insert(step["client"].get<std::string>());
    }
    bool smaller = false;
    for (const std::string& name : names) {
      Json candidate = best_;
      Json kept = Json::array();
      for (const Json& step : best_["steps"]) {
        if (step.value("client", "") != name) kept.push_back(step);
      }
      candidate["steps"] = std::move(kept);
      smaller |= accept(std::move(candidate));
    }
    return smaller;
  }

  // What befell the object at one event of the world, as a step that a person can read.
  bool faults_to_steps() {
    constexpr std::size_t kFew = 3;
    constexpr int kObjectFault = 7;  // sim::Choice
    constexpr const char* kSteps[] = {"evict", "deploy", "crash"};
    const Pointer choices("/simulation/choices");
    if (!best_.contains(choices)) return false;
    std::vector<std::size_t> faults;
    for (std::size_t i = 0; i < best_[choices].size(); ++i) {
      if (best_[choices][i][0] == kObjectFault) faults.push_back(i);
    }
    if (faults.size() > kFew) return false;
    bool smaller = false;
    for (auto at = faults.rbegin(); at != faults.rend(); ++at) {
      const auto kind = best_[choices][*at][1].get<std::size_t>();
      if (kind >= std::size(kSteps)) continue;
      smaller |= as_step(choices, *at, kSteps[kind]);
    }
    return smaller;
  }

  bool as_step(const Pointer& choices, std::size_t at, const char* step) {
    for (std::size_t position = 0; position <= best_["steps"].size(); ++position) {
      Json candidate = best_;
      candidate[choices].erase(at);
      Json& steps = candidate["steps"];
      steps.insert(steps.begin() + static_cast<std::ptrdiff_t>(position), Json{{"do", step}});
      if (accept(std::move(candidate))) return true;
    }
    return false;
  }

  static void collect_lists(const Json& json, const Pointer& pointer, std::vector<Pointer>& lists) {
    if (json.is_array()) lists.push_back(pointer);
    if (!json.is_structured()) return;
    for (const auto& [name, value] : json.items()) {
      const Pointer own = json.is_array() ? pointer / std::stoul(name) : pointer / name;
      collect_lists(value, own, lists);
    }
  }

  bool reduce_ops() {
    std::vector<Pointer> lists;
    collect_lists(best_["program"], Pointer("/program"), lists);
    bool smaller = false;
    for (const Pointer& list : lists) smaller |= reduce_list(list);
    return smaller;
  }

  bool replace(const Pointer& pointer, const Json& value) {
    if (!best_.contains(pointer) || best_[pointer] == value) return false;
    Json candidate = best_;
    candidate[pointer] = value;
    return accept(std::move(candidate));
  }

  bool simplify_steps() {
    bool smaller = false;
    for (std::size_t i = 0; i < best_["steps"].size(); ++i) {
      const Pointer step = Pointer("/steps") / i;
      for (const char* member : {"cork", "async", "extensions", "segment", "reason"})
        smaller |= drop_member(step / member);
      if (best_[step].value("do", "") == "wait") smaller |= shorten_wait(step / "ms");
      if (best_[step].contains("text")) smaller |= shorten_text(step / "text");
    }
    return smaller;
  }

  bool shorten_wait(const Pointer& pointer) {
    bool smaller = false;
    for (const std::uint64_t ms : {0u, 100u, 1000u, 10'700u, 30'000u}) {
      if (best_[pointer].get<std::uint64_t>() <= ms) break;
      if (replace(pointer, ms)) return true;
    }
    return smaller;
  }

  bool shorten_text(const Pointer& pointer) {
    constexpr std::size_t kShort = 10;
    if (!best_[pointer].is_string()) return false;
    const std::string text = best_[pointer];
    if (text.size() <= kShort) return false;
    return replace(pointer, text.substr(0, text.find_first_of("x")));
  }

  bool simplify_ops() {
    std::vector<Pointer> lists;
    collect_lists(best_["program"], Pointer("/program"), lists);
    bool smaller = false;
    for (const Pointer& list : lists) {
      if (!best_.contains(list) || !best_[list].is_array()) continue;
      for (std::size_t i = 0; i < best_[list].size(); ++i) {
        const Pointer op = list / i;
        if (!best_[op].is_object()) continue;
        for (const char* member : {"tags", "on", "args"}) smaller |= drop_member(op / member);
        if (best_[op].contains("value") && best_[op]["value"].is_structured() &&
            best_[op].value("op", "") != "log")
          smaller |= replace(op / "value", "v");
        if (best_[op].contains("ms") && best_[op]["ms"].is_number_unsigned())
          smaller |= replace(op / "ms", 1u);
      }
    }
    return smaller;
  }

  Json best_;
  const ShrinkOptions& options_;
  const std::atomic<bool>& stop_;
  std::size_t runs_ = 0;
};

}  // namespace

Shrunk shrink(const Json& scenario, const ShrinkOptions& options, const std::atomic<bool>& stop) {
  return Shrinker(scenario, options, stop).run();
}

}  // namespace torpor::explore
