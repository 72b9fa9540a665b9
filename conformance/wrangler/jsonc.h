// JSON with comments and trailing commas, as Wrangler reads it.
#pragma once

#include <string>

namespace torpor::wrangler {

// Plain JSON of the same length and lines: spaces in place of comments and of commas that nothing
// follows. What is neither is left for the JSON parser to refuse where it stands.
std::string plain_json(std::string text);

}  // namespace torpor::wrangler
