// Platform profiles: whose word is taken where the sources disagree.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace torpor::compat {

enum class Profile {
  kDocumented,  // the published Durable Objects documentation
  kParity,      // what workerd was seen to do
  kRfc6455,     // the protocol, strictly
};

inline constexpr std::array kProfiles = {Profile::kDocumented, Profile::kParity, Profile::kRfc6455};

std::string_view name_of(Profile profile);  // "documented", "parity", "rfc6455"
std::optional<Profile> profile_named(std::string_view name);

}  // namespace torpor::compat
