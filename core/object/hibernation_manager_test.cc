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

}  // namespace
}  // namespace torpor::object
