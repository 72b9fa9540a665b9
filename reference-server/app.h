// What a Server runs: a stateless worker and the class of its Durable Objects.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "core/object/durable_object.h"
#include "core/object/http.h"
#include "core/object/object.h"
#include "core/object/state.h"
#include "core/object/storage.h"

namespace torpor::server {

// stub.fetch(request) on the object of that name; its response is the worker's, unless the worker
// holds it: then code of make_worker() answers.
struct ToObject {
  std::string name;
  object::Request request;
  bool held = false;
};

// Control calls of the fixture contract; the server answers them itself.
struct Evict {
  std::string name;
  object::EvictedSockets sockets;
};
struct Deploy {};
struct Crash {};
struct SetStorageFaults {
  std::string name;
  object::StorageFaults faults;
};
struct ReadUsage {
  std::string name;
};

using Route =
    std::variant<object::Response, ToObject, Evict, Deploy, Crash, SetStorageFaults, ReadUsage>;

class App {
 public:
  virtual ~App() = default;
  virtual Route route(object::Request request) = 0;
  virtual std::unique_ptr<object::DurableObject> make_object(const std::string& name,
                                                             object::DurableObjectState& state) = 0;
  // What the worker does with a response that it holds: the object's fetch(), for the same request.
  // `socket`: the response's, null if there is none. Never called for an app that holds nothing.
  virtual std::unique_ptr<object::DurableObject> make_worker(
      const std::string& /*name*/, const std::shared_ptr<object::SocketEnd>& /*socket*/,
      object::DurableObjectState&) {
    return nullptr;
  }
  // Every instance and socket of the object is gone; `crashed`: and what was not durable.
  virtual void object_reset(const std::string& /*name*/, bool /*crashed*/, Time /*at*/) {}
  // stub.fetch() rejected; the worker lets it pass, and the client gets a 500.
  virtual void fetch_rejected(const std::string& /*name*/, const object::Request&,
                              const object::JsError&, Time /*at*/) {}
};

}  // namespace torpor::server
