#include "conformance/wrangler/configuration.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>
#include <variant>

#include "conformance/scenario/json_document.h"
#include "conformance/scenario/members.h"
#include "conformance/wrangler/jsonc.h"
#include "conformance/wrangler/toml.h"
#include "core/compat/flags.h"

namespace torpor::wrangler {
namespace {

using scenario::Diagnostics;
using scenario::JsonDocument;
using scenario::Members;
using scenario::Presence;
using scenario::Problem;

constexpr const char* kFormats = "it is a wrangler.jsonc, wrangler.json or wrangler.toml";

bool is_toml(const std::filesystem::path& file) {
  return file.extension() == ".toml";
}
bool is_json(const std::filesystem::path& file) {
  return file.extension() == ".jsonc" || file.extension() == ".json";
}

class Reader {
 public:
  Reader(const JsonDocument& document, std::vector<Problem>& problems, bool toml)
      : diagnostics_(document, problems), members_(diagnostics_, document.json, ""), toml_(toml) {}

  Configuration read(const std::filesystem::path& folder) {
    Configuration result;
    if (!members_.is_object()) return result;
    result.name = members_.string("name", Presence::kRequired);
    result.main = folder / members_.string("main", Presence::kRequired);
    read_date(result);
    result.compatibility_flags = members_.strings("compatibility_flags", Presence::kOptional);
    read_migrations(result);
    read_bindings(result);
    return result;
  }

 private:
  // As one would write it in this format.
  std::string example(const std::string& member, const std::string& value) const {
    return toml_ ? member + " = " + value : "\"" + member + "\": " + value;
  }

  void read_date(Configuration& result) {
    if (members_.find("compatibility_date") == nullptr) {
      return diagnostics_.add("",
                              "no \"compatibility_date\"; add the day whose behaviour the "
                              "worker was written for: " +
                                  example("compatibility_date", "\"2026-11-01\""));
    }
    const std::size_t before = diagnostics_.count();
    result.compatibility_date = members_.string("compatibility_date", Presence::kRequired);
    const auto flags = compat::resolve_flags(result.compatibility_date, {});
    const auto* error = std::get_if<compat::FlagError>(&flags);
    if (error != nullptr && diagnostics_.count() == before)
      members_.complain("compatibility_date", error->message);
  }

  void read_migrations(Configuration& result) {
    const Json* list = members_.array("migrations", Presence::kOptional);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      Members migration(diagnostics_, (*list)[i],
                        members_.pointer_to("migrations") + "/" + std::to_string(i));
      migration.string("tag", Presence::kRequired);
      for (std::string& name : migration.strings("new_sqlite_classes", Presence::kOptional))
        result.classes.push_back({std::move(name), true});
      for (std::string& name : migration.strings("new_classes", Presence::kOptional))
        result.classes.push_back({std::move(name), false});
      for (const std::string& name : migration.strings("deleted_classes", Presence::kOptional))
        std::erase_if(result.classes, [&](const DurableClass& one) { return one.name == name; });
      rename(migration, result);
    }
  }

  void rename(Members& migration, Configuration& result) {
    const Json* list = migration.array("renamed_classes", Presence::kOptional);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      Members pair(diagnostics_, (*list)[i],
                   migration.pointer_to("renamed_classes") + "/" + std::to_string(i));
      const std::string from = pair.string("from", Presence::kRequired);
      const std::string to = pair.string("to", Presence::kRequired);
      for (DurableClass& one : result.classes) {
        if (one.name == from) one.name = to;
      }
    }
  }

  void read_bindings(Configuration& result) {
    const Json* objects = members_.object("durable_objects", Presence::kOptional);
    if (objects == nullptr) return;
    Members members(diagnostics_, *objects, members_.pointer_to("durable_objects"));
    const Json* list = members.array("bindings", Presence::kRequired);
    for (std::size_t i = 0; list != nullptr && i < list->size(); ++i) {
      Members binding(diagnostics_, (*list)[i],
                      members.pointer_to("bindings") + "/" + std::to_string(i));
      const Binding read{binding.string("name", Presence::kRequired),
                         binding.string("class_name", Presence::kRequired)};
      check_class(result, read, binding);
      result.bindings.push_back(read);
    }
  }

  void check_class(const Configuration& result, const Binding& binding, Members& members) {
    if (members.find("script_name") != nullptr) {
      return members.complain("script_name",
                              "classes of other workers are not served; bind a "
                              "class of this worker instead");
    }
    const auto is_it = [&](const DurableClass& one) { return one.name == binding.class_name; };
    if (binding.class_name.empty() ||
        std::any_of(result.classes.begin(), result.classes.end(), is_it))
      return;
    members.complain("class_name",
                     "class \"" + binding.class_name + "\" is bound, but no migration makes it; " +
                         "add one with " +
                         example("new_sqlite_classes", "[\"" + binding.class_name + "\"]"));
  }

  Diagnostics diagnostics_;
  Members members_;
  bool toml_;
};

}  // namespace

Loaded parse_configuration(const std::string& text, const std::filesystem::path& file) {
  Loaded loaded;
  const std::string name = file.string();
  if (!is_toml(file) && !is_json(file)) {
    loaded.problems.push_back(
        {name, 0, 0, "", std::string("is no Wrangler configuration by its name; ") + kFormats});
    return loaded;
  }
  const auto document = is_toml(file)
                            ? parse_toml(text, name, loaded.problems)
                            : scenario::parse_document(plain_json(text), name, loaded.problems);
  if (!document) return loaded;
  Configuration read = Reader(*document, loaded.problems, is_toml(file)).read(file.parent_path());
  if (loaded.problems.empty()) loaded.configuration = std::move(read);
  return loaded;
}

Loaded load_configuration(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || text.fail())
    return {{}, {{file.string(), 0, 0, "", std::string("cannot be read; ") + kFormats}}};
  Loaded loaded = parse_configuration(text.str(), file);
  if (loaded.configuration && !std::filesystem::exists(loaded.configuration->main)) {
    loaded.problems.push_back({file.string(), 0, 0, "/main",
                               "there is no " + loaded.configuration->main.string() +
                                   "; the path is taken from the configuration's folder"});
    loaded.configuration.reset();
  }
  return loaded;
}

}  // namespace torpor::wrangler
