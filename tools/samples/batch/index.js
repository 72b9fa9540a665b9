// A game room: what one player does, all are told. Many logical messages travel in one WebSocket message, the envelope
// {"messages":[{"type":T,"payload":P},...],"timestamp":N}, in both directions. The room sends one as soon as COUNT logical messages
// wait, or DELAY milliseconds after the first of them.
import { DurableObject } from "cloudflare:workers";

const COUNT = 50;
const DELAY = 50;
const EXPECTED = "Durable Object expected Upgrade: websocket";

function refusal(status, statusText) {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export class GameRoom extends DurableObject {
  #waiting = [];
  #timer = null;

  async fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(ws, message) {
    if (typeof message !== "string") return;
    for (const one of JSON.parse(message).messages) this.#handle(one);
  }

  async webSocketClose(ws, code, reason) {
    ws.close(code, reason);
  }

  #handle({ type, payload }) {
    this.#waiting.push({ type, payload });
    if (this.#waiting.length >= COUNT) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), DELAY);
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    const envelope = JSON.stringify({ messages: this.#waiting, timestamp: Date.now() });
    this.#waiting = [];
    for (const player of this.ctx.getWebSockets()) {
      if (player.readyState === WebSocket.OPEN) player.send(envelope);
    }
  }
}

export default {
  async fetch(request, env) {
    if (request.method !== "GET" || !request.url.endsWith("/websocket")) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade") !== "websocket") return refusal(426, EXPECTED);
    return env.GAME_ROOM.getByName("foo").fetch(request);
  },
};
