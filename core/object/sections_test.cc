#include "core/object/sections.h"

#include <gtest/gtest.h>

#include <string>

namespace torpor::object {
namespace {

class Sections : public ::testing::Test {
 protected:
  Section::Start named(char name) {
    return [this, name](const SectionPtr& section) {
      started_ += name;
      last_ = section;
    };
  }

  const SectionPtr object_ = std::make_shared<Section>();
  SectionPtr last_;  // that has started
  std::string started_;
};

TEST_F(Sections, HoldsBackWhatIsOutsideUntilItIsLeft) {
  EXPECT_FALSE(Section::is_blocked(object_));
  Section::enter(object_, named('a'));
  EXPECT_TRUE(Section::is_blocked(object_));
  EXPECT_FALSE(Section::is_blocked(last_));
  Section::leave(last_);
  EXPECT_FALSE(Section::is_blocked(object_));
}

TEST_F(Sections, RunOneAfterTheOther) {
  Section::enter(object_, named('a'));
  const SectionPtr first = last_;
  Section::enter(object_, named('b'));
  Section::enter(object_, named('c'));
  EXPECT_EQ(started_, "a");
  Section::leave(first);
  EXPECT_EQ(started_, "ab");
  Section::leave(last_);
  EXPECT_EQ(started_, "abc");
  EXPECT_TRUE(Section::is_blocked(object_));
}

TEST_F(Sections, WithinOneAnotherHoldBackTheOuterOne) {
  Section::enter(object_, named('a'));
  const SectionPtr outer = last_;
  Section::enter(object_, named('b'));
  Section::enter(outer, named('c'));
  EXPECT_EQ(started_, "ac");
  EXPECT_TRUE(Section::is_blocked(outer));
  Section::leave(last_);
  EXPECT_FALSE(Section::is_blocked(outer));
  EXPECT_TRUE(Section::is_blocked(object_));
  Section::leave(outer);
  EXPECT_EQ(started_, "acb");
}

TEST_F(Sections, ThatOutliveTheOuterOneHoldBackWhatIsAroundIt) {
  Section::enter(object_, named('a'));
  const SectionPtr outer = last_;
  Section::enter(object_, named('d'));
  Section::enter(outer, named('b'));
  const SectionPtr inner = last_;
  Section::enter(outer, named('c'));
  Section::leave(outer);
  EXPECT_EQ(started_, "ab");
  EXPECT_TRUE(Section::is_blocked(object_));
  Section::leave(inner);
  EXPECT_EQ(started_, "abc");
  Section::leave(last_);
  EXPECT_EQ(started_, "abcd");
}

TEST_F(Sections, LeaveWhatStillRunsToTheOneAround) {
  Section::enter(object_, named('a'));
  const SectionPtr ended = last_;
  EXPECT_FALSE(Section::is_object(ended));
  Section::leave(ended);
  EXPECT_TRUE(Section::is_object(ended));
  Section::enter(ended, named('b'));
  EXPECT_TRUE(Section::is_blocked(object_));
  EXPECT_TRUE(Section::is_blocked(ended));
}

}  // namespace
}  // namespace torpor::object
