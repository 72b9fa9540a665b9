#include "reference-server/objects.h"

namespace torpor::server {

object::Object& Objects::named(const std::string& name) {
  const auto [found, made] = by_name_.try_emplace(name, next_ordinal_);
  Entry& entry = entries_[found->second];
  if (made) ++next_ordinal_;
  if (made) entry.object = std::make_unique<object::Object>(host_, name, found->second);
  return *entry.object;
}

object::Object& Objects::unnamed() {
  Entry& entry = entries_[next_ordinal_];
  entry.object = std::make_unique<object::Object>(host_, "", next_ordinal_);
  ++next_ordinal_;
  return *entry.object;
}

void Objects::remove(std::uint64_t ordinal) {
  const auto entry = entries_.extract(ordinal);
  if (entry && entry.mapped().deadline) deadlines_.erase({*entry.mapped().deadline, ordinal});
}

object::Object* Objects::find(const std::string& name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : entries_[found->second].object.get();
}

void Objects::reset_all(const std::string& reason) {
  for (auto& [ordinal, entry] : entries_) entry.object->reset(reason);
}

void Objects::crash_all() {
  for (auto& [ordinal, entry] : entries_) entry.object->crash();
}

void Objects::evict_all() {
  for (auto& [ordinal, entry] : entries_) entry.object->evict(object::EvictedSockets::kHibernate);
}

void Objects::deadline_changed(object::Object& object) {
  Entry& entry = entries_[object.ordinal()];
  const std::optional<Time> deadline = object.next_deadline();
  if (deadline == entry.deadline) return;
  if (entry.deadline) deadlines_.erase({*entry.deadline, object.ordinal()});
  if (deadline) deadlines_.insert({*deadline, object.ordinal()});
  entry.deadline = deadline;
}

std::optional<Time> Objects::next_deadline() const {
  return deadlines_.empty() ? std::nullopt : std::optional(deadlines_.begin()->first);
}

void Objects::advance(Time now) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    entries_[deadlines_.begin()->second].object->advance();
  }
}

}  // namespace torpor::server
