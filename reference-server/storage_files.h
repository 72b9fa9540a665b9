// Which file of a folder holds what an object stores.
#pragma once

#include <string>
#include <vector>

namespace torpor::server {

// "" when the folder is: in memory.
std::string storage_file(const std::string& folder, const std::string& object_name);

// The names of the objects that have a file there, sorted.
std::vector<std::string> stored_objects(const std::string& folder);

}  // namespace torpor::server
