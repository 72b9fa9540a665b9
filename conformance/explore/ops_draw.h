// What the lists of ops of a random program are drawn with: shared by the parts that draw them.
#pragma once

#include <cstdint>
#include <string>

#include "conformance/explore/draw.h"
#include "conformance/explore/program_generator.h"
#include "core/json.h"

namespace torpor::explore {

inline Json op(const char* name) {
  return {{"op", name}};
}
inline Json event_field(const char* field) {
  return {{"$", "event"}, {"field", field}};
}
inline Json repeated(std::int64_t count) {
  return {{"$", "repeat"}, {"text", "a"}, {"count", count}};
}

struct OpsDraw : Draw {
  ProgramOptions options;
  std::size_t markers = 0;
  std::size_t literals = 0;

  // Logged behind every wait: it tells which of them is over.
  std::string marker() { return "~" + std::to_string(++markers); }
  std::string literal() { return "srv" + std::to_string(++literals); }
  std::string key() { return one_of({"k1", "k2", "k3"}); }

  Json value() {
    switch (weighted({4, 2, 2, 2, 1})) {
      case 0:
        return literal();
      case 1:
        return between(-5, 1000);
      case 2:
        return {{"n", between(0, 9)}, {"list", Json::array({1, "x", nullptr, true})}};
      case 3:
        return {{"$", "arraybuffer"}, {"hex", "00ff10"}};
      default:
        return repeated(between(65, 300));
    }
  }
};

}  // namespace torpor::explore
