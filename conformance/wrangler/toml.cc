#include "conformance/wrangler/toml.h"

#include <toml++/toml.h>

#include <sstream>

namespace torpor::wrangler {
namespace {

class Converter {
 public:
  Converter(scenario::JsonDocument& document, std::vector<scenario::Problem>& problems)
      : document_(document), problems_(problems) {}

  Json convert(const toml::node& node, const std::string& pointer) {
    document_.lines.emplace(pointer, node.source().begin.line);
    if (const toml::table* table = node.as_table()) return object(*table, pointer);
    if (const toml::array* array = node.as_array()) return list(*array, pointer);
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return number->get();
    if (const auto* number = node.as_floating_point()) return number->get();
    if (const auto* truth = node.as_boolean()) return truth->get();
    std::ostringstream date;
    if (const auto* day = node.as_date()) date << day->get();
    if (const auto* time = node.as_time()) date << time->get();
    if (const auto* both = node.as_date_time()) date << both->get();
    problems_.push_back({document_.file, node.source().begin.line, 0, pointer,
                         "is a date of TOML; put it in quotes: \"" + date.str() + "\""});
    return date.str();
  }

 private:
  Json object(const toml::table& table, const std::string& pointer) {
    Json result = Json::object();
    for (const auto& [key, value] : table) {
      const std::string name(key.str());
      result[name] = convert(value, pointer + scenario::pointer_token(name));
    }
    return result;
  }

  Json list(const toml::array& array, const std::string& pointer) {
    Json result = Json::array();
    for (const toml::node& item : array)
      result.push_back(convert(item, pointer + "/" + std::to_string(result.size())));
    return result;
  }

  scenario::JsonDocument& document_;
  std::vector<scenario::Problem>& problems_;
};

}  // namespace

std::optional<scenario::JsonDocument> parse_toml(const std::string& text, const std::string& file,
                                                 std::vector<scenario::Problem>& problems) {
  try {
    const toml::table table = toml::parse(text, file);
    scenario::JsonDocument document{file, {}, {}};
    document.json = Converter(document, problems).convert(table, "");
    return document;
  } catch (const toml::parse_error& error) {
    const auto& place = error.source().begin;
    problems.push_back({file, place.line, place.column, "", std::string(error.description())});
    return std::nullopt;
  }
}

}  // namespace torpor::wrangler
