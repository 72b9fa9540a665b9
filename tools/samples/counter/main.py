"""Answers each message with the number of connections, which it counts itself: standard sockets keep it in memory."""
from js import WebSocketPair
from pyodide.ffi import create_proxy
from workers import DurableObject, Response, WorkerEntrypoint

EXPECTED = "Durable Object expected Upgrade: websocket"


def refusal(status, status_text):
    return Response(None, status=status, status_text=status_text, headers={"Content-Type": "text/plain"})


class WebSocketServer(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.connected = 0

    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        server.accept()
        self.connected += 1

        def on_message(event):
            server.send(f"[Durable Object] currentlyConnectedWebSockets: {self.connected}")

        def on_close(event):
            self.connected -= 1
            server.close(event.code, "Durable Object is closing WebSocket")

        server.addEventListener("message", create_proxy(on_message))
        server.addEventListener("close", create_proxy(on_close))
        return Response(None, status=101, web_socket=client)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method != "GET" or not request.url.endswith("/websocket"):
            return refusal(400, "Bad Request")
        if request.headers.get("Upgrade") != "websocket":
            return refusal(426, EXPECTED)
        return await self.env.WEBSOCKET_SERVER.getByName("foo").fetch(request)
