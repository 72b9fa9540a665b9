#include "core/websocket/frame_reader.h"

#include <algorithm>
#include <utility>

#include "core/websocket/mask.h"

namespace torpor::websocket {

std::optional<Frame> FrameReader::next() {
  std::string_view unread = std::string_view(buffer_).substr(position_);
  if (!frame_) {
    if (const auto header = header_reader_.read(unread)) frame_ = Frame{*header, {}};
  }
  std::optional<Frame> complete;
  if (frame_) {
    const std::size_t before = frame_->payload.size();
    const std::size_t taken = static_cast<std::size_t>(
        std::min<std::uint64_t>(frame_->header.payload_size - before, unread.size()));
    frame_->payload.append(unread.substr(0, taken));
    apply_mask(frame_->payload.data() + before, taken, frame_->header.mask_key, before);
    unread.remove_prefix(taken);
    if (frame_->payload.size() == frame_->header.payload_size) {
      complete = std::exchange(frame_, std::nullopt);
    }
  }
  position_ = buffer_.size() - unread.size();
  if (position_ == buffer_.size()) {
    Bytes().swap(buffer_);  // idle connections are many
    position_ = 0;
  }
  return complete;
}

bool FrameReader::mid_frame() const {
  return frame_.has_value() || header_reader_.mid_header() || position_ < buffer_.size();
}

}  // namespace torpor::websocket
