// One process at a time works on a folder of storage.
#pragma once

#include <string>

namespace torpor::server {

class FolderLock {
 public:
  // Makes the folder when it is not there. Throws std::runtime_error when that fails or another
  // process holds it; "" locks nothing.
  explicit FolderLock(const std::string& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace torpor::server
