#include "core/trace/writer.h"

#include "core/trace/digest.h"

namespace torpor::trace {

class Writer::Impl {
 public:
  explicit Impl(std::ostream& stream) : out(stream) {}

  std::ostream& out;
  Digest digest;
  std::size_t events = 0;
};

Writer::Writer(std::ostream& out, const Header& header) : impl_(std::make_unique<Impl>(out)) {
  out << header_line(header) << '\n';
}

Writer::~Writer() = default;

void Writer::event(const Event& event) {
  impl_->out << event_line(event) << '\n';
  impl_->digest.add(timeless_line(event) + '\n');
  ++impl_->events;
}

std::string Writer::footer() {
  std::string digest = impl_->digest.hex();
  impl_->out << Json{{"end", true}, {"events", impl_->events}, {"digest", digest}}.dump() << '\n';
  return digest;
}

void write(std::ostream& out, const Trace& trace) {
  Writer writer(out, trace.header);
  for (const Event& event : trace.events) writer.event(event);
  writer.footer();
}

std::string digest_of(const std::vector<Event>& events) {
  Digest digest;
  for (const Event& event : events) digest.add(timeless_line(event) + '\n');
  return digest.hex();
}

}  // namespace torpor::trace
