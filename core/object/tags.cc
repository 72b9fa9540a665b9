#include "core/object/tags.h"

#include <algorithm>

#include "core/mutants.h"
#include "core/object/js_error.h"

namespace torpor::object {

using mutants::Mutant;
using mutants::planted;

std::int64_t limited_length(const std::string& text, const compat::Parameters& parameters) {
  if (!parameters.length_in_characters) return static_cast<std::int64_t>(text.size());
  std::int64_t units = 0;
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if ((octet & 0xc0) == 0x80) continue;  // continuation octets belong to the character before
    units += octet >= 0xf0 ? 2 : 1;
  }
  return units;
}

std::vector<std::string> checked_tags(const std::vector<std::string>& tags,
                                      const compat::Parameters& parameters) {
  std::vector<std::string> distinct;
  for (const std::string& tag : tags) {
    const std::size_t count =
        planted(Mutant::kRepeatedTagsCount) ? tags.size() - 1 : distinct.size();
    if (static_cast<std::int64_t>(count) >=
        parameters.tag_count_max + (planted(Mutant::kTagCountOffByOne) ? 1 : 0)) {
      throw error("a Hibernatable WebSocket cannot have more than " +
                  std::to_string(parameters.tag_count_max) + " tags");
    }
    if (limited_length(tag, parameters) >
        parameters.tag_length_max + (planted(Mutant::kTagLengthOffByOne) ? 1 : 0)) {
      throw error("\"" + tag + "\" is longer than the max tag length (" +
                  std::to_string(parameters.tag_length_max) + " characters).");
    }
    if (planted(Mutant::kEmptyTagDropped) && tag.empty()) continue;
    if (std::find(distinct.begin(), distinct.end(), tag) == distinct.end() ||
        planted(Mutant::kTagsRepeated))
      distinct.push_back(tag);
  }
  return distinct;
}

}  // namespace torpor::object
