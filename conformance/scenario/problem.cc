#include "conformance/scenario/problem.h"

#include <algorithm>
#include <numeric>

namespace torpor::scenario {

namespace {

// Longer lists are not worth reading; the closest name still is.
constexpr std::size_t kListedMax = 60;

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

// The first of the closest, when it is close enough to be what was meant.
const std::string* closest(const std::string& wrong, const std::vector<std::string>& allowed) {
  const std::string* best = nullptr;
  std::size_t best_distance = std::max<std::size_t>(2, wrong.size() / 3) + 1;
  for (const std::string& name : allowed) {
    const std::size_t distance = edit_distance(wrong, name);
    if (distance < best_distance && distance < name.size()) {
      best = &name;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace

std::string Problem::to_string() const {
  std::string text = file;
  if (line != 0) text += ":" + std::to_string(line);
  if (column != 0) text += ":" + std::to_string(column);
  text += ": ";
  if (!path.empty()) text += path + ": ";
  return text + message;
}

std::string not_one_of(const std::string& wrong, const std::vector<std::string>& allowed) {
  std::string text = "\"" + wrong + "\"";
  if (const std::string* name = closest(wrong, allowed))
    text += " (did you mean \"" + *name + "\"?)";
  if (allowed.empty() || allowed.size() > kListedMax) return text;
  text += "; allowed: ";
  for (const std::string& name : allowed) text += (&name == &allowed.front() ? "" : ", ") + name;
  return text;
}

}  // namespace torpor::scenario
