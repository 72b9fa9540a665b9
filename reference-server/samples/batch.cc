#include "core/json.h"
#include "core/object/web_socket.h"
#include "reference-server/samples/documented_worker.h"
#include "reference-server/samples/samples.h"

namespace torpor::server::samples {
namespace {

using object::Message;
using object::MessageType;
using object::ReadyState;
using object::Request;
using object::Response;
using object::Task;
using object::WebSocketPtr;

constexpr std::size_t kCount = 50;
constexpr Duration kDelay = milliseconds(50);

// A game room: what one player does, all are told. Many logical messages travel in one WebSocket
// message, the envelope {"messages":[{"type","payload"},...],"timestamp"}, in both directions. The
// room sends one as soon as kCount logical messages wait, or kDelay after the first of them.
class GameRoom final : public object::DurableObject {
 public:
  explicit GameRoom(object::DurableObjectState& ctx) : ctx_(ctx) {}

  object::Handlers handlers() const override { return {.webSocketError = false, .alarm = false}; }

  Task<Response> fetch(Request) override {
    auto [client, server] = ctx_.newWebSocketPair();
    ctx_.acceptWebSocket(server);
    co_return switching_protocols(client);
  }

  Task<> webSocketMessage(WebSocketPtr, Message message) override {
    if (message.type != MessageType::kText) co_return;
    const auto batch = parse_json(message.data);
    if (const auto* problem = std::get_if<JsonProblem>(&batch))
      throw object::JsError{"SyntaxError", problem->what};
    const Json messages = std::get<Json>(batch).is_object()
                              ? std::get<Json>(batch).value("messages", Json())
                              : Json();
    if (!messages.is_array()) throw object::JsError{"TypeError", "messages is not iterable"};
    for (const Json& logical : messages) handle(logical);
  }

  Task<> webSocketClose(WebSocketPtr ws, std::uint16_t code, std::string reason, bool) override {
    ws->close(code, reason);
    co_return;
  }

 private:
  void handle(const Json& logical) {
    if (logical.is_null()) throw object::JsError{"TypeError", "a logical message is null"};
    Json kept = Json::object();
    for (const char* member : {"type", "payload"}) {
      if (logical.is_object() && logical.contains(member)) kept[member] = logical[member];
    }
    waiting_.push_back(std::move(kept));
    if (waiting_.size() >= kCount) return flush();
    if (timer_set_) return;
    timer_set_ = true;
    // There is no clearTimeout here: a timer whose envelope has left does nothing.
    ctx_.setTimeout(kDelay, [this, envelope = envelopes_]() -> Task<> {
      if (envelope == envelopes_) flush();
      co_return;
    });
  }

  void flush() {
    const std::string envelope =
        Json{{"messages", std::move(waiting_)}, {"timestamp", ctx_.dateNow()}}.dump();
    waiting_ = Json::array();
    timer_set_ = false;
    ++envelopes_;
    for (const WebSocketPtr& player : ctx_.getWebSockets()) {
      if (player->readyState() == ReadyState::kOpen) player->send({MessageType::kText, envelope});
    }
  }

  object::DurableObjectState& ctx_;
  Json waiting_ = Json::array();
  bool timer_set_ = false;
  std::uint64_t envelopes_ = 0;
};

}  // namespace

std::unique_ptr<App> make_batch() {
  return std::make_unique<DocumentedWorker<GameRoom>>();
}

}  // namespace torpor::server::samples
