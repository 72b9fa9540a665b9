// Input gates. A section is code that holds back all that lies outside it: the callback of a
// blockConcurrencyWhile or of a transaction. Sections that the same code asks for run one after the
// other, and before anything else that waits. Source: HIB-06, HIB-32, STORE-18.
#pragma once

#include <deque>
#include <functional>
#include <memory>

namespace torpor::object {

class Section;
using SectionPtr = std::shared_ptr<Section>;

class Section {
 public:
  // Without `outer` it is the object itself, which every other section lies in.
  explicit Section(SectionPtr outer = nullptr) : outer_(std::move(outer)) {}

  using Start = std::function<void(const SectionPtr&)>;
  // Opens a section within `outer` once no other is open there, in this call or in that of the
  // other's leave(), and calls `start` with it.
  static void enter(const SectionPtr& outer, Start start);
  // What runs of it after that belongs to the section around it.
  static void leave(const SectionPtr& section);

  // What belongs to it has to wait: a section is open within it.
  static bool is_blocked(const SectionPtr& section) { return living(section)->holds_one_; }
  static bool is_object(const SectionPtr& section) { return !living(section)->outer_; }

 private:
  static const SectionPtr& living(const SectionPtr& section);
  static void open_next(const SectionPtr& outer);

  SectionPtr outer_;
  bool ended_ = false;
  bool holds_one_ = false;
  std::deque<Start> waiting_;
};

}  // namespace torpor::object
