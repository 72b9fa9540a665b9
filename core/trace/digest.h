// The 128-bit digest that proves two runs equal: XXH3-128, equal on every machine and compiler.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace torpor::trace {

class Digest {
 public:
  Digest();
  ~Digest();
  // A copy goes on from the same point.
  Digest(const Digest&);
  Digest& operator=(const Digest&);
  Digest(Digest&&) noexcept;
  Digest& operator=(Digest&&) noexcept;

  // Concatenation is all that counts: add("a"), add("b") is add("ab").
  void add(std::string_view octets);
  // Eight octets, the least significant first.
  void add(std::uint64_t number);
  // 32 lower-case hex digits of what has been added so far.
  std::string hex() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace torpor::trace
