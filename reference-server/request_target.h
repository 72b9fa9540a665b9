// The path and query of a request line, percent-decoded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace torpor::server {

// application/x-www-form-urlencoded (URL Standard 5.1): %XX is an octet, + a space; what is no
// escape stays.
std::string url_decoded(std::string_view text);

struct RequestTarget {
  explicit RequestTarget(std::string_view target);

  std::optional<std::string> query(std::string_view name) const;

  std::string path;                   // as it came
  std::vector<std::string> segments;  // decoded, without empty ones
  std::vector<std::pair<std::string, std::string>> parameters;
};

}  // namespace torpor::server
