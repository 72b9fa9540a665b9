#include "reference-server/objects.h"

#include <algorithm>

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
  std::erase_if(queue_, [&](const Queued& queued) { return queued.ordinal == ordinal; });
  std::make_heap(queue_.begin(), queue_.end(), Later{});
  const auto entry = entries_.extract(ordinal);
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
  entry.deadline = deadline;
  if (deadline && (!entry.queued || *deadline < *entry.queued)) queue(object.ordinal(), entry);
}

void Objects::queue(std::uint64_t ordinal, Entry& entry) {
  entry.queued = entry.deadline;
  queue_.push_back({*entry.deadline, ordinal, &entry});
  std::push_heap(queue_.begin(), queue_.end(), Later{});
}

Objects::Queued Objects::pop() {
  std::pop_heap(queue_.begin(), queue_.end(), Later{});
  const Queued queued = queue_.back();
  queue_.pop_back();
  return queued;
}

std::optional<Time> Objects::next_deadline() {
  while (!queue_.empty()) {
    const Queued& first = queue_.front();
    Entry& entry = *first.entry;
    const bool counts = entry.queued == first.at;
    if (counts && entry.deadline == first.at) return first.at;
    const std::uint64_t ordinal = pop().ordinal;
    if (!counts) continue;  // an earlier one has taken its place
    entry.queued.reset();
    if (entry.deadline) queue(ordinal, entry);
  }
  return std::nullopt;
}

void Objects::advance(Time now) {
  while (next_deadline().value_or(Time::max()) <= now) queue_.front().entry->object->advance();
}

}  // namespace torpor::server
