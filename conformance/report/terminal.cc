#include "conformance/report/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>

namespace torpor::report {
namespace {

bool starts_code_point(char octet) {
  return (static_cast<unsigned char>(octet) & 0xC0) != 0x80;
}

std::string_view code_of(Colour colour) {
  switch (colour) {
    case Colour::kPlain:
      return "0";
    case Colour::kGreen:
      return "32";
    case Colour::kRed:
      return "31";
    case Colour::kYellow:
      return "33";
    case Colour::kBlue:
      return "34";
    case Colour::kFaint:
      return "2";
    case Colour::kBold:
      return "1";
  }
  return "0";
}

bool set_and_not_empty(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

}  // namespace

Terminal Terminal::of(std::FILE* stream) {
  Terminal terminal;
  int descriptor = fileno(stream);
  const char* kind = std::getenv("TERM");
  terminal.interactive =
      isatty(descriptor) == 1 && !(kind != nullptr && std::string_view(kind) == "dumb");
  terminal.colour = terminal.interactive && !set_and_not_empty("NO_COLOR");
  winsize size{};
  if (terminal.interactive && ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) {
    terminal.columns = size.ws_col;
  }
  return terminal;
}

std::string Terminal::paint(Colour colour_wanted, std::string_view text) const {
  if (!colour || colour_wanted == Colour::kPlain) return std::string(text);
  return fmt::format("\x1b[{}m{}\x1b[0m", code_of(colour_wanted), text);
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  for (char octet : text) width += starts_code_point(octet) ? 1 : 0;
  return width;
}

std::string_view prefix_of(std::string_view text, std::size_t columns) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (starts_code_point(text[i]) && seen++ == columns) return text.substr(0, i);
  }
  return text;
}

std::string pad(std::string_view text, std::size_t columns) {
  std::size_t width = width_of(text);
  return std::string(text) + std::string(columns > width ? columns - width : 0, ' ');
}

std::string fit(std::string_view text, std::size_t columns) {
  if (width_of(text) <= columns) return pad(text, columns);
  return std::string(prefix_of(text, columns > 0 ? columns - 1 : 0)) + (columns > 0 ? "…" : "");
}

std::string wrap_indented(std::string_view text, std::size_t columns, std::string_view indent) {
  std::string out;
  do {
    std::string_view line = prefix_of(text, columns);
    if (line.size() < text.size()) {
      std::size_t space = text.substr(0, line.size() + 1).rfind(' ');
      if (space != std::string_view::npos && space > 0) line = text.substr(0, space);
    }
    if (!out.empty()) out += '\n';
    out += fmt::format("{}{}", indent, line);
    text.remove_prefix(line.size());
    if (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  } while (!text.empty());
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  for (char c : text) {
    auto octet = static_cast<unsigned char>(c);
    if (c == '\n') {
      out += "\\n";
    } else if (c == '\r') {
      out += "\\r";
    } else if (c == '\t') {
      out += "\\t";
    } else if (octet < 0x20 || octet == 0x7F) {
      out += fmt::format("\\x{:02x}", octet);
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace torpor::report
