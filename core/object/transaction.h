// The `txn` that storage.transaction() gives its callback. Names as documented.
#pragma once

#include <cstddef>

#include "core/object/storage.h"
#include "core/time.h"

namespace torpor::object {

class DurableObjectState;

class DurableObjectTransaction {
 public:
  // The transaction begins here.
  explicit DurableObjectTransaction(DurableObjectState& state);
  DurableObjectTransaction(const DurableObjectTransaction&) = delete;
  DurableObjectTransaction& operator=(const DurableObjectTransaction&) = delete;

  // What get(), put(), delete(), list(), getAlarm() and deleteAlarm() work on: all of the object's
  // storage is part of the transaction. `method` is the one that asks; throws JsError once the
  // transaction has ended (STORE-17).
  Storage& storage(const char* method) const;
  void setAlarm(Duration delay);
  [[noreturn]] void deleteAll();
  // Undoes what was written since the beginning. What comes after is written without a transaction
  // (STORE-19).
  void rollback();

  // The callback has returned or has thrown.
  void commit();
  void undo();

 private:
  enum class Phase { kOpen, kRolledBack, kCommitted };

  DurableObjectState& state_;
  std::size_t depth_;  // how many were open with it
  Phase phase_ = Phase::kOpen;
};

}  // namespace torpor::object
