// Masking, RFC 6455 5.3. The first octet of the key on the wire is its most significant one:
// 0x37fa213d is written 37 fa 21 3d.
#pragma once

#include <cstddef>
#include <cstdint>

namespace torpor::websocket {

// XORs `size` octets in place; `offset` is the position of data[0] within its payload. Its own
// inverse.
void apply_mask(char* data, std::size_t size, std::uint32_t key, std::uint64_t offset = 0);

}  // namespace torpor::websocket
