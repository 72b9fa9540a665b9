#include "core/compat/profile.h"

namespace torpor::compat {

std::string_view name_of(Profile profile) {
  switch (profile) {
    case Profile::kDocumented:
      return "documented";
    case Profile::kParity:
      return "parity";
    case Profile::kRfc6455:
      return "rfc6455";
  }
  return "";
}

std::optional<Profile> profile_named(std::string_view name) {
  for (Profile profile : kProfiles) {
    if (name_of(profile) == name) return profile;
  }
  return std::nullopt;
}

}  // namespace torpor::compat
