#include "core/object/hibernation_manager.h"

#include <algorithm>
#include <utility>

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

void HibernationManager::add(std::shared_ptr<SocketEnd> end) {
  const std::uint64_t age = accepted_++;
  age_of_[end->id()] = age;
  for (const std::string& tag : end->tags()) by_tag_[tag].emplace(age, end);
  by_age_.emplace(age, std::move(end));
}

void HibernationManager::remove(const SocketEnd& end) {
  const auto found = age_of_.find(end.id());
  if (found == age_of_.end()) return;
  const std::uint64_t age = found->second;
  for (const std::string& tag : end.tags()) {
    if (planted(Mutant::kTagLeak)) break;
    const auto tagged = by_tag_.find(tag);
    tagged->second.erase(age);
    if (tagged->second.empty()) by_tag_.erase(tagged);
  }
  age_of_.erase(found);
  by_age_.erase(age);
}

HibernationManager::Sockets HibernationManager::newest_first() const {
  Sockets sockets;
  sockets.reserve(by_age_.size());
  for (auto entry = by_age_.rbegin(); entry != by_age_.rend(); ++entry)
    sockets.push_back(entry->second);
  if (planted(Mutant::kListOldestFirst)) std::reverse(sockets.begin(), sockets.end());
  return sockets;
}

HibernationManager::Sockets HibernationManager::tagged_oldest_first(const std::string& tag) const {
  Sockets sockets;
  const auto tagged = planted(Mutant::kTagsByPrefix) ? by_tag_.lower_bound(tag) : by_tag_.find(tag);
  if (tagged == by_tag_.end()) return sockets;
  for (const auto& [age, end] : tagged->second) sockets.push_back(end);
  if (planted(Mutant::kTagListNewestFirst)) std::reverse(sockets.begin(), sockets.end());
  return sockets;
}

}  // namespace torpor::object
