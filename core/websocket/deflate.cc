// Beast's zlib is compiled into this file alone, whatever the rest of the program does with Beast.
#undef BOOST_BEAST_SEPARATE_COMPILATION

#include "core/websocket/deflate.h"

#include <array>
#include <boost/beast/zlib/deflate_stream.hpp>
#include <boost/beast/zlib/inflate_stream.hpp>
#include <cassert>
#include <cstddef>

namespace torpor::websocket {
namespace {

namespace zlib = boost::beast::zlib;
using ErrorCode = boost::beast::error_code;

// RFC 7692 7.2.1 and 7.2.2: what a sync flush ends with, cut off by the sender, added by the
// receiver.
constexpr std::string_view kTail("\x00\x00\xFF\xFF", 4);
constexpr std::string_view kEmptyMessage("\x00", 1);

// zlib's own defaults, as workerd uses them.
constexpr int kLevel = 6;
constexpr int kMemoryLevel = 8;

// workerd inflates in steps of this size. It shows: a match may reach back over the whole window
// plus what the present step has produced, and the size limit is looked at between steps.
constexpr std::size_t kInflateStepBytes = 4096;

}  // namespace

struct Deflater::Stream {
  zlib::deflate_stream zlib;
};

Deflater::Deflater(const DeflateParameters& parameters, Role sender)
    : window_bits_(parameters.max_window_bits(sender)),
      no_context_takeover_(parameters.no_context_takeover(sender)) {
  assert(window_bits_ >= kWindowBitsMin && window_bits_ <= kWindowBitsMax);
}

Deflater::~Deflater() = default;
Deflater::Deflater(Deflater&&) noexcept = default;
Deflater& Deflater::operator=(Deflater&&) noexcept = default;

Bytes Deflater::compress(std::string_view message) {
  if (message.empty()) return Bytes(kEmptyMessage);
  if (!stream_) {
    stream_ = std::make_unique<Stream>();
    stream_->zlib.reset(kLevel, window_bits_, kMemoryLevel, zlib::Strategy::normal);
  }
  Bytes out;
  zlib::z_params step{};
  step.next_in = message.data();
  step.avail_in = message.size();
  std::size_t used = 0;
  do {
    out.resize(used + zlib::deflate_upper_bound(step.avail_in));
    step.next_out = out.data() + used;
    step.avail_out = out.size() - used;
    ErrorCode error;
    stream_->zlib.write(step, zlib::Flush::sync, error);
    used = out.size() - step.avail_out;
    assert(!error || error == zlib::error::need_buffers);
  } while (step.avail_out == 0);
  out.resize(used);
  assert(out.ends_with(kTail));
  out.resize(used - kTail.size());
  if (no_context_takeover_) stream_->zlib.reset();
  return out;
}

struct Inflater::Stream {
  zlib::inflate_stream zlib;
};

Inflater::Inflater(const DeflateParameters& parameters, Role sender)
    : window_bits_(parameters.max_window_bits(sender)),
      no_context_takeover_(parameters.no_context_takeover(sender)) {
  assert(window_bits_ >= kWindowBitsMin && window_bits_ <= kWindowBitsMax);
}

Inflater::~Inflater() = default;
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater& Inflater::operator=(Inflater&&) noexcept = default;

std::optional<Fault> Inflater::decompress(std::string_view payload, std::uint64_t bytes_max,
                                          Bytes& out) {
  if (!stream_) {
    stream_ = std::make_unique<Stream>();
    stream_->zlib.reset(window_bits_);
  }
  const std::size_t before = out.size();
  for (const std::string_view input : {payload, kTail}) {
    zlib::z_params step{};
    step.next_in = input.data();
    step.avail_in = input.size();
    bool full = false;
    do {
      std::array<char, kInflateStepBytes> octets;
      step.next_out = octets.data();
      step.avail_out = octets.size();
      ErrorCode error;
      stream_->zlib.write(step, zlib::Flush::sync, error);
      full = step.avail_out == 0;
      const std::size_t produced = octets.size() - step.avail_out;
      const bool ended = error == zlib::error::end_of_stream;
      if (error && !ended && error != zlib::error::need_buffers)
        return Fault::kInvalidCompressedData;
      if (out.size() - before + produced > bytes_max) return Fault::kInflatedTooLarge;
      out.append(octets.data(), produced);
      if (ended) {
        // A final block ends the stream: what follows it in this message is ignored, and the next
        // message begins with nothing to refer back to.
        stream_->zlib.reset(window_bits_);
        return std::nullopt;
      }
    } while (step.avail_in != 0 || full);
  }
  if (no_context_takeover_) stream_->zlib.reset(window_bits_);
  return std::nullopt;
}

}  // namespace torpor::websocket
