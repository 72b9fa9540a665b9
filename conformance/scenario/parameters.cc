#include "conformance/scenario/parameters.h"

#include <algorithm>

namespace torpor::scenario {

namespace {

// No family may grow beyond this by accident.
constexpr std::size_t kCombinationsMax = 10'000;

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

bool is_scalar(const Json& value) {
  return value.is_string() || value.is_number() || value.is_boolean();
}

Parameter read_parameter(Diagnostics& diagnostics, const std::string& pointer,
                         const std::string& name, const Json& values) {
  Parameter parameter{name, {}};
  if (values.is_object()) {
    for (const auto& [label, value] : values.items()) parameter.values.push_back({label, value});
  } else if (values.is_array() && std::all_of(values.begin(), values.end(), is_scalar)) {
    for (const Json& value : values) parameter.values.push_back({text_of(value), value});
  } else {
    diagnostics.add(
        pointer, std::string(name == "except" ? "\"except\" belongs beside \"parameters\"; a "
                                                "parameter "
                                              : "") +
                     "must be a list of strings or numbers, or an object of label to value, not " +
                     shown(values));
    return parameter;
  }
  if (parameter.values.empty()) diagnostics.add(pointer, "has no values");
  return parameter;
}

std::vector<std::string> names_of(const std::vector<Parameter>& parameters) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) names.push_back(parameter.name);
  return names;
}

void check_exception(Diagnostics& diagnostics, const std::string& pointer, const Json& exception,
                     const std::vector<Parameter>& parameters) {
  if (!exception.is_object() || exception.empty()) {
    diagnostics.add(pointer,
                    R"(must be an object such as {"api":"standard"}, not )" + shown(exception));
    return;
  }
  for (const auto& [name, label] : exception.items()) {
    const auto parameter =
        std::find_if(parameters.begin(), parameters.end(),
                     [&name = name](const Parameter& p) { return p.name == name; });
    if (parameter == parameters.end()) {
      diagnostics.add(pointer + pointer_token(name),
                      "no parameter " + not_one_of(name, names_of(parameters)));
      continue;
    }
    std::vector<std::string> labels;
    for (const ParameterValue& value : parameter->values) labels.push_back(value.label);
    for (const Json& one : label.is_array() ? label : Json::array({label})) {
      if (std::find(labels.begin(), labels.end(), text_of(one)) == labels.end()) {
        diagnostics.add(pointer + pointer_token(name),
                        "parameter " + name + " has no value " + not_one_of(text_of(one), labels));
      }
    }
  }
}

bool dropped(const Combination& combination, const Json& exceptions) {
  const auto holds = [&](const Json& exception) {
    return std::all_of(combination.begin(), combination.end(), [&](const auto& chosen) {
      const auto it = exception.find(chosen.first);
      if (it == exception.end()) return true;
      if (!it->is_array()) return text_of(*it) == chosen.second->label;
      return std::any_of(it->begin(), it->end(),
                         [&](const Json& one) { return text_of(one) == chosen.second->label; });
    });
  };
  return std::any_of(exceptions.begin(), exceptions.end(), holds);
}

const ParameterValue* value_of(const Combination& combination, const std::string& name) {
  for (const auto& [chosen, value] : combination) {
    if (chosen == name) return value;
  }
  return nullptr;
}

Json fill_in_text(Diagnostics& diagnostics, const std::string& text, const std::string& pointer,
                  const Combination& combination) {
  std::string filled;
  std::size_t at = 0;  // up to here it has been filled in
  for (;;) {
    const auto begin = text.find("${", at);
    const auto end = begin == std::string::npos ? begin : text.find('}', begin);
    if (end == std::string::npos) return filled + text.substr(at);
    const std::string name = text.substr(begin + 2, end - begin - 2);
    const ParameterValue* value = value_of(combination, name);
    if (value == nullptr) {
      std::vector<std::string> names;
      for (const auto& [chosen, unused] : combination) names.push_back(chosen);
      diagnostics.add(pointer, "no parameter " + not_one_of(name, names));
      return text;
    }
    if (name.size() + 3 == text.size()) return value->value;
    filled.append(text, at, begin - at) += text_of(value->value);
    at = end + 1;
  }
}

}  // namespace

std::vector<Parameter> read_parameters(Diagnostics& diagnostics, Members& scenario) {
  std::vector<Parameter> parameters;
  if (const Json* json = scenario.object("parameters", Presence::kOptional)) {
    const std::string pointer = scenario.pointer_to("parameters");
    for (const auto& [name, values] : json->items()) {
      parameters.push_back(
          read_parameter(diagnostics, pointer + pointer_token(name), name, values));
    }
  }
  return parameters;
}

std::vector<Combination> combinations(Diagnostics& diagnostics, Members& scenario,
                                      const std::vector<Parameter>& parameters) {
  std::vector<Combination> all = {{}};
  for (const Parameter& parameter : parameters) {
    if (all.size() * parameter.values.size() > kCombinationsMax) {
      scenario.complain("parameters",
                        "more than " + std::to_string(kCombinationsMax) + " combinations");
      return {};
    }
    std::vector<Combination> longer;
    for (const Combination& combination : all) {
      for (const ParameterValue& value : parameter.values) {
        longer.push_back(combination);
        longer.back().emplace_back(parameter.name, &value);
      }
    }
    all = std::move(longer);
  }
  const Json* exceptions = scenario.array("except", Presence::kOptional);
  if (exceptions == nullptr) return all;
  const std::size_t before = diagnostics.count();
  for (std::size_t i = 0; i < exceptions->size(); ++i) {
    check_exception(diagnostics, scenario.pointer_to("except") + "/" + std::to_string(i),
                    (*exceptions)[i], parameters);
  }
  if (diagnostics.count() != before) return {};
  std::erase_if(all,
                [&](const Combination& combination) { return dropped(combination, *exceptions); });
  if (all.empty()) scenario.complain("except", "drops every combination");
  return all;
}

Json fill_in(Diagnostics& diagnostics, const Json& json, const std::string& pointer,
             const Combination& combination) {
  if (json.is_string())
    return fill_in_text(diagnostics, json.get_ref<const std::string&>(), pointer, combination);
  if (json.is_array()) {
    Json filled = Json::array();
    for (std::size_t i = 0; i < json.size(); ++i) {
      filled.push_back(
          fill_in(diagnostics, json[i], pointer + "/" + std::to_string(i), combination));
    }
    return filled;
  }
  if (!json.is_object()) return json;
  Json::object_t filled;  // appended to: its [] looks at every member
  for (const auto& [name, value] : json.items()) {
    filled.emplace_back(name,
                        fill_in(diagnostics, value, pointer + pointer_token(name), combination));
  }
  return filled;
}

std::string id_suffix(const Combination& combination) {
  std::string suffix;
  for (const auto& [name, value] : combination)
    suffix += (suffix.empty() ? "[" : ",") + name + "=" + value->label;
  return suffix.empty() ? suffix : suffix + "]";
}

}  // namespace torpor::scenario
