// Follows the program through the log: given the order in which the object's events came, which
// the log tells, everything that its ops logged and sent follows from the rules. A second, small
// statement of them, which shares no code with the model.
//
// It knows the ops that keep no secret (kFollowed in follower.cc). What a program does with any
// other op, it does not judge: following ends there.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "conformance/properties/finding.h"
#include "conformance/properties/history.h"
#include "core/websocket/close.h"

namespace torpor::properties {

// Something that the object sent on a socket.
struct Out {
  std::optional<Message> message;  // absent: a Close
  websocket::ClosePayload close = {};
  std::size_t version = 0;  // of the storage when it was sent
  std::size_t behind = 0;   // so many of the client's deeds
  std::optional<Time> at = {};
  std::size_t log = 0;  // so many entries of the log were before it
  bool lost = false;    // with the turn, or with a write that failed
  bool may_be_lost = false;
  // SEND-07: no client sees it before; and it waits for nothing longer than until then.
  Time not_before = {};
  std::optional<Time> by = {};
};

// How an outgoing socket comes about.
struct Dial {
  bool by_fetch = false;
  bool connecting = true;
  bool given_up = false;    // by close() while it was connecting
  bool error_told = false;  // while it was connecting
  std::string path = {};
};

// What was under way between the ends of a pair when one of them was the first to close.
struct PairClose {
  bool in_fetch = false;  // in the turn of the request that made the pair
  std::size_t sent = 0, peer_sent = 0;
  std::size_t unseen = 0, peer_unseen = 0;  // of these, by the other end
};

struct Socket {
  std::string name;
  bool hibernatable = false;
  std::vector<std::string> tags;
  Json attachment;
  std::vector<Out> out;
  std::vector<std::size_t> delivered;  // entries of the log: its messages
  bool server_closed = false;
  bool closed_first = false;  // by the object, before it knew of the client's end
  bool listed = false;
  bool told_of_end = false;   // close or error
  bool close_tried = false;   // close() was called, whether it did anything or not
  bool slept_closed = false;  // hibernated after the object had closed it
  bool must_end = false;      // its connection, with the instance that did not answer (ACL-05)
  bool half_closed = false;   // a standard one: by the client, and not answered
  bool dropped = false;       // by a reset
  // The object has closed it and has been constructed twice since: HIB-18 may have made it forget.
  bool murky = false;
  bool looked_at = false;             // in this instance, by an event of its own
  bool forgotten = false;             // its close() has been, for sure
  std::optional<Time> in_vain = {};   // something was sent since
  std::size_t auto_responses = 0;     // requests for one that were passed over
  bool auto_request_handled = false;  // a text that equals a request of some time was
  Time auto_asked_at = {};            // the last of these
  std::size_t deeds_seen = 0;
  bool returned = false;          // the other end of its pair went to the client
  std::optional<bool> half_open;  // as accept() was told
  std::string peer = {};          // the other end, where the object has both
  std::size_t peer_seen = 0;      // of what that sent
  std::optional<PairClose> first_close = {};
  bool told_of_drop = false;        // as its end
  bool throws = false;              // a listener of its own does, at the first message
  bool failed = false;              // and has
  bool throws_at_close = false;     // a listener for its close event does
  bool write_failed = false;        // a standard one: it was told so (SEND-17)
  bool fault_named = false;         // a standard one: its error was the client's fault
  bool error_due = false;           // because of that (STD-20)
  bool lost = false;                // it was told so (PAIR-05)
  bool closed_before_loss = false;  // it had called close()
  std::optional<Dial> dial;         // of an outgoing socket
  bool kept = false;                // the other end stayed with the worker,
  bool worker_accepts = false;
  std::optional<websocket::ClosePayload> worker_close;  // which has closed it
  bool held = false;                                    // the worker has it for some time
};

// What a request is answered with.
struct Answer {
  int status = 200;
  bool ends_at_once = false;  // UPG-13
};

struct Followed {
  std::map<std::string, Socket> sockets;
  bool to_the_end = false;  // of the log
  bool alarm_pending = false;
  std::set<std::string> auto_requests;              // that the program has ever set
  std::set<std::string> unanswered;                 // clients whose request waits for ever
  std::map<std::string, Time> not_answered_before;  // by client (STORE-03)
  Duration blocked_for = {};                        // at least (BILL-04)
  bool blocks = false;                              // something in the program holds events back
  std::map<std::string, Answer> answers;            // by client
  std::set<std::string> waiting;                    // clients whose requests wait for a remote
  // Remotes that a request asked for after a write of its own: by remote, the client.
  std::map<std::string, std::string> dialed_after_write;
};

// ACL-01, ACC-03: a standard socket answers a Close by itself.
bool replies_by_itself(const Socket& socket, const History& history);

Followed follow(const History& history, Findings& findings);

}  // namespace torpor::properties
