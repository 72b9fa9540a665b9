#include "core/object/web_socket.h"
#include "reference-server/samples/documented_worker.h"
#include "reference-server/samples/samples.h"

namespace torpor::server::samples {
namespace {

using object::CloseEvent;
using object::Message;
using object::MessageType;
using object::Request;
using object::Response;
using object::Task;
using object::WebSocket;

class WebSocketServer final : public object::DurableObject {
 public:
  explicit WebSocketServer(object::DurableObjectState& ctx) : ctx_(ctx) {}

  object::Handlers handlers() const override { return {false, false, false, false}; }

  Task<Response> fetch(Request) override {
    auto [client, server] = ctx_.newWebSocketPair();
    server->accept();
    currentlyConnectedWebSockets_ += 1;
    // The instance holds its sockets; a listener that held one too would keep it for ever. Neither
    // is a coroutine: what it throws, it throws at once (STD-01).
    WebSocket* ws = server.get();
    server->onmessage = [this, ws](Message) {
      ws->send({MessageType::kText, "[Durable Object] currentlyConnectedWebSockets: " +
                                        std::to_string(currentlyConnectedWebSockets_)});
      return Task<>();
    };
    server->onclose = [this, ws](CloseEvent event) {
      currentlyConnectedWebSockets_ -= 1;
      ws->close(event.code, "Durable Object is closing WebSocket");
      return Task<>();
    };
    co_return switching_protocols(client);
  }

 private:
  object::DurableObjectState& ctx_;
  int currentlyConnectedWebSockets_ = 0;
};

}  // namespace

std::unique_ptr<App> make_counter() {
  return std::make_unique<DocumentedWorker<WebSocketServer>>();
}

}  // namespace torpor::server::samples
