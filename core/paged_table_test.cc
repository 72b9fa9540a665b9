#include "core/paged_table.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace torpor {
namespace {

using Table = PagedTable<std::unique_ptr<int>>;

RC_GTEST_PROP(PagedTable, IsAMap, ()) {
  Table table;
  std::map<std::uint64_t, int> model;
  const auto steps = *rc::gen::container<std::vector<std::pair<std::uint64_t, int>>>(
      rc::gen::pair(rc::gen::inRange<std::uint64_t>(0, 2000), rc::gen::inRange(0, 3)));
  for (const auto& [id, what] : steps) {
    if (what == 0) {
      const auto taken = table.take(id);
      RC_ASSERT((taken != nullptr) == (model.erase(id) == 1));
    } else if (!model.count(id)) {
      table.insert(id, std::make_unique<int>(what));
      model[id] = what;
    }
    RC_ASSERT(table.size() == model.size());
    RC_ASSERT((table.find(id) != nullptr) == (model.count(id) == 1));
  }
  std::map<std::uint64_t, int> walked;
  std::uint64_t last = 0;
  table.for_each([&](std::uint64_t id, std::unique_ptr<int>& entry) {
    RC_ASSERT(id >= last);
    last = id;
    walked[id] = *entry;
  });
  RC_ASSERT(walked == model);
}

TEST(PagedTable, KeepsAnEntryInItsPlace) {
  Table table;
  auto* const place = &table.insert(1'000'000, std::make_unique<int>(1));
  for (std::uint64_t id = 999'999; id > 990'000; --id) table.insert(id, std::make_unique<int>(2));
  for (std::uint64_t id = 1'000'001; id < 1'010'000; ++id)
    table.insert(id, std::make_unique<int>(3));
  EXPECT_EQ(table.find(1'000'000), place);
}

}  // namespace
}  // namespace torpor
