#include "core/object/transaction.h"

#include <string>

#include "core/object/js_error.h"
#include "core/object/state.h"

namespace torpor::object {

DurableObjectTransaction::DurableObjectTransaction(DurableObjectState& state) : state_(state) {
  state_.storage().begin_transaction();
  depth_ = state_.storage().transactions();
}

Storage& DurableObjectTransaction::storage(const char* method) const {
  const std::string call = std::string(method) + "()";
  if (phase_ == Phase::kRolledBack) throw error("Cannot " + call + " on rolled back transaction");
  if (phase_ == Phase::kCommitted) {
    throw error("Cannot call " + call +
                " on transaction that has already committed: did you move `txn` outside of the "
                "closure?");
  }
  return state_.storage();
}

void DurableObjectTransaction::setAlarm(Duration delay) {
  state_.check_alarm_handler();
  storage("setAlarm");
  state_.setAlarm(delay);
}

void DurableObjectTransaction::deleteAll() {
  throw error("Cannot call deleteAll() within a transaction");
}

void DurableObjectTransaction::rollback() {
  if (phase_ == Phase::kRolledBack) return;
  if (storage("rollback").transactions() != depth_) {
    throw error(
        "Cannot roll back an outer transaction while a nested transaction is still running.");
  }
  undo();
}

void DurableObjectTransaction::commit() {
  if (phase_ != Phase::kOpen) return;
  state_.storage().commit_transaction();
  phase_ = Phase::kCommitted;
}

void DurableObjectTransaction::undo() {
  if (phase_ != Phase::kOpen) return;
  phase_ = Phase::kRolledBack;
  state_.storage().roll_back_transaction();
}

}  // namespace torpor::object
