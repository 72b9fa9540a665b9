#include "core/object/sections.h"

#include <utility>

namespace torpor::object {

const SectionPtr& Section::living(const SectionPtr& section) {
  const SectionPtr* found = &section;
  while ((*found)->ended_) found = &(*found)->outer_;
  return *found;
}

void Section::enter(const SectionPtr& outer, Start start) {
  const SectionPtr& within = living(outer);
  within->waiting_.push_back(std::move(start));
  if (!within->holds_one_) open_next(within);
}

void Section::open_next(const SectionPtr& outer) {
  const Start start = std::move(outer->waiting_.front());
  outer->waiting_.pop_front();
  outer->holds_one_ = true;
  start(std::make_shared<Section>(outer));
}

void Section::leave(const SectionPtr& section) {
  section->ended_ = true;
  const SectionPtr outer = living(section);
  // What it did not wait for goes on before what waits outside.
  outer->waiting_.insert(outer->waiting_.begin(), section->waiting_.begin(),
                         section->waiting_.end());
  section->waiting_.clear();
  outer->holds_one_ = section->holds_one_;
  if (!outer->holds_one_ && !outer->waiting_.empty()) open_next(outer);
}

}  // namespace torpor::object
