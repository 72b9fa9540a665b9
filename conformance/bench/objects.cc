#include "conformance/bench/objects.h"

#include <limits>
#include <string>
#include <utility>

#include "core/object/web_socket.h"

namespace torpor::bench {
namespace {

using object::Message;
using object::Request;
using object::Response;
using object::Task;
using object::WebSocketPtr;

Response switching_protocols(WebSocketPtr client) {
  Response::Init init;
  init.status = 101;
  init.web_socket = std::move(client);
  return Response(std::nullopt, std::move(init));
}

class Echo : public object::DurableObject {
 public:
  Echo(object::DurableObjectState& state, Deeds& deeds) : ctx(state), counted(deeds) {
    ++counted.instances;
  }

  Task<Response> fetch(Request) override {
    auto [client, server] = ctx.newWebSocketPair();
    ctx.acceptWebSocket(server);
    accepted(server);
    co_return switching_protocols(client);
  }
  Task<> webSocketMessage(WebSocketPtr ws, Message message) override {
    ws->send({message.type, std::move(message.data)});
    co_return;
  }
  Task<> webSocketClose(WebSocketPtr ws, std::uint16_t code, std::string reason, bool) override {
    ws->close(code, reason);
    co_return;
  }

 protected:
  virtual void accepted(const WebSocketPtr&) {}

  object::DurableObjectState& ctx;
  Deeds& counted;
};

class Busy final : public Echo {
 public:
  Busy(object::DurableObjectState& state, Deeds& deeds, Duration alarm_every)
      : Echo(state, deeds), alarm_every_(alarm_every) {
    ctx.setWebSocketAutoResponse(object::RequestResponsePair{"ping", "pong"});
    if (!ctx.storage().alarm()) ctx.setAlarm(alarm_every_);
  }

  Task<> webSocketMessage(WebSocketPtr ws, Message message) override {
    value::Value state = ws->deserializeAttachment();
    state.set("messages", value::Value::number(state.get("messages").as_number() + 1));
    ws->serializeAttachment(state);
    ws->send({message.type, std::move(message.data)});
    co_return;
  }
  Task<> alarm() override {
    ++counted.alarms;
    ctx.setAlarm(alarm_every_);
    co_return;
  }

 private:
  void accepted(const WebSocketPtr& socket) override {
    value::Value state = value::Value::object();
    state.set("messages", value::Value::number(0));
    socket->serializeAttachment(state);
  }

  Duration alarm_every_;
};

class Sleeper final : public Echo {
 public:
  Sleeper(object::DurableObjectState& state, Deeds& deeds, std::size_t attachment,
          Duration alarm_every)
      : Echo(state, deeds), attachment_(attachment), alarm_every_(alarm_every) {}

  Task<> alarm() override {
    ++counted.alarms;
    ctx.setAlarm(alarm_every_);
    co_return;
  }

 private:
  void accepted(const WebSocketPtr& socket) override {
    // In V8's format: version, type and length before the text.
    constexpr std::size_t kHead = 4;
    if (attachment_ > kHead) {
      socket->serializeAttachment(value::Value::utf8(std::string(attachment_ - kHead, 'a')));
    }
    if (alarm_every_ > Duration{} && !ctx.storage().alarm()) ctx.setAlarm(alarm_every_);
  }

  std::size_t attachment_;
  Duration alarm_every_;
};

template <typename Make>
class ByPath final : public server::App {
 public:
  explicit ByPath(Make make) : make_(std::move(make)) {}

  server::Route route(Request request) override {
    std::string name = request.target;
    return server::ToObject{std::move(name), std::move(request)};
  }
  std::unique_ptr<object::DurableObject> make_object(const std::string&,
                                                     object::DurableObjectState& ctx) override {
    return make_(ctx);
  }

 private:
  Make make_;
};

template <typename Make>
std::unique_ptr<server::App> by_path(Make make) {
  return std::make_unique<ByPath<Make>>(std::move(make));
}

}  // namespace

std::unique_ptr<server::App> make_echo(Deeds& deeds) {
  return by_path(
      [&deeds](object::DurableObjectState& ctx) { return std::make_unique<Echo>(ctx, deeds); });
}

std::unique_ptr<server::App> make_busy(Deeds& deeds, Duration alarm_every) {
  return by_path([&deeds, alarm_every](object::DurableObjectState& ctx) {
    return std::make_unique<Busy>(ctx, deeds, alarm_every);
  });
}

std::unique_ptr<server::App> make_sleeper(Deeds& deeds, std::size_t attachment,
                                          Duration alarm_every) {
  return by_path([&deeds, attachment, alarm_every](object::DurableObjectState& ctx) {
    return std::make_unique<Sleeper>(ctx, deeds, attachment, alarm_every);
  });
}

server::ServerOptions server_of(std::unique_ptr<server::App> app) {
  server::ServerOptions options;
  options.parameters.sockets_max = std::numeric_limits<std::int64_t>::max();
  options.app = std::move(app);
  return options;
}

}  // namespace torpor::bench
