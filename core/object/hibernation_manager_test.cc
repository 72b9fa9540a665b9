#include "core/object/hibernation_manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "core/object/object.h"

namespace torpor::object {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class Host final : public object::Host {
 public:
  const compat::Parameters& parameters() const override { return parameters_; }
  const compat::Flags& flags() const override { return flags_; }
  Time now() const override { return {}; }
  std::int64_t date_now() const override { return 0; }
  std::unique_ptr<DurableObject> make_code(Object&, DurableObjectState&) override {
    return nullptr;
  }
  void deadline_changed(Object&) override {}
  std::function<void()> connect(Object&, const std::shared_ptr<SocketEnd>&,
                                const ConnectRequest&) override {
    return {};
  }

 private:
  compat::Parameters parameters_ = compat::parameters_of(compat::Profile::kParity);
  compat::Flags flags_;
};

class Sockets : public testing::Test {
 protected:
  std::shared_ptr<SocketEnd> add(std::vector<std::string> tags) {
    auto end = std::make_shared<SocketPair>(object_.take_end_ids())->end(0);
    end->accept_hibernatable(object_, std::move(tags));
    manager_.add(end);
    return end;
  }
  Host host_;
  Object object_{host_, "o", 0};
  HibernationManager manager_;
};

TEST_F(Sockets, AllNewestFirstTaggedOldestFirst) {
  const auto a = add({"t"}), b = add({"t", "u"}), c = add({});
  EXPECT_THAT(manager_.newest_first(), ElementsAre(c, b, a));
  EXPECT_THAT(manager_.tagged_oldest_first("t"), ElementsAre(a, b));
  EXPECT_THAT(manager_.tagged_oldest_first("nobody"), IsEmpty());
}

TEST_F(Sockets, ARemovedSocketIsInNoList) {
  const auto a = add({"t"}), b = add({"t"});
  manager_.remove(*a);
  manager_.remove(*a);
  EXPECT_THAT(manager_.newest_first(), ElementsAre(b));
  EXPECT_THAT(manager_.tagged_oldest_first("t"), ElementsAre(b));
  const auto again = add({"t"});
  EXPECT_THAT(manager_.newest_first(), ElementsAre(again, b));
}

// The two lists are one set in opposite orders, whatever came and went.
RC_GTEST_FIXTURE_PROP(Sockets, ListsAgree, (const std::vector<bool>& comings)) {
  std::vector<std::shared_ptr<SocketEnd>> open;
  for (const bool comes : comings) {
    if (comes || open.empty()) {
      open.push_back(add({"t"}));
    } else {
      manager_.remove(*open[open.size() / 2]);
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(open.size() / 2));
    }
  }
  RC_ASSERT(manager_.tagged_oldest_first("t") == open);
  std::reverse(open.begin(), open.end());
  RC_ASSERT(manager_.newest_first() == open);
}

// A connection without one: it only holds its end.
class Connection final : public Link, public Bed {
 public:
  explicit Connection(std::shared_ptr<SocketEnd> of) : held(std::move(of)) {
    held->peer().mark_returned();
    held->attach(*this);
  }

  void send(Outgoing) override {}
  void end() override {}
  void pump() override {}
  std::size_t unsent() const override { return 0; }
  Bed* bed() override { return this; }
  void lie_down() override { held.reset(); }
  Link& get_up(std::shared_ptr<SocketEnd> woken) override {
    held = std::move(woken);
    return *this;
  }

  std::shared_ptr<SocketEnd> held;
};

TEST_F(Sockets, OneThatSleptIsAsItWas) {
  Connection connection(add({"t", "u"}));
  const std::weak_ptr<SocketEnd> before = connection.held;
  const std::uint64_t id = connection.held->id();
  connection.held->attachment = std::string("a\0b", 3);
  connection.held->auto_response_at = Time(milliseconds(7));
  manager_.put_to_sleep();
  EXPECT_TRUE(before.expired());
  EXPECT_EQ(connection.asleep.object, &object_);
  EXPECT_EQ(manager_.size(), 1u);
  EXPECT_THAT(manager_.awake_newest_first(), IsEmpty());

  const auto woken = manager_.tagged_oldest_first("u").at(0);
  EXPECT_EQ(woken, connection.held);
  EXPECT_EQ(connection.asleep.object, nullptr);
  EXPECT_EQ(woken->id(), id);
  EXPECT_EQ(woken->link(), &connection);
  EXPECT_EQ(woken->mode(), SocketMode::kHibernatable);
  EXPECT_EQ(woken->state(), ReadyState::kOpen);
  EXPECT_TRUE(woken->peer().returned_in_response());
  EXPECT_THAT(woken->tags(), ElementsAre("t", "u"));
  EXPECT_EQ(woken->attachment, std::string("a\0b", 3));
  EXPECT_EQ(woken->auto_response_at, Time(milliseconds(7)));
  manager_.remove(*woken);
  EXPECT_THAT(manager_.newest_first(), IsEmpty());
}

TEST_F(Sockets, OneThatSomebodyHoldsOrThatIsClosingStaysAwake) {
  Connection held(add({})), closing(add({})), errored(add({})), busy(add({})), rests(add({}));
  const auto holder = held.held;
  closing.held->close_outgoing("");
  errored.held->set_errored();
  busy.held->set_busy(true);
  manager_.put_to_sleep();
  EXPECT_THAT(manager_.awake_newest_first(),
              ElementsAre(busy.held, errored.held, closing.held, held.held));
  EXPECT_EQ(rests.asleep.object, &object_);
}

}  // namespace
}  // namespace torpor::object
