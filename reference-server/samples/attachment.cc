#include "core/object/conversions.h"
#include "core/object/web_socket.h"
#include "reference-server/request_target.h"
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
using value::Value;

class AttachmentServer final : public object::DurableObject {
 public:
  explicit AttachmentServer(object::DurableObjectState& ctx) : ctx_(ctx) {}

  object::Handlers handlers() const override { return {.webSocketError = false, .alarm = false}; }

  Task<Response> fetch(Request request) override {
    const std::string order_id =
        RequestTarget(request.target).query("orderId").value_or("anonymous");
    auto [client, server] = ctx_.newWebSocketPair();
    ctx_.acceptWebSocket(server);
    Value state = Value::object();
    state.set("orderId", Value::utf8(order_id));
    state.set("joinedAt", Value::number(static_cast<double>(ctx_.dateNow())));
    server->serializeAttachment(state);
    co_return switching_protocols(client);
  }

  Task<> webSocketMessage(WebSocketPtr ws, Message) override {
    const Value state = ws->deserializeAttachment();
    ws->send({MessageType::kText, "Hello " + object::to_string(state.get("orderId")) +
                                      ", you joined at " +
                                      object::to_string(state.get("joinedAt"))});
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

std::unique_ptr<App> make_attachment() {
  return std::make_unique<DocumentedWorker<AttachmentServer, UrlPart::kPath>>();
}

}  // namespace torpor::server::samples
