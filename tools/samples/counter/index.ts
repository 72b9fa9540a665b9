// Answers each message with the number of connections, which it counts itself: sockets of the standard API keep the object in
// memory.
import { DurableObject } from "cloudflare:workers";

export interface Env {
  WEBSOCKET_SERVER: DurableObjectNamespace<WebSocketServer>;
}

const EXPECTED = "Durable Object expected Upgrade: websocket";

function refusal(status: number, statusText: string): Response {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export class WebSocketServer extends DurableObject<Env> {
  #connected = 0;

  async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    this.#connected += 1;
    server.addEventListener("message", () => {
      server.send(`[Durable Object] currentlyConnectedWebSockets: ${this.#connected}`);
    });
    server.addEventListener("close", ({ code }: CloseEvent) => {
      this.#connected -= 1;
      server.close(code, "Durable Object is closing WebSocket");
    });
    return new Response(null, { status: 101, webSocket: client });
  }
}

export default {
  async fetch(request, env): Promise<Response> {
    if (request.method !== "GET" || !request.url.endsWith("/websocket")) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade") !== "websocket") return refusal(426, EXPECTED);
    return env.WEBSOCKET_SERVER.getByName("foo").fetch(request);
  },
} satisfies ExportedHandler<Env>;
