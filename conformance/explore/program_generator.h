// The program of the object under test, at random: every op that the properties can follow.
#pragma once

#include <string>
#include <vector>

#include "conformance/explore/draw.h"
#include "core/json.h"

namespace torpor::explore {

struct ProgramOptions {
  bool throws = false;
  bool aborts = false;
  // Writes may be lost: each instance looks first what is there.
  bool reads_storage = false;
  // Nothing whose order the real server leaves open.
  bool sequential = false;
};

// Messages that the program answers in their own ways; any other it takes as it comes.
inline constexpr const char* kCloseMessage = "close!";
inline constexpr const char* kAbortMessage = "abort!";
inline constexpr const char* kThrowMessage = "throw!";
inline constexpr const char* kBlockMessage = "block!";
inline constexpr const char* kTableMessage = "table!";
inline constexpr const char* kAlarmMessage = "alarm!";
inline constexpr const char* kEndlessMessage = "never?";
inline constexpr const char* kTimeMessage = "time?";  // of the last auto-response
inline constexpr const char* kBroadcastMessage = "all!";
inline constexpr const char* kFocusMessage = "focus!";  // on one rule
// Requests for the auto-response, two different ones; responses begin with "auto!".
inline constexpr const char* kAutoRequests[] = {"auto?1", "auto?2"};

Json generate_program(Draw draw, const ProgramOptions& options);

}  // namespace torpor::explore
