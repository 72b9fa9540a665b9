// Greets everybody by what was attached to their socket when they came, whether the object has slept since or not.
import { DurableObject } from "cloudflare:workers";

export interface Env {
  WEBSOCKET_SERVER: DurableObjectNamespace<WebSocketServer>;
}

interface ConnectionState {
  orderId: string;
  joinedAt: number;
}

const EXPECTED = "Durable Object expected Upgrade: websocket";

function refusal(status: number, statusText: string): Response {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export class WebSocketServer extends DurableObject<Env> {
  async fetch(request: Request): Promise<Response> {
    const orderId = new URL(request.url).searchParams.get("orderId") ?? "anonymous";
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ orderId, joinedAt: Date.now() } satisfies ConnectionState);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(ws: WebSocket): Promise<void> {
    const { orderId, joinedAt } = ws.deserializeAttachment() as ConnectionState;
    ws.send(`Hello ${orderId}, you joined at ${joinedAt}`);
  }

  async webSocketClose(ws: WebSocket, code: number, reason: string): Promise<void> {
    const { orderId } = ws.deserializeAttachment() as ConnectionState;
    console.log(`${orderId} disconnected`);
    ws.close(code, reason);
  }
}

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET" || !pathname.endsWith("/websocket")) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade") !== "websocket") return refusal(426, EXPECTED);
    return env.WEBSOCKET_SERVER.getByName("foo").fetch(request);
  },
} satisfies ExportedHandler<Env>;
