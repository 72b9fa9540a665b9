// The listeners of one type of event on a standard socket, in the order they were added.
// Source: WHATWG DOM (EventTarget), STD-03.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "core/object/task.h"

namespace torpor::object {

template <typename Event>
class EventListeners {
 public:
  using Callback = std::function<Task<>(Event)>;

  // The on<event> property: one listener, which keeps its place when it is replaced.
  template <typename F>
  EventListeners& operator=(F callback) {
    for (Listener& listener : listeners_) {
      if (!listener.is_property) continue;
      listener.callback = std::move(callback);
      return *this;
    }
    listeners_.push_back({std::move(callback), false, true});
    return *this;
  }

  // addEventListener; `once`: it hears one event only.
  void add(Callback callback, bool once = false) {
    listeners_.push_back({std::move(callback), once, false});
  }

  // What is to be run for an event.
  std::vector<Callback> take() {
    std::vector<Callback> callbacks;
    for (const Listener& listener : listeners_) callbacks.push_back(listener.callback);
    std::erase_if(listeners_, [](const Listener& listener) { return listener.once; });
    return callbacks;
  }

  void clear() { listeners_.clear(); }

 private:
  struct Listener {
    Callback callback;
    bool once;
    bool is_property;
  };
  std::vector<Listener> listeners_;
};

}  // namespace torpor::object
