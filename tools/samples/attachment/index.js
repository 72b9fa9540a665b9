// Greets everybody by what was attached to their socket when they came, whether the object has slept since or not.
import { DurableObject } from "cloudflare:workers";

const EXPECTED = "Durable Object expected Upgrade: websocket";

function refusal(status, statusText) {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export class WebSocketServer extends DurableObject {
  async fetch(request) {
    const orderId = new URL(request.url).searchParams.get("orderId") ?? "anonymous";
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment({ orderId, joinedAt: Date.now() });
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(ws) {
    const { orderId, joinedAt } = ws.deserializeAttachment();
    ws.send(`Hello ${orderId}, you joined at ${joinedAt}`);
  }

  async webSocketClose(ws, code, reason) {
    const { orderId } = ws.deserializeAttachment();
    console.log(`${orderId} disconnected`);
    ws.close(code, reason);
  }
}

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    if (request.method !== "GET" || !pathname.endsWith("/websocket")) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade") !== "websocket") return refusal(426, EXPECTED);
    return env.WEBSOCKET_SERVER.getByName("foo").fetch(request);
  },
};
