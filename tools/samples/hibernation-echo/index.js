// Answers each message with itself and the number of connections. The object may hibernate in between: nothing that it needs is
// in memory.
import { DurableObject } from "cloudflare:workers";

const EXPECTED = "Durable Object expected Upgrade: websocket";

function refusal(status, statusText) {
  return new Response(null, { status, statusText, headers: { "Content-Type": "text/plain" } });
}

export class WebSocketHibernationServer extends DurableObject {
  async fetch() {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  async webSocketMessage(ws, message) {
    const connections = this.ctx.getWebSockets().length;
    ws.send(`[Durable Object] message: ${message}, connections: ${connections}`);
  }

  async webSocketClose(ws, code, reason) {
    ws.close(code, reason);
  }
}

export default {
  async fetch(request, env) {
    if (request.method !== "GET" || !request.url.endsWith("/websocket")) return refusal(400, "Bad Request");
    if (request.headers.get("Upgrade") !== "websocket") return refusal(426, EXPECTED);
    return env.WEBSOCKET_HIBERNATION_SERVER.getByName("foo").fetch(request);
  },
};
