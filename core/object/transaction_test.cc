#include "core/object/transaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>

#include "core/compat/parameters.h"
#include "core/object/js_error.h"
#include "core/object/object.h"

namespace torpor::object {
namespace {

using testing::ElementsAre;
using value::Value;
using Transaction = std::shared_ptr<DurableObjectTransaction>;
using Body = std::function<Task<>(DurableObjectState&)>;

class Code : public DurableObject {
 public:
  Code(DurableObjectState& state, const Body& body) : state_(state), body_(body) {}
  Task<Response> fetch(Request) override {
    co_await body_(state_);
    co_return Response();
  }

 private:
  DurableObjectState& state_;
  const Body& body_;
};

// An object whose fetch() does what the test says.
class ATransaction : public testing::Test, public Host {
 protected:
  const compat::Parameters& parameters() const override { return parameters_; }
  const compat::Flags& flags() const override { return flags_; }
  Time now() const override { return Time{}; }
  std::int64_t date_now() const override { return 0; }
  std::unique_ptr<DurableObject> make_code(Object&, DurableObjectState& state) override {
    return std::make_unique<Code>(state, body_);
  }
  void deadline_changed(Object&) override {}
  std::function<void()> connect(Object&, const std::shared_ptr<SocketEnd>&,
                                const ConnectRequest&) override {
    return {};
  }

  FetchResult fetch(Body body) {
    body_ = std::move(body);
    FetchResult result;
    object_.fetch({}, [&](FetchResult answer) { result = std::move(answer); });
    return result;
  }
  std::vector<std::string> keys() {
    std::vector<std::string> keys;
    for (const auto& [key, value] : object_.storage().list()) keys.push_back(key);
    return keys;
  }

  compat::Parameters parameters_ = compat::parameters_of(compat::Profile::kParity);
  compat::Flags flags_;
  Body body_;
  Object object_{*this, "o", 0};
};

void put(const Transaction& txn, const std::string& key) {
  txn->storage("put").put(key, Value::number(1));
}

TEST_F(ATransaction, ThatThrowsIsUndoneAndTellsWhoeverAwaitsIt) {
  std::string seen;
  fetch([&](DurableObjectState& ctx) -> Task<> {
    try {
      co_await *ctx.transaction([](const Transaction& txn) -> Task<> {
        put(txn, "a");
        throw error("no");
        co_return;
      });
    } catch (const JsError& thrown) {
      seen = thrown.message;
    }
    ctx.storage().put("b", Value::number(1));
  });
  EXPECT_EQ(seen, "no");
  EXPECT_THAT(keys(), ElementsAre("b"));
}

TEST_F(ATransaction, ThatNobodyAwaitsRunsAfterTheTurnAndMayThrow) {
  std::string order;
  fetch([&](DurableObjectState& ctx) -> Task<> {
    ctx.transaction([&](const Transaction&) -> Task<> {
      order += "transaction ";
      throw error("no");
      co_return;
    });
    order += "fetch ";
    co_return;
  });
  EXPECT_EQ(order, "fetch transaction ");
  fetch([&](DurableObjectState&) -> Task<> {
    order += "next";
    co_return;
  });
  EXPECT_EQ(order, "fetch transaction next");
}

// STORE-20
TEST_F(ATransaction, IsNotUndoneWhileOneWithinItRuns) {
  std::string seen;
  fetch([&](DurableObjectState& ctx) -> Task<> {
    co_await *ctx.transaction([&](const Transaction& outer) -> Task<> {
      put(outer, "a");
      // By reference: GCC 12 destroys what a temporary of a co_await holds by value twice.
      co_await *ctx.transaction([&](const Transaction& inner) -> Task<> {
        put(inner, "b");
        try {
          outer->rollback();
        } catch (const JsError& thrown) {
          seen = thrown.message;
        }
        inner->rollback();
        co_return;
      });
      put(outer, "c");
    });
  });
  EXPECT_EQ(seen,
            "Cannot roll back an outer transaction while a nested transaction is still running.");
  EXPECT_THAT(keys(), ElementsAre("a", "c"));
}

// STORE-23
TEST_F(ATransaction, ThatAbortsIsUndoneAndTheNextOneBeginsAnew) {
  const FetchResult result = fetch([](DurableObjectState& ctx) -> Task<> {
    co_await *ctx.transaction([&](const Transaction& txn) -> Task<> {
      put(txn, "a");
      ctx.abort("over");
      co_return;
    });
  });
  ASSERT_TRUE(std::holds_alternative<JsError>(result));
  EXPECT_EQ(std::get<JsError>(result).message, "over");
  fetch([](DurableObjectState& ctx) -> Task<> {
    co_await *ctx.transaction([](const Transaction& txn) -> Task<> {
      put(txn, "b");
      co_return;
    });
  });
  EXPECT_THAT(keys(), ElementsAre("b"));
  EXPECT_TRUE(object_.storage().all_confirmed());
}

}  // namespace
}  // namespace torpor::object
