#include "core/json.h"
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

// Takes {"messages":[{"type","payload"},...],"timestamp"} and answers each logical message of the
// envelope, in one envelope of its own:
// {"messages":[{"type":"ack","payload":...},...],"timestamp"}.
class GameRoom final : public object::DurableObject {
 public:
  explicit GameRoom(object::DurableObjectState& ctx) : ctx_(ctx) {}

  object::Handlers handlers() const override { return {.webSocketError = false, .alarm = false}; }

  Task<Response> fetch(Request) override {
    auto [client, server] = ctx_.newWebSocketPair();
    ctx_.acceptWebSocket(server);
    co_return switching_protocols(client);
  }

  Task<> webSocketMessage(WebSocketPtr ws, Message message) override {
    if (message.type != MessageType::kText) co_return;
    const Json batch = parse_json_or_null(message.data);
    if (!batch.is_object() || !batch.contains("messages") || !batch["messages"].is_array()) {
      throw object::JsError{"SyntaxError", "the message is not a batch envelope"};
    }
    Json answers = Json::array();
    for (const Json& logical : batch["messages"]) answers.push_back(handle(logical));
    ws->send(
        {MessageType::kText, Json{{"messages", answers}, {"timestamp", ctx_.dateNow()}}.dump()});
  }

  Task<> webSocketClose(WebSocketPtr ws, std::uint16_t code, std::string reason, bool) override {
    ws->close(code, reason);
    co_return;
  }

 private:
  Json handle(const Json& logical) {
    const Json payload =
        logical.is_object() && logical.contains("payload") ? logical["payload"] : Json(nullptr);
    return {{"type", "ack"}, {"payload", payload}};
  }

  object::DurableObjectState& ctx_;
};

}  // namespace

std::unique_ptr<App> make_batch() {
  return std::make_unique<DocumentedWorker<GameRoom>>();
}

}  // namespace torpor::server::samples
