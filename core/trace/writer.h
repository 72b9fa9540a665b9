// Writes a trace as it happens: header, events, footer. What has been written before a kill is
// readable.
#pragma once

#include <cstddef>
#include <memory>
#include <ostream>
#include <string>

#include "core/trace/trace.h"

namespace torpor::trace {

class Writer {
 public:
  // Writes the header. `out` must outlive the writer; whoever owns it flushes it and looks at its
  // state.
  Writer(std::ostream& out, const Header& header);
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void event(const Event& event);
  // Writes the footer and returns the digest. Nothing may be written after it.
  std::string footer();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// The whole of a trace at once; its digest is computed, not taken from `trace`.
void write(std::ostream& out, const Trace& trace);

// The digest of these events: XXH3-128 over their lines without `t`, each line ended by a newline.
std::string digest_of(const std::vector<Event>& events);

}  // namespace torpor::trace
