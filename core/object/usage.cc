#include "core/object/usage.h"

#include "core/mutants.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

namespace {

constexpr std::int64_t kMessagesOfARequest = 20;

constexpr std::array<std::string_view, kHoldCount> kHoldNames = {
    "request",
    "handler",
    "waitUntil",
    "blockConcurrencyWhile",
    "timer",
    "event",
    "standardSocket",
    "unacceptedSocket",
    "connectingSocket",
    "unsentOctets",
    "unconfirmedWrite",
    "alarm",
};
static_assert(!kHoldNames.back().empty());

}  // namespace

std::string_view name_of(Hold hold) {
  return kHoldNames[index_of(hold)];
}

BilledRequests Usage::billed_requests() const {
  const std::int64_t ratio = planted(Mutant::kMessageIsARequest) ? 1 : kMessagesOfARequest;
  const std::int64_t messages = messages_in + (planted(Mutant::kPingsBilled) ? pings : 0) +
                                (planted(Mutant::kSentBilled) ? messages_out : 0);
  return {upgrades + http_requests + alarms + messages / ratio, messages % ratio};
}

void Usage::set_holds(Time now, std::optional<Holds> holds) {
  if (holds == holds_) return;  // goes on as before
  for (std::size_t i = 0; i < kHoldCount; ++i) {
    held_by_[i] = held_by(static_cast<Hold>(i), now);
  }
  const Duration billed_before = billed(now), free_before = free(now);
  billed_ = billed_before;
  free_ = free_before;
  since_ = now;
  holds_ = holds;
}

Duration Usage::billed(Time now) const {
  return billed_ + since(now, holds_ && (holds_->any() || planted(Mutant::kIdleTimeBilled)));
}

Duration Usage::free(Time now) const {
  return free_ + since(now, holds_ && holds_->none());
}

Duration Usage::held_by(Hold hold, Time now) const {
  return held_by_[index_of(hold)] + since(now, holds_ && holds_->test(index_of(hold)));
}

}  // namespace torpor::object
