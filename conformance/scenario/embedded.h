// The catalogue and the statements as this binary was built with them (embed.cmake writes the
// source).
#pragma once

#include <string_view>
#include <vector>

namespace torpor::scenario {

struct EmbeddedFile {
  std::string_view path;  // from the root of the repository
  std::string_view text;
};

const std::vector<EmbeddedFile>& embedded_catalogue_files();
const std::vector<EmbeddedFile>& embedded_statement_files();

}  // namespace torpor::scenario
