// What a worker does with the other end of an object's socket, and what it hears of it.
#include "conformance/properties/follower_state.h"
#include "conformance/properties/program_ops.h"

namespace torpor::properties {

// OUT-10, OUT-11.
void State::through_worker(const Json& ops, Socket& socket, Answer& answer) {
  answer.status = 200;
  for (const Json& op : ops) {
    const std::string name = op.at("op");
    if (name == "close") {
      socket.worker_close = close_arguments(op, {}, {});
    } else if (name == "respond") {
      answer.status = op.value("status", 200);
    } else if (name == "sleep") {
      socket.held = true;
    } else if (name == "accept") {
      socket.worker_accepts = true;
    } else if (name != "setTimeout") {
      throw Stop{};
    }
  }
  socket.kept = answer.status != 101;
  // Without a handler it is not told when the socket leaves the lists.
  if (socket.kept && !history_.scenario_case.program.contains("close")) throw Stop{};
  socket.returned = !socket.kept;
}

void State::kept_close(Socket& socket, const Json& entry) {
  exercised("OUT-11");
  const bool crossed = socket.server_closed;
  const bool drop = entry.at("code") == 1006;
  const auto& close = socket.worker_close;
  const bool told = close && entry.at("code") == close->code.value_or(1005) &&
                    entry.at("reason") == close->reason;
  // What its handler makes of the object's own Close is the worker's affair.
  const bool answered = crossed && socket.worker_accepts;
  if (!told && !answered && !(drop && (!close || crossed || history_.links_break)))
    find("worker", {"OUT-11"}, "an object was told another end of its socket than its worker made");
}

// OUT-17, OUT-18: a worker that is over, or that took a socket which had been closed.
void State::judge_worker(const Json& entry) {
  const Json& program = history_.scenario_case.program;
  const bool loss = entry.value("event", "") == "error" && history_.resets.empty() &&
                    entry["error"].value("message", "") == "Network connection lost.";
  const Json workers = program.value("worker", Json::object());
  for (const auto& [segment, ops] : workers.items()) {
    if (loss && accepts(ops, entry.value("socket", "")) &&
        !hears_of_loss(chosen(program, "fetch", segment), ops))
      find("worker", {"OUT-17", "OUT-18"}, "a worker heard of a loss that was none");
    if (entry.value("op", "") == "log" && is_in_idle_timer(ops, entry.at("value")))
      find("worker", {"OUT-17"}, "a timer of a worker fired that nothing kept");
  }
}

// What a worker hears else is its own affair; what it does it may do.
void State::of_worker(const Json& entry) {
  judge_worker(entry);
  if (entry.value("op", "") == "accept" && entry.contains("throws"))
    find("worker", {"CLE-15"}, "a worker could not accept the socket of a response");
  skip();
}

}  // namespace torpor::properties
