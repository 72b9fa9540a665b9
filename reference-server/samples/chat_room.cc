#include <algorithm>
#include <optional>
#include <regex>

#include "core/json.h"
#include "core/object/conversions.h"
#include "core/object/web_socket.h"
#include "core/value/text.h"
#include "reference-server/request_target.h"
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
using value::Value;

constexpr std::size_t kNameMax = 32;
constexpr std::size_t kMessageMax = 256;
constexpr int kHistory = 20;
// A message takes a second of a client's credit, which is five seconds at most and comes back with
// time.
constexpr double kCostMs = 1000;
constexpr double kCreditMs = 5000;

// What is attached to the socket of somebody who has said a name.
struct Guest {
  std::string name;
  double paid_until = 0;
};

void say(object::WebSocket& ws, const Json& notice) {
  ws.send({MessageType::kText, notice.dump()});
}

void attach(object::WebSocket& ws, const Guest& guest) {
  Value state = Value::object();
  state.set("name", Value::utf8(guest.name));
  state.set("paidUntil", Value::number(guest.paid_until));
  ws.serializeAttachment(state);
}

std::optional<Guest> guest_of(const object::WebSocket& ws) {
  const Value state = ws.deserializeAttachment();
  if (state.kind() != value::Kind::kObject) return std::nullopt;
  return Guest{object::to_string(state.get("name")), state.get("paidUntil").as_number()};
}

// A member of a message that is a text of 1 to `max` UTF-16 units.
std::optional<std::string> text_in(const Message& message, const char* member, std::size_t max) {
  const Json said =
      message.type == MessageType::kText ? parse_json_or_null(message.data) : Json(nullptr);
  if (!said.is_object() || !said.contains(member) || !said[member].is_string()) return std::nullopt;
  const auto& text = said[member].get_ref<const std::string&>();
  const std::size_t units = value::utf16_from_utf8(text).size();
  return units >= 1 && units <= max ? std::optional(text) : std::nullopt;
}

// A client says who it is, {"name":N}, then speaks, {"message":M}. It is sent the last messages of
// the room, oldest first, then who is there, {"present":[N,...]}; from then on
// {"name":N,"message":M} for whatever is said, {"joined":N} and {"left":N} for the others,
// {"error":E} for what was not accepted of its own.
//
// The history is in storage and what is known of a client in its attachment: the room may hibernate
// at any time.
class ChatRoom final : public object::DurableObject {
 public:
  explicit ChatRoom(object::DurableObjectState& ctx) : ctx_(ctx) {
    sql("CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, name TEXT, message TEXT)");
  }

  object::Handlers handlers() const override { return {.alarm = false}; }

  Task<Response> fetch(Request) override {
    auto [client, server] = ctx_.newWebSocketPair();
    ctx_.acceptWebSocket(server);
    co_return switching_protocols(client);
  }

  Task<> webSocketMessage(WebSocketPtr ws, Message message) override {
    if (ws->readyState() != ReadyState::kOpen) co_return;
    if (const auto guest = guest_of(*ws)) {
      speak(*ws, *guest, text_in(message, "message", kMessageMax));
    } else {
      join(*ws, text_in(message, "name", kNameMax));
    }
  }

  Task<> webSocketClose(WebSocketPtr ws, std::uint16_t code, std::string reason, bool) override {
    leave(*ws);
    try {
      ws->close(code, reason);
    } catch (const object::JsError&) {
      ws->close();  // the code stood for none
    }
    co_return;
  }

  Task<> webSocketError(WebSocketPtr ws, object::JsError) override {
    leave(*ws);
    co_return;
  }

 private:
  void join(object::WebSocket& ws, const std::optional<std::string>& name) {
    if (!name) {
      say(ws, {{"error", "a name is a text of 1 to " + std::to_string(kNameMax) + " characters"}});
      return ws.close(1008, "no name");
    }
    const Value history = sql("SELECT name, message FROM history ORDER BY id");
    for (std::size_t i = 0; i < history.length(); ++i) {
      const Value entry = history.at(i);
      say(ws, {{"name", object::to_string(entry.get("name"))},
               {"message", object::to_string(entry.get("message"))}});
    }
    tell({{"joined", *name}});
    attach(ws, {*name});
    say(ws, {{"present", names()}});
  }

  void speak(object::WebSocket& ws, Guest guest, const std::optional<std::string>& message) {
    if (!message) {
      return say(ws, {{"error", "a message is a text of 1 to " + std::to_string(kMessageMax) +
                                    " characters"}});
    }
    const double now = static_cast<double>(ctx_.dateNow());
    guest.paid_until = std::max(guest.paid_until, now) + kCostMs;
    if (guest.paid_until - now > kCreditMs)
      return say(ws, {{"error", "too many messages; wait a moment"}});
    attach(ws, guest);
    sql("INSERT INTO history (name, message) VALUES (?, ?)",
        {Value::utf8(guest.name), Value::utf8(*message)});
    sql("DELETE FROM history WHERE id <= (SELECT MAX(id) FROM history) - ?",
        {Value::number(kHistory)});
    tell({{"name", guest.name}, {"message", *message}});
  }

  // Its own socket is no longer open by now.
  void leave(const object::WebSocket& ws) {
    if (const auto guest = guest_of(ws)) tell({{"left", guest->name}});
  }

  std::vector<WebSocketPtr> guests() {
    std::vector<WebSocketPtr> sockets = ctx_.getWebSockets();
    std::erase_if(sockets, [](const WebSocketPtr& ws) {
      return ws->readyState() != ReadyState::kOpen || !guest_of(*ws);
    });
    return sockets;
  }

  // Sorted as JavaScript sorts strings.
  Json names() {
    std::vector<std::u16string> sorted;
    for (const WebSocketPtr& ws : guests())
      sorted.push_back(value::utf16_from_utf8(guest_of(*ws)->name));
    std::sort(sorted.begin(), sorted.end());
    Json list = Json::array();
    for (const std::u16string& name : sorted) list.push_back(value::utf8_from_utf16(name));
    return list;
  }

  void tell(const Json& notice) {
    for (const WebSocketPtr& ws : guests()) say(*ws, notice);
  }

  Value sql(const std::string& query, std::initializer_list<Value> bindings = {}) {
    Value list = Value::array();
    for (const Value& binding : bindings) list.push(binding);
    return ctx_.storage().sql(query, list, ctx_.dateNow());
  }

  object::DurableObjectState& ctx_;
};

// /room/NAME/websocket: the object of that name.
std::optional<std::string> room_in(const RequestTarget& target) {
  static const std::regex kRoom("/room/([A-Za-z0-9-]{1,32})/websocket");
  std::smatch parts;
  return std::regex_match(target.path, parts, kRoom) ? std::optional(parts[1].str()) : std::nullopt;
}

class ChatApp final : public App {
 public:
  Route route(Request request) override {
    const auto room = room_in(RequestTarget(request.target));
    if (request.method != "GET" || !room) return refusal(400, "Bad Request");
    if (!object::equal_ignoring_case(object::header(request.headers, "Upgrade").value_or(""),
                                     "websocket"))
      return refusal(426, "Expected Upgrade: websocket");
    return ToObject{*room, std::move(request)};
  }
  std::unique_ptr<object::DurableObject> make_object(const std::string&,
                                                     object::DurableObjectState& ctx) override {
    return std::make_unique<ChatRoom>(ctx);
  }
};

}  // namespace

std::unique_ptr<App> make_chat_room() {
  return std::make_unique<ChatApp>();
}

}  // namespace torpor::server::samples
