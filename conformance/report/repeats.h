// A target that died fails every case after with the same words. They are told once.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "conformance/report/result.h"

namespace torpor::report {

class Repeats {
 public:
  // Whether this error was told before, of the same target under the same profile. A result without
  // one never was.
  bool told_before(const CaseResult& result) {
    if (!result.error) return false;
    return counts_[{result.target, result.profile, result.error->message}]++ > 0;
  }

  // How many were held back.
  std::size_t held_back() const {
    std::size_t count = 0;
    for (const auto& [key, times] : counts_) count += times - 1;
    return count;
  }

 private:
  std::map<std::tuple<std::string, compat::Profile, std::string>, std::size_t> counts_;
};

}  // namespace torpor::report
