#include "core/object/web_socket.h"

#include <map>
#include <variant>

#include "core/mutants.h"
#include "core/object/close_arguments.h"
#include "core/object/instance.h"
#include "core/object/object.h"
#include "core/value/display.h"
#include "core/value/v8_format.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

// With the fault kAttachmentAliased: what was attached itself, not a copy.
value::Value& alias_of(const SocketEnd& end) {
  static std::map<const SocketEnd*, value::Value> aliases;
  return aliases[&end];
}

JsError not_accepted() {
  return type_error(
      "You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending "
      "messages.");
}

// SEND-15: what is sent on it is nobody's.
bool is_passed_on(const SocketEnd& end) {
  return end.returned_in_response() && !end.accepted() && !planted(Mutant::kReturnedEndRefuses);
}

}  // namespace

WebSocket::WebSocket(Instance& instance, std::shared_ptr<SocketEnd> end)
    : instance_(instance),
      end_(std::move(end)),
      binaryType(instance.object().flags().websocket_standard_binary_type &&
                         !planted(Mutant::kBinaryTypeAsBefore)
                     ? BinaryType::kBlob
                     : BinaryType::kArrayBuffer) {
  if (planted(Mutant::kUrlEmpty)) url = "";
  if (planted(Mutant::kExtensionsTold)) extensions = "permessage-deflate";
}

void WebSocket::accept(AcceptOptions options) {
  if (end_->connecting()) {
    throw type_error(
        "Websockets obtained from the 'new WebSocket()' constructor cannot call accept");
  }
  if (end_->mode() == SocketMode::kHibernatable && !planted(Mutant::kHibernatableAccepted)) {
    throw type_error("Can't accept() WebSocket after enabling hibernation.");
  }
  if (end_->returned_in_response()) {
    throw type_error("Can't accept() WebSocket that was already used in a response.");
  }
  if (planted(Mutant::kSecondAcceptThrows) && end_->mode() == SocketMode::kStandard)
    throw type_error("Already accepted.");
  if (end_->mode() == SocketMode::kStandard) return;
  Object& object = instance_.object();
  if (planted(Mutant::kHalfOpenIgnored)) options.allowHalfOpen.reset();
  const bool replies = object.replies_to_close_by_date() || planted(Mutant::kRepliesBeforeItsDate);
  const bool half_open = options.allowHalfOpen.value_or(!replies);
  const bool joined = end_->link() != nullptr;
  end_->accept(object, !half_open);
  object.standard_socket_accepted(end_);
  end_->join_peer_if_accepted();
  if (planted(Mutant::kStandardListed)) object.manager().add(end_);
  // What came before is read from now on (OUT-07).
  if (joined && !planted(Mutant::kReadOnlyLater)) object.to_flush(end_);
}

// SEND-02, SEND-03, SEND-15, ACC-04, in this order.
void WebSocket::send(OutgoingMessage message) {
  if (planted(Mutant::kSendAfterCloseIgnored) && end_->closed_outgoing()) return;
  if (planted(Mutant::kSendAfterTheirCloseThrows) && end_->closed_incoming())
    throw type_error("The socket is closing.");
  if (end_->closed_outgoing() && !planted(Mutant::kMessageAfterCloseSent))
    throw type_error("Can't call WebSocket send() after close().");
  if (end_->outgoing_aborted() && planted(Mutant::kSendAfterLossThrows))
    throw type_error("The socket is lost.");
  if (end_->outgoing_aborted()) return;
  if (is_passed_on(*end_)) return;
  if (planted(Mutant::kSendBeforeAcceptIgnored) && !end_->accepted()) return;
  if (planted(Mutant::kSendWhileConnectingIgnored) && end_->connecting()) return;
  if (!end_->accepted()) throw not_accepted();
  end_->queue(std::move(message));
  instance_.object().to_flush(end_);
}

void WebSocket::close(std::optional<std::int32_t> code, std::optional<std::string> reason) {
  Object& object = instance_.object();
  const bool safe = object.parameters().close_after_close_is_safe &&
                    object.flags().web_socket_auto_reply_to_close;
  if (safe && end_->mode() == SocketMode::kHibernatable && end_->closed_incoming()) return;
  if (planted(Mutant::kClosedBeforeChecked) && end_->closed_outgoing()) return;
  check_close_arguments(code, reason, object.parameters(), object.flags());
  if (planted(Mutant::kSecondCloseThrows) && end_->closed_outgoing())
    throw type_error("Closed already.");
  if ((end_->closed_outgoing() && !planted(Mutant::kSecondCloseSent)) || end_->outgoing_aborted())
    return;
  if (end_->connecting()) {
    end_->set_connecting(false);
    end_->abort_outgoing();
    return object.give_up_connecting(*end_);
  }
  if (is_passed_on(*end_)) return;
  if (!end_->accepted()) throw not_accepted();
  end_->close_outgoing(close_payload(code, reason));
  object.to_flush(end_);
}

void WebSocket::serializeAttachment(const value::Value& value) {
  const bool as_text =
      planted(Mutant::kRegExpAttachedAsText) && value.kind() == value::Kind::kRegExp;
  auto bytes =
      value::serialize(as_text ? value::Value::utf8(value::to_display_string(value)) : value);
  if (planted(Mutant::kRefusedTypeIsNull) && std::holds_alternative<value::CloneError>(bytes))
    bytes = value::serialize(value::Value::null());
  if (auto* failure = std::get_if<value::CloneError>(&bytes))
    throw JsError{failure->name, failure->message};
  const std::int64_t limit = instance_.object().parameters().attachment_bytes_max;
  const std::string& encoded = std::get<std::string>(bytes);
  const std::int64_t off = planted(Mutant::kAttachmentLimitOffByOne) ? 1
                           : planted(Mutant::kAttachmentHeaderFree)  ? 2
                                                                     : 0;
  if (static_cast<std::int64_t>(encoded.size()) > limit + off) {
    if (planted(Mutant::kRefusedAttachmentClears)) end_->attachment.reset();
    throw error("A WebSocket 'attachment' cannot be larger than " + std::to_string(limit) +
                " bytes.'attachment' was " + std::to_string(encoded.size()) + " bytes.");
  }
  if (planted(Mutant::kFirstAttachmentStays) && end_->attachment) return;
  if (planted(Mutant::kAttachmentNeedsAccept) && !end_->accepted()) return;
  end_->attachment = encoded;
  if (planted(Mutant::kAttachmentAliased)) alias_of(*end_) = value;
}

value::Value WebSocket::deserializeAttachment() const {
  if (!end_->attachment && planted(Mutant::kNothingAttachedIsUndefined))
    return value::Value::undefined();
  if (!end_->attachment) return value::Value::null();
  if (planted(Mutant::kAttachmentAliased)) return alias_of(*end_);
  auto result = value::deserialize(*end_->attachment);
  if (auto* failure = std::get_if<value::CloneError>(&result))
    throw JsError{"Error", failure->message};
  return std::get<value::Value>(std::move(result));
}

void WebSocket::forget_listeners() {
  onopen.clear();
  onmessage.clear();
  onclose.clear();
  onerror.clear();
}

}  // namespace torpor::object
