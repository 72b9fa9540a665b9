// The worker of the documentation's examples, for any class of object.
#pragma once

#include <memory>
#include <string>

#include "reference-server/app.h"

namespace torpor::server::samples {

// What has to end in /websocket: the documented worker looks at all of request.url, so that there
// is no room for a query.
enum class UrlPart { kAll, kPath };

// Validates the request in the worker, so that a bad one never reaches an object. The check of the
// Upgrade header is the documented one: case-sensitive.
Route documented_route(object::Request request, UrlPart part);

template <typename Class, UrlPart kPart = UrlPart::kAll>
class DocumentedWorker final : public App {
 public:
  Route route(object::Request request) override {
    return documented_route(std::move(request), kPart);
  }
  std::unique_ptr<object::DurableObject> make_object(const std::string&,
                                                     object::DurableObjectState& ctx) override {
    return std::make_unique<Class>(ctx);
  }
};

// An empty answer of that status.
object::Response refusal(int status, const char* status_text);
// new Response(null, {status: 101, webSocket: client})
object::Response switching_protocols(object::WebSocketPtr client);

}  // namespace torpor::server::samples
