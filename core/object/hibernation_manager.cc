#include "core/object/hibernation_manager.h"

#include <algorithm>
#include <utility>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

void HibernationManager::add(std::shared_ptr<SocketEnd> end) {
  const std::uint64_t age = accepted_++;
  end->set_age(age);
  for (const std::string& tag : end->tags()) by_tag_[tag].insert(age);
  places_.insert(age, {std::move(end)});
  ++awake_;
}

void HibernationManager::remove(const SocketEnd& end) {
  const Place* place = places_.find(end.age());
  if (!place || place->end.get() != &end) return;
  for (const std::string& tag : end.tags()) {
    if (planted(Mutant::kTagLeak)) break;
    const auto tagged = by_tag_.find(tag);
    tagged->second.erase(end.age());
    if (tagged->second.empty()) by_tag_.erase(tagged);
  }
  places_.erase(end.age());
  --awake_;
}

namespace {

// What no model may have: something that outlives a run.
bool every_other_time() {
  static bool odd = false;
  odd = !odd;
  return odd;
}

bool lists_oldest_first() {
  return planted(Mutant::kListOldestFirst) ||
         (planted(Mutant::kListOutlivesItsRun) && every_other_time());
}

}  // namespace

HibernationManager::Sockets HibernationManager::newest_first() {
  Sockets sockets;
  sockets.reserve(places_.size());
  places_.for_each([&](std::uint64_t, Place& place) { sockets.push_back(wake(place)); });
  if (!lists_oldest_first()) std::reverse(sockets.begin(), sockets.end());
  return sockets;
}

HibernationManager::Sockets HibernationManager::tagged_oldest_first(const std::string& tag) {
  Sockets sockets;
  const auto tagged = planted(Mutant::kTagsByPrefix) ? by_tag_.lower_bound(tag) : by_tag_.find(tag);
  if (tagged == by_tag_.end()) return sockets;
  for (const std::uint64_t age : tagged->second) sockets.push_back(wake(*places_.find(age)));
  if (planted(Mutant::kTagListNewestFirst)) std::reverse(sockets.begin(), sockets.end());
  return sockets;
}

HibernationManager::Sockets HibernationManager::awake_newest_first() {
  Sockets sockets;
  if (awake_ == 0) return sockets;
  sockets.reserve(awake_);
  places_.for_each([&](std::uint64_t, const Place& place) {
    if (place.end) sockets.push_back(place.end);
  });
  std::reverse(sockets.begin(), sockets.end());
  return sockets;
}

void HibernationManager::put_to_sleep() {
  constexpr long kHolders = 2;  // its place here, and its link
  if (awake_ == 0) return;
  places_.for_each([&](std::uint64_t, Place& place) {
    if (!place.end || place.end.use_count() != kHolders || !place.end->may_sleep()) return;
    Bed* const bed = place.end->link()->bed();
    if (!bed) return;
    bed->asleep = place.end->fall_asleep();
    bed->lie_down();
    place = {.end = nullptr, .bed = bed};
    --awake_;
  });
}

void HibernationManager::wake(std::uint64_t age) {
  wake(*places_.find(age));
}

const std::shared_ptr<SocketEnd>& HibernationManager::wake(Place& place) {
  if (Bed* const bed = std::exchange(place.bed, nullptr)) {
    place.end = SocketEnd::awakened(std::exchange(bed->asleep, SleepingEnd()));
    place.end->take_up(bed->get_up(place.end));
    ++awake_;
  }
  return place.end;
}

}  // namespace torpor::object
