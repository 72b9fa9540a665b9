#include "conformance/scenario/json_document.h"

#include <iterator>
#include <set>
#include <utility>

namespace torpor::scenario {

namespace {

struct Position {
  std::size_t line_of_last = 1;  // of the last character read
  std::size_t line_of_next = 1;
};

// The parser reads one character past a number, but that one still belongs to the number's line.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, Position* position) : at_(at), position_(position) {}

  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    position_->line_of_last = position_->line_of_next;
    if (*at_ == '\n') ++position_->line_of_next;
    ++at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator before = *this;
    ++*this;
    return before;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  Position* position_;
};

// Makes the document's value and notes where each value in it begins (a string cannot span lines,
// so its end will do). Members are appended: to look for each among those before it, as the parser
// of the library does, costs the square of their number.
class LineRecorder : public nlohmann::json_sax<Json> {
 public:
  LineRecorder(JsonDocument& document, const Position& position, std::vector<Problem>& problems)
      : document_(document), position_(position), problems_(problems) {}

  bool null() override { return value(nullptr); }
  bool boolean(bool is) override { return value(is); }
  bool number_integer(number_integer_t number) override { return value(number); }
  bool number_unsigned(number_unsigned_t number) override { return value(number); }
  bool number_float(number_float_t number, const string_t&) override { return value(number); }
  bool string(string_t& text) override { return value(std::move(text)); }
  bool binary(binary_t&) override { return false; }  // no JSON text has it
  bool start_object(std::size_t) override { return open(false); }
  bool start_array(std::size_t) override { return open(true); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    Level& level = levels_.back();
    level.name = name;
    level.token = pointer_token(name);
    if (!level.names.insert(name).second) {
      problems_.push_back({document_.file, position_.line_of_last, 0, level.path + level.token,
                           "this member is written twice"});
    }
    return true;
  }

  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    const JsonProblem problem = json_problem(error.what());
    problems_.push_back({document_.file, problem.line, problem.column, "", problem.what});
    return false;
  }

 private:
  struct Level {
    std::string path;
    Json* json;         // stays where it is: nothing is added beside it before it is closed
    std::string name;   // of the member that comes next
    std::string token;  // of the same
    bool is_array = false;
    std::size_t index = 0;
    std::set<std::string> names;
  };

  std::string next_path() {
    if (levels_.empty()) return "";
    Level& level = levels_.back();
    if (level.is_array) level.token = "/" + std::to_string(level.index++);
    return level.path + level.token;
  }
  Json* add(Json json) {
    if (levels_.empty()) return &(document_.json = std::move(json));
    Level& level = levels_.back();
    if (level.is_array) return &level.json->get_ref<Json::array_t&>().emplace_back(std::move(json));
    Json::object_t& members = level.json->get_ref<Json::object_t&>();
    members.emplace_back(std::move(level.name), std::move(json));
    return &members.back().second;
  }
  bool value(Json json) {
    document_.lines.emplace(next_path(), position_.line_of_last);
    add(std::move(json));
    return true;
  }
  bool open(bool is_array) {
    if (levels_.size() == kJsonDepthMax) {
      problems_.push_back({document_.file, position_.line_of_last, 0, "",
                           "nested deeper than " + std::to_string(kJsonDepthMax) + " levels"});
      return false;
    }
    std::string path = next_path();
    document_.lines.emplace(path, position_.line_of_last);
    Json* json = add(is_array ? Json::array() : Json::object());
    levels_.push_back({std::move(path), json, "", "", is_array, 0, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }

  JsonDocument& document_;
  const Position& position_;
  std::vector<Problem>& problems_;
  std::vector<Level> levels_;
};

}  // namespace

std::size_t JsonDocument::line_of(std::string pointer) const {
  for (;;) {
    if (const auto it = lines.find(pointer); it != lines.end()) return it->second;
    const auto slash = pointer.rfind('/');
    if (slash == std::string::npos) return 0;
    pointer.resize(slash);
  }
}

std::string pointer_token(const std::string& name) {
  std::string token = "/";
  for (const char c : name) {
    if (c == '~')
      token += "~0";
    else if (c == '/')
      token += "~1";
    else
      token += c;
  }
  return token;
}

std::optional<JsonDocument> parse_document(const std::string& text, const std::string& file,
                                           std::vector<Problem>& problems) {
  JsonDocument document{file, {}, {}};
  Position position;
  LineRecorder recorder(document, position, problems);
  const CountingIterator begin(text.data(), &position);
  const CountingIterator end(text.data() + text.size(), &position);
  if (!Json::sax_parse(begin, end, &recorder)) return std::nullopt;
  return document;
}

}  // namespace torpor::scenario
