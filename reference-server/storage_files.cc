#include "reference-server/storage_files.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>

#include "reference-server/request_target.h"

namespace torpor::server {
namespace {

constexpr std::string_view kSuffix = ".sqlite";
constexpr std::string_view kHex = "0123456789abcdef";

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
}

// As in a URL, so that no name leaves the folder and every name can be read back.
std::string encoded(const std::string& name) {
  std::string result;
  for (const char c : name) {
    const auto octet = static_cast<unsigned char>(c);
    result +=
        is_plain(c) ? std::string(1, c) : std::string{'%', kHex[octet >> 4], kHex[octet & 15]};
  }
  return result;
}

}  // namespace

std::string storage_file(const std::string& folder, const std::string& object_name) {
  return folder.empty() ? "" : folder + "/" + encoded(object_name) + std::string(kSuffix);
}

std::vector<std::string> stored_objects(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string file = entry.path().filename().string();
    if (file.ends_with(kSuffix))
      names.push_back(url_decoded(std::string_view(file).substr(0, file.size() - kSuffix.size())));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace torpor::server
