// A game room: what one player does, all are told. Many logical messages travel in one WebSocket message, the envelope
// {"messages":[{"type":T,"payload":P},...],"timestamp":N}, in both directions. The room sends one as soon as COUNT logical messages
// wait, or DELAY milliseconds after the first of them.
import { DurableObject } from "cloudflare:workers";

export interface Env {
  GAME_ROOM: DurableObjectNamespace<GameRoom>;
}

interface LogicalMessage {
  type: string;
  payload?: unknown;
}

interface Envelope {
  messages: LogicalMessage[];
  timestamp: number;
}

const COUNT = 50;
const DELAY = 50;
const EXPECTED = "Durable Object expected Upgrade: websocket";

function refusal(status: number, statusText: string): Response {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export class GameRoom extends DurableObject<Env> {
  #waiting: LogicalMessage[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(ws: WebSocket, message: string | ArrayBuffer): Promise<void> {
    if (typeof message !== "string") return;
    for (const one of (JSON.parse(message) as Envelope).messages) this.#handle(one);
  }

  async webSocketClose(ws: WebSocket, code: number, reason: string): Promise<void> {
    ws.close(code, reason);
  }

  #handle({ type, payload }: LogicalMessage): void {
    this.#waiting.push({ type, payload });
    if (this.#waiting.length >= COUNT) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), DELAY);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = null;
    const envelope: Envelope = { messages: this.#waiting, timestamp: Date.now() };
    const text = JSON.stringify(envelope);
    this.#waiting = [];
    for (const player of this.ctx.getWebSockets()) {
      if (player.readyState === WebSocket.OPEN) player.send(text);
    }
  }
}

export default {
  async fetch(request, env): Promise<Response> {
    if (request.method !== "GET" || !request.url.endsWith("/websocket")) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade") !== "websocket") return refusal(426, EXPECTED);
    return env.GAME_ROOM.getByName("foo").fetch(request);
  },
} satisfies ExportedHandler<Env>;
