#include "reference-server/server.h"

#include <map>
#include <utility>
#include <vector>

#include "core/mutants.h"
#include "core/object/web_socket.h"
#include "core/paged_table.h"
#include "reference-server/connection.h"
#include "reference-server/http_message.h"
#include "reference-server/objects.h"
#include "reference-server/options.h"
#include "reference-server/outgoing_connection.h"
#include "reference-server/storage_files.h"
#include "reference-server/usage_json.h"

namespace torpor::server {

using mutants::Mutant;
using mutants::planted;

namespace {

// How long an eviction that is asked for waits for what holds the object (conformance/FIXTURE.md).
constexpr Duration kEvictionPatience = milliseconds(5'000);
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
  const bool lists =
      planted(Mutant::kUpgradeListTaken) || (strict && !planted(Mutant::kUpgradeListRefused));
  const bool listed = lists && has_member(request.headers, "Upgrade", "websocket");
  if (!request.wants_websocket() && !listed) return;
  if (!planted(Mutant::kMethodKept)) request.method = "GET";
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
    const auto* found = connections_.find(number_of(id));
    return found ? found->get() : nullptr;
  }
  // Calls for the connection of that number, of either kind, and forgets it if it is over.
  template <typename Action>
  void on(ConnectionId id, Action action) {
    if (Connection* connection = find(id)) {
      action(*connection);
      if (!connection->over()) return;
      connections_.erase(number_of(id));
      std::erase(maybe_over_, id);
    } else if (const auto own = outgoing_.find(id); own != outgoing_.end()) {
      action(*own->second);
      if (own->second->over()) outgoing_.erase(own);
    }
  }
  template <typename Action>
  void on_outgoing(ConnectionId id, Action action) {
    const auto own = outgoing_.find(id);
    if (own == outgoing_.end()) return;
    action(*own->second);
    if (own->second->over()) outgoing_.erase(own);
  }
  void open(ConnectionId id) {
    connections_.insert(number_of(id), std::make_unique<Connection>(id, *this));
  }
  void collect_all() {
    for (const ConnectionId id : std::exchange(maybe_over_, {})) {
      const Connection* connection = find(id);
      if (connection && connection->over()) connections_.erase(number_of(id));
    }
    std::erase_if(outgoing_, [](const auto& entry) { return entry.second->over(); });
  }

  void crash(const std::function<bool(ConnectionId)>& spared) {
    objects_.crash_all();
    connections_.for_each([&](std::uint64_t id, auto& connection) {
      if (!spared(static_cast<ConnectionId>(id))) connection->drop();
    });
    for (auto& [id, connection] : outgoing_) connection->drop();
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
    const auto worker = workers_.find(object.ordinal());
    if (worker == workers_.end()) return options_.app->make_object(object.name(), state);
    return options_.app->make_worker(worker->second.name, worker->second.socket, state);
  }
  void turn_begins() override { transport_.turn_begins(); }
  void deadline_changed(object::Object& object) override {
    objects_.deadline_changed(object);
    const auto worker = workers_.find(object.ordinal());
    if (worker != workers_.end() && object.is_over()) over_.push_back(&object);
  }
  void was_reset(object::Object& object, bool crashed) override {
    if (workers_.contains(object.ordinal())) return;
    options_.app->object_reset(object.name(), crashed, object.now());
  }
  // Removes the workers that are over; not from within a call of theirs.
  void end_workers() {
    while (!over_.empty()) {
      object::Object& worker = *over_.back();
      std::erase(over_, &worker);
      if (!worker.is_over()) continue;
      workers_.erase(worker.ordinal());
      worker.leave();
      objects_.remove(worker.ordinal());
    }
  }

  std::function<void()> connect(object::Object& object,
                                const std::shared_ptr<object::SocketEnd>& end,
                                const object::ConnectRequest& request) override {
    const object::SocketUrl& url = request.url;
    const bool secure = url.scheme == "wss" || url.scheme == "https";
    if (secure || url.host.empty() || url.port == 0) {  // there is no TLS here
      object.connected(*end, {.status = 0});
      return {};
    }
    const ConnectionId id = transport_.connect(url.host, url.port);
    outgoing_.emplace(id, std::make_unique<OutgoingConnection>(id, *this, object, end, request));
    return [this, id] {
      if (const auto own = outgoing_.find(id); own != outgoing_.end()) own->second->give_up();
    };
  }
  object::StorageOptions storage_options(const std::string& name) override {
    return {.path = storage_file(options_.storage_folder, name),
            .epoch_us = options_.epoch_ms * 1000,
            .random_seed = options_.random_seed,
            .sql_goes_on = [this] { turn_begins(); }};
  }

  // Gateway
  Transport& transport() override { return transport_; }
  void maybe_over(ConnectionId id) override { maybe_over_.push_back(id); }
  void serve(ConnectionId id, object::Request request) override {
    Route route = options_.app->route(std::move(request));
    std::visit([&](auto& chosen) { follow(id, std::move(chosen)); }, route);
  }

 private:
  static std::uint64_t number_of(ConnectionId id) { return static_cast<std::uint64_t>(id); }

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
    object.fetch(std::move(route.request),
                 [this, id, &object, copy, held = route.held](object::FetchResult result) {
                   if (const auto* failure = std::get_if<object::JsError>(&result)) {
                     options_.app->fetch_rejected(object.name(), copy, *failure, now_);
                   } else if (held) {
                     return hold(id, object, copy, std::get<object::Response>(result));
                   }
                   answer(id, std::move(result), &object);
                 });
  }

  void hold(ConnectionId id, object::Object& object, const object::Request& request,
            const object::Response& response) {
    object::Object& worker = objects_.unnamed();
    const auto& socket = response.web_socket();
    const auto end = socket ? socket->shared_end() : nullptr;
    workers_[worker.ordinal()] = {object.name(), end};
    worker.fetch(request, [this, id, &object, &worker, end](object::FetchResult result) {
      const auto* own = std::get_if<object::Response>(&result);
      const bool passes_on = own && own->web_socket() && own->web_socket()->shared_end() == end;
      answer(id, std::move(result), passes_on ? &object : &worker);
    });
  }

  void follow(ConnectionId id, Evict route) {
    using Result = object::Object::EvictResult;
    const auto evicted = [this, id](Result result) {
      const bool held = result == Result::kHeld;
      answer(id, result == Result::kEvicted
                     ? plain(204, "")
                     : plain(409, held ? "something holds the object in memory" : "not in memory"));
    };
    object::Object* object = objects_.find(route.name);
    if (!object) return evicted(Result::kNotInMemory);
    object->evict_once_free(route.sockets, kEvictionPatience, evicted);
  }

  void follow(ConnectionId id, Deploy) {
    objects_.reset_all(kCodeUpdated);
    answer(id, plain(204, ""));
  }

  void follow(ConnectionId id, Crash) {
    crash([id](ConnectionId other) { return other == id; });
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
  PagedTable<std::unique_ptr<Connection>> connections_;
  std::vector<ConnectionId> maybe_over_;  // what there is to look at in collect_all()
  std::map<ConnectionId, std::unique_ptr<OutgoingConnection>> outgoing_;
  // Workers that hold a response, by ordinal of the object that runs them.
  struct Worker {
    std::string name;
    std::shared_ptr<object::SocketEnd> socket;
  };
  std::map<std::uint64_t, Worker> workers_;
  std::vector<object::Object*> over_;
  Objects objects_;
};

Server::Server(ServerOptions options, Transport& transport)
    : impl_(std::make_unique<Impl>(std::move(options), transport)) {}
Server::~Server() = default;

void Server::opened(ConnectionId id, Time now) {
  impl_->set_now(now);
  impl_->open(id);
}

void Server::connected(ConnectionId id, Time now) {
  impl_->set_now(now);
  impl_->on_outgoing(id, [](OutgoingConnection& connection) { connection.connected(); });
  impl_->end_workers();
}

void Server::connect_failed(ConnectionId id, Time now) {
  impl_->set_now(now);
  impl_->on_outgoing(id, [](OutgoingConnection& connection) { connection.connect_failed(); });
  impl_->end_workers();
}

void Server::received(ConnectionId id, std::string_view octets, Time now) {
  impl_->set_now(now);
  impl_->on(id, [&](auto& connection) { connection.received(octets); });
  impl_->end_workers();
}

void Server::prefetch(ConnectionId id, int part) const {
  if (const Connection* connection = impl_->find(id)) connection->prefetch(part);
}

void Server::peer_finished(ConnectionId id, Time now) {
  impl_->set_now(now);
  impl_->on(id, [](auto& connection) { connection.peer_finished(); });
  impl_->end_workers();
}

void Server::peer_reset(ConnectionId id, Time now) {
  impl_->set_now(now);
  impl_->on(id, [](auto& connection) { connection.peer_reset(); });
  impl_->end_workers();
}

void Server::written(ConnectionId id, std::size_t unsent, Time now) {
  impl_->set_now(now);
  impl_->on(id, [&](auto& connection) { connection.written(unsent); });
}

std::optional<Time> Server::next_deadline() const {
  return impl_->objects().next_deadline();
}

void Server::advance_to(Time now) {
  impl_->set_now(now);
  impl_->objects().advance(now);
  impl_->end_workers();
  impl_->collect_all();
}

void Server::deploy(Time now) {
  impl_->set_now(now);
  impl_->objects().reset_all(kCodeUpdated);
  impl_->end_workers();
  impl_->collect_all();
}

void Server::evict_all(Time now) {
  impl_->set_now(now);
  impl_->objects().evict_all();
  impl_->end_workers();
}

void Server::crash(Time now, const std::function<bool(ConnectionId)>& spared) {
  impl_->set_now(now);
  impl_->crash(spared);
  impl_->end_workers();
  impl_->collect_all();
}

}  // namespace torpor::server
