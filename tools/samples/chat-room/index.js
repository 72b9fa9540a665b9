// A chat room. A client says who it is, {"name":N}, then speaks, {"message":M}. It is sent the last messages of the room, oldest
// first, then who is there, {"present":[N,...]}; from then on {"name":N,"message":M} for whatever is said, {"joined":N} and
// {"left":N} for the others, {"error":E} for what was not accepted of its own.
//
// The history is in storage and what is known of a client in its attachment: the room may hibernate at any time.
import { DurableObject } from "cloudflare:workers";

const NAME_MAX = 32;
const MESSAGE_MAX = 256;
const HISTORY = 20;
// A message takes a second of a client's credit, which is five seconds at most and comes back with time.
const COST_MS = 1000;
const CREDIT_MS = 5000;
const ROOM = /^\/room\/([A-Za-z0-9-]{1,32})\/websocket$/;

const isText = (value, max) => typeof value === "string" && value.length > 0 && value.length <= max;
const isOpen = (ws) => ws.readyState === WebSocket.OPEN;
const say = (ws, notice) => ws.send(JSON.stringify(notice));

function parsed(data) {
  try {
    return (typeof data === "string" ? JSON.parse(data) : null) ?? {};
  } catch {
    return {};
  }
}

export class ChatRoom extends DurableObject {
  constructor(ctx, env) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS history (id INTEGER PRIMARY KEY, name TEXT, message TEXT)");
  }

  async fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(ws, data) {
    if (!isOpen(ws)) return;
    const guest = ws.deserializeAttachment();
    if (guest === null) {
      this.#join(ws, parsed(data).name);
    } else {
      this.#speak(ws, guest, parsed(data).message);
    }
  }

  async webSocketClose(ws, code, reason) {
    this.#leave(ws);
    try {
      ws.close(code, reason);
    } catch {
      ws.close(); // the code stood for none
    }
  }

  async webSocketError(ws) {
    this.#leave(ws);
  }

  #join(ws, name) {
    if (!isText(name, NAME_MAX)) {
      say(ws, { error: `a name is a text of 1 to ${NAME_MAX} characters` });
      return ws.close(1008, "no name");
    }
    for (const entry of this.ctx.storage.sql.exec("SELECT name, message FROM history ORDER BY id")) say(ws, entry);
    this.#tell({ joined: name });
    ws.serializeAttachment({ name, paidUntil: 0 });
    const names = this.#guests().map((guest) => guest.deserializeAttachment().name);
    say(ws, { present: names.sort() });
  }

  #speak(ws, guest, message) {
    if (!isText(message, MESSAGE_MAX)) return say(ws, { error: `a message is a text of 1 to ${MESSAGE_MAX} characters` });
    const now = Date.now();
    const paidUntil = Math.max(guest.paidUntil, now) + COST_MS;
    if (paidUntil - now > CREDIT_MS) return say(ws, { error: "too many messages; wait a moment" });
    ws.serializeAttachment({ ...guest, paidUntil });
    const { sql } = this.ctx.storage;
    sql.exec("INSERT INTO history (name, message) VALUES (?, ?)", guest.name, message);
    sql.exec("DELETE FROM history WHERE id <= (SELECT MAX(id) FROM history) - ?", HISTORY);
    this.#tell({ name: guest.name, message });
  }

  // Its own socket is no longer open by now.
  #leave(ws) {
    const guest = ws.deserializeAttachment();
    if (guest !== null) this.#tell({ left: guest.name });
  }

  #guests() {
    return this.ctx.getWebSockets().filter((ws) => isOpen(ws) && ws.deserializeAttachment() !== null);
  }

  #tell(notice) {
    for (const ws of this.#guests()) say(ws, notice);
  }
}

function refusal(status, statusText) {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export default {
  async fetch(request, env) {
    const room = ROOM.exec(new URL(request.url).pathname);
    if (request.method !== "GET" || room === null) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket") return refusal(426, "Expected Upgrade: websocket");
    return env.CHAT_ROOM.getByName(room[1]).fetch(request);
  },
};
