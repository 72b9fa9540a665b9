#include "reference-server/server.h"

#include <map>
#include <utility>
#include <vector>

#include "reference-server/connection.h"
#include "reference-server/http_message.h"
#include "reference-server/objects.h"
#include "reference-server/options.h"
#include "reference-server/storage_files.h"
#include "reference-server/usage_json.h"

namespace torpor::server {
namespace {

constexpr const char* kCodeUpdated = "Durable Object reset because its code was updated.";

object::Response plain(int status, std::string body) {
  object::Response::Init init;
  init.status = status;
  if (body.empty()) return object::Response(std::nullopt, init);
  init.headers = {{"Content-Type", "text/plain;charset=UTF-8"}};
  return object::Response(std::move(body), init);
}

}  // namespace

// UPG-08: what asks for a WebSocket reaches the object in a form of its own.
void as_the_object_sees_it(object::Request& request, bool strict) {
  // RFC 6455 4.2.1 takes a list of protocols, workerd does not (UPG-01).
  const bool listed = strict && has_member(request.headers, "Upgrade", "websocket");
  if (!request.wants_websocket() && !listed) return;
  request.method = "GET";
  for (auto& [name, value] : request.headers) {
    if (object::header({{name, value}}, "Upgrade")) value = "websocket";
  }
}

class Server::Impl final : public object::Host, public Gateway {
 public:
  Impl(ServerOptions options, Transport& transport)
      : options_(std::move(options)), transport_(transport), objects_(*this) {
    restore_alarms();
  }

  void set_now(Time now) { now_ = now; }
  Objects& objects() { return objects_; }
  Connection* find(ConnectionId id) {
    const auto found = connections_.find(id);
    return found == connections_.end() ? nullptr : found->second.get();
  }
  void open(ConnectionId id) { connections_.emplace(id, std::make_unique<Connection>(id, *this)); }
  void collect(ConnectionId id) {
    const auto found = connections_.find(id);
    if (found != connections_.end() && found->second->over()) connections_.erase(found);
  }
  void collect_all() {
    std::erase_if(connections_, [](const auto& entry) { return entry.second->over(); });
  }

  // object::Host
  const compat::Parameters& parameters() const override { return options_.parameters; }
  const compat::Flags& flags() const override { return options_.flags; }
  Time now() const override { return now_; }
  std::int64_t date_now() const override {
    return options_.epoch_ms + to_microseconds(now_) / 1000;
  }
  std::unique_ptr<object::DurableObject> make_code(object::Object& object,
                                                   object::DurableObjectState& state) override {
    return options_.app->make_object(object.name(), state);
  }
  void deadline_changed(object::Object& object) override { objects_.deadline_changed(object); }
  object::StorageOptions storage_options(const std::string& name) const override {
    return {.path = storage_file(options_.storage_folder, name),
            .epoch_us = options_.epoch_ms * 1000,
            .random_seed = options_.random_seed};
  }

  // Gateway
  Transport& transport() override { return transport_; }
  void serve(ConnectionId id, object::Request request) override {
    Route route = options_.app->route(std::move(request));
    std::visit([&](auto& chosen) { follow(id, std::move(chosen)); }, route);
  }

 private:
  // An object that keeps an alarm is there from the start.
  void restore_alarms() {
    if (options_.storage_folder.empty()) return;
    for (const std::string& name : stored_objects(options_.storage_folder)) {
      if (object::Storage::alarm_in(storage_file(options_.storage_folder, name)))
        objects_.deadline_changed(objects_.named(name));
    }
  }

  void answer(ConnectionId id, object::FetchResult result, object::Object* from = nullptr) {
    if (Connection* connection = find(id)) connection->answer(std::move(result), from);
  }

  void follow(ConnectionId id, object::Response response) { answer(id, std::move(response)); }

  void follow(ConnectionId id, ToObject route) {
    object::Object& object = objects_.named(route.name);
    const object::Request copy = route.request;
    as_the_object_sees_it(route.request, options_.parameters.strict_protocol != 0);
    object.fetch(std::move(route.request), [this, id, &object, copy](object::FetchResult result) {
      if (const auto* failure = std::get_if<object::JsError>(&result)) {
        options_.app->fetch_rejected(object.name(), copy, *failure);
      }
      answer(id, std::move(result), &object);
    });
  }

  void follow(ConnectionId id, Evict route) {
    object::Object* object = objects_.find(route.name);
    const auto result =
        object ? object->evict(route.sockets) : object::Object::EvictResult::kNotInMemory;
    const bool done = result == object::Object::EvictResult::kEvicted;
    const bool held = result == object::Object::EvictResult::kHeld;
    answer(id, done ? plain(204, "")
                    : plain(409, held ? "something holds the object in memory" : "not in memory"));
  }

  void follow(ConnectionId id, Deploy) {
    objects_.reset_all(kCodeUpdated);
    answer(id, plain(204, ""));
  }

  // Every other connection goes with the process, answered or not.
  void follow(ConnectionId id, Crash) {
    objects_.crash_all();
    for (auto& [other, connection] : connections_) {
      if (other != id) connection->drop();
    }
    answer(id, plain(204, ""));
  }

  void follow(ConnectionId id, SetStorageFaults route) {
    objects_.named(route.name).storage().set_faults(route.faults);
    answer(id, plain(204, ""));
  }

  void follow(ConnectionId id, ReadUsage route) {
    object::Response::Init init;
    init.headers = {{"Content-Type", "application/json"}};
    answer(id, object::Response(usage_json(objects_.find(route.name)).dump(), init));
  }

  ServerOptions options_;
  Transport& transport_;
  Time now_{};
  std::map<ConnectionId, std::unique_ptr<Connection>> connections_;
  Objects objects_;
};

Server::Server(ServerOptions options, Transport& transport)
    : impl_(std::make_unique<Impl>(std::move(options), transport)) {}
Server::~Server() = default;

void Server::opened(ConnectionId id, Time now) {
  impl_->set_now(now);
  impl_->open(id);
}

void Server::received(ConnectionId id, std::string_view octets, Time now) {
  impl_->set_now(now);
  if (Connection* connection = impl_->find(id)) connection->received(octets);
  impl_->collect(id);
}

void Server::peer_finished(ConnectionId id, Time now) {
  impl_->set_now(now);
  if (Connection* connection = impl_->find(id)) connection->peer_finished();
  impl_->collect(id);
}

void Server::peer_reset(ConnectionId id, Time now) {
  impl_->set_now(now);
  if (Connection* connection = impl_->find(id)) connection->peer_reset();
  impl_->collect(id);
}

void Server::written(ConnectionId id, std::size_t unsent, Time now) {
  impl_->set_now(now);
  if (Connection* connection = impl_->find(id)) connection->written(unsent);
}

std::optional<Time> Server::next_deadline() const {
  return impl_->objects().next_deadline();
}

void Server::advance_to(Time now) {
  impl_->set_now(now);
  impl_->objects().advance(now);
  impl_->collect_all();
}

void Server::deploy(Time now) {
  impl_->set_now(now);
  impl_->objects().reset_all(kCodeUpdated);
  impl_->collect_all();
}

}  // namespace torpor::server
