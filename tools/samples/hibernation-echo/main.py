"""Answers each message with itself and the number of connections. The object may hibernate in between."""
from js import WebSocketPair
from workers import DurableObject, Response, WorkerEntrypoint

EXPECTED = "Durable Object expected Upgrade: websocket"


def refusal(status, status_text):
    return Response(None, status=status, status_text=status_text, headers={"Content-Type": "text/plain"})


class WebSocketHibernationServer(DurableObject):
    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        self.ctx.acceptWebSocket(server)
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        connections = len(self.ctx.getWebSockets())
        ws.send(f"[Durable Object] message: {message}, connections: {connections}")

    async def webSocketClose(self, ws, code, reason, was_clean):
        ws.close(code, reason)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method != "GET" or not request.url.endswith("/websocket"):
            return refusal(400, "Bad Request")
        if request.headers.get("Upgrade") != "websocket":
            return refusal(426, EXPECTED)
        return await self.env.WEBSOCKET_HIBERNATION_SERVER.getByName("foo").fetch(request)
