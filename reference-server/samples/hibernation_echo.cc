#include "core/object/web_socket.h"
#include "reference-server/samples/documented_worker.h"
#include "reference-server/samples/samples.h"

namespace torpor::server::samples {
namespace {

using object::Message;
using object::MessageType;
using object::Request;
using object::Response;
using object::Task;
using object::WebSocketPtr;

class WebSocketHibernationServer final : public object::DurableObject {
 public:
  explicit WebSocketHibernationServer(object::DurableObjectState& ctx) : ctx_(ctx) {}

  object::Handlers handlers() const override { return {.webSocketError = false, .alarm = false}; }

  Task<Response> fetch(Request) override {
    auto [client, server] = ctx_.newWebSocketPair();
    ctx_.acceptWebSocket(server);
    co_return switching_protocols(client);
  }

  Task<> webSocketMessage(WebSocketPtr ws, Message message) override {
    // A binary message in a template string is "[object ArrayBuffer]".
    const std::string text =
        message.type == MessageType::kText ? message.data : "[object ArrayBuffer]";
    const std::size_t connections = ctx_.getWebSockets().size();
    ws->send({MessageType::kText, "[Durable Object] message: " + text +
                                      ", connections: " + std::to_string(connections)});
    co_return;
  }

  Task<> webSocketClose(WebSocketPtr ws, std::uint16_t code, std::string reason, bool) override {
    ws->close(code, reason);
    co_return;
  }

 private:
  object::DurableObjectState& ctx_;
};

}  // namespace

std::unique_ptr<App> make_hibernation_echo() {
  return std::make_unique<DocumentedWorker<WebSocketHibernationServer>>();
}

}  // namespace torpor::server::samples
