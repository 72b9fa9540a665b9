// A map from numbers that are given out in order (ids, ages) to what they stand for: as quick as an
// array, walked in order, and no larger than what it holds, whatever was taken out before.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace torpor {

// `T` is movable, and false (as a pointer is) when it stands for nothing.
template <typename T>
class PagedTable {
 public:
  // Null when there is nothing. The place of an entry does not change.
  T* find(std::uint64_t id) {
    const std::uint64_t number = id / kPageSize - first_;
    if (number >= pages_.size() || !pages_[number]) return nullptr;
    T& entry = pages_[number]->entries[id % kPageSize];
    return entry ? &entry : nullptr;
  }
  const T* find(std::uint64_t id) const { return const_cast<PagedTable*>(this)->find(id); }

  // REQUIRES: `value` stands for something, and nothing is there yet.
  T& insert(std::uint64_t id, T value) {
    Page& page = page_of(id / kPageSize);
    ++page.used;
    ++size_;
    return page.entries[id % kPageSize] = std::move(value);
  }

  void erase(std::uint64_t id) { take(id); }
  // Takes an entry out; one that stands for nothing when it is not there.
  T take(std::uint64_t id) {
    T* entry = find(id);
    if (!entry) return T();
    T taken = std::exchange(*entry, T());
    --size_;
    std::unique_ptr<Page>& page = pages_[id / kPageSize - first_];
    if (--page->used == 0) {
      page.reset();
      trim();
    }
    return taken;
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Calls visit(id, entry) in ascending order. Nothing is inserted or erased meanwhile.
  template <typename Visit>
  void for_each(Visit visit) {
    for (std::size_t i = 0; i < pages_.size(); ++i) {
      if (!pages_[i]) continue;
      for (std::size_t j = 0; j < kPageSize; ++j) {
        T& entry = pages_[i]->entries[j];
        if (entry) visit((first_ + i) * kPageSize + j, entry);
      }
    }
  }

 private:
  static constexpr std::size_t kPageSize = 64;
  struct Page {
    std::array<T, kPageSize> entries{};
    std::size_t used = 0;
  };

  Page& page_of(std::uint64_t number) {
    if (pages_.empty()) first_ = number;
    if (number < first_) {
      // Those in front come one by one at worst: room is made for as many again.
      const std::uint64_t more =
          std::min<std::uint64_t>(first_, std::max<std::uint64_t>(first_ - number, pages_.size()));
      std::vector<std::unique_ptr<Page>> longer(more + pages_.size());
      std::move(pages_.begin(), pages_.end(), longer.begin() + static_cast<std::ptrdiff_t>(more));
      pages_ = std::move(longer);
      first_ -= more;
    }
    number -= first_;
    if (number >= pages_.size()) pages_.resize(number + 1);
    if (!pages_[number]) pages_[number] = std::make_unique<Page>();
    return *pages_[number];
  }

  // Forgets the pages in front once half of all are empty: what is old goes first.
  void trim() {
    if (size_ == 0) return pages_.clear();
    std::size_t empty = 0;
    while (!pages_[empty]) ++empty;
    if (empty * 2 < pages_.size()) return;
    pages_.erase(pages_.begin(), pages_.begin() + static_cast<std::ptrdiff_t>(empty));
    first_ += empty;
  }

  std::vector<std::unique_ptr<Page>> pages_;
  std::uint64_t first_ = 0;  // number of the first page
  std::size_t size_ = 0;
};

}  // namespace torpor
