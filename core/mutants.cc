#include "core/mutants.h"

#include <cassert>

namespace torpor::mutants {
namespace {

#ifdef TORPOR_MUTANTS
// What no random scenario does.
constexpr std::string_view kYes;  // none of that: some scenario can show it
constexpr std::string_view kHandshake = "only a handshake or a response of another form shows it";
constexpr std::string_view kArgument = "only arguments that no random program has show it";
constexpr std::string_view kStrict = "only the profile rfc6455 has the rule";
constexpr std::string_view kLarge = "needs messages of 32 MiB";
constexpr std::string_view kSockets = "needs 32,768 sockets";
constexpr std::string_view kText = "only the text of an error shows it";
constexpr std::string_view kChance =
    "of what tells it half is chance on a real server, and not judged";
constexpr std::string_view kOrder = "what goes first, or is lost behind what, is not judged there";
constexpr std::string_view kWorker = "the workers of random programs connect to nobody";
constexpr std::string_view kBill = "only the counters of usage show it";

constexpr Description kAll[] = {
#define TORPOR_MUTANT(mutant, name, ids, explorable, fault) \
  Description{Mutant::mutant, name, ids, explorable, fault},
#include "core/mutants.def"
#undef TORPOR_MUTANT
};
#else
constexpr std::span<const Description> kAll;
#endif

}  // namespace

void plant([[maybe_unused]] Mutant mutant) {
#ifdef TORPOR_MUTANTS
  detail::active = mutant;
#else
  assert(mutant == Mutant::kNone);
#endif
}

Mutant present() {
#ifdef TORPOR_MUTANTS
  return detail::active;
#else
  return Mutant::kNone;
#endif
}

std::vector<std::string> Description::statements() const {
  std::vector<std::string> statements;
  for (std::string_view rest = ids; !rest.empty();) {
    const std::string_view id = rest.substr(0, rest.find(' '));
    statements.emplace_back(id);
    rest.remove_prefix(rest.size() > id.size() ? id.size() + 1 : id.size());
  }
  return statements;
}

std::span<const Description> all() {
  return kAll;
}

const Description* find(std::string_view name) {
  for (const Description& description : kAll) {
    if (description.name == name) return &description;
  }
  return nullptr;
}

}  // namespace torpor::mutants
