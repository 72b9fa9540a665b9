// The ws package of Node talks to `torpor serve`.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import WebSocket from "ws";
import { LENGTHS, PATIENCE, PROGRAMS, serve, unlike } from "./serve.mjs";

// An open client: its messages in order, and how it ended.
class Client {
  #messages = [];
  #waiting = [];

  constructor(url, options) {
    this.ws = new WebSocket(url, options);
    this.ws.on("upgrade", ({ headers }) => (this.agreed = headers["sec-websocket-extensions"]));
    this.closed = once(this.ws, "close").then(([code, reason]) => ({ code, reason: reason.toString() }));
    this.ws.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      const next = this.#waiting.shift();
      if (next) next(message);
      else this.#messages.push(message);
    });
  }

  static async open(t, url, options) {
    const client = new Client(url, options);
    t.after(() => client.ws.terminate());
    await once(client.ws, "open");
    return client;
  }

  // A text as a string, a binary message as a Buffer.
  next() {
    if (this.#messages.length) return this.#messages.shift();
    return new Promise((resolve, reject) => {
      this.#waiting.push(resolve);
      this.closed.then(({ code, reason }) => reject(new Error(`closed instead: ${code} ${reason}`)));
    });
  }

  async echoOf(message) {
    this.ws.send(message);
    return this.next();
  }

  // What the exchange of `message` and its echo took on the wire: { sent, received }.
  async costOf(message) {
    const { bytesWritten, bytesRead } = this.ws._socket;
    assert.equal(await this.echoOf(message), message);
    return { sent: this.ws._socket.bytesWritten - bytesWritten, received: this.ws._socket.bytesRead - bytesRead };
  }
}

const check = (name, run) => test(name, PATIENCE, run);

async function closeSeenBy(object) {
  const { code, reason, wasClean } = await object.logged("close");
  return { code, reason, wasClean };
}

for (const api of ["hibernation", "standard"]) {
  for (const perMessageDeflate of [false, { threshold: 0 }]) {
    const how = `${api}, ${perMessageDeflate ? "compressed" : "plain"}`;

    check(`${how}: text and binary of every length come back`, async (t) => {
      const object = await (await serve(t)).object(PROGRAMS[api]);
      const client = await Client.open(t, object.url, { perMessageDeflate });
      for (const length of LENGTHS) {
        const text = unlike(length);
        assert.equal(await client.echoOf(text), text);
        assert.deepEqual(await client.echoOf(Buffer.from(text)), Buffer.from(text));
      }
      assert.equal(await client.echoOf("żółć, 再见, 👋"), "żółć, 再见, 👋");
    });

    check(`${how}: a message in fragments is one message, with a ping between them`, async (t) => {
      const object = await (await serve(t)).object(PROGRAMS[api]);
      const client = await Client.open(t, object.url, { perMessageDeflate });
      const pong = once(client.ws, "pong");
      client.ws.send("one, ", { fin: false });
      client.ws.ping("between");
      client.ws.send("", { fin: false });
      client.ws.send("two, ", { fin: false });
      client.ws.send("three", { fin: true });
      assert.equal(await client.next(), "one, two, three");
      assert.equal((await pong)[0].toString(), "between");
      client.ws.send(Buffer.from([1, 2]), { fin: false });
      client.ws.send(Buffer.alloc(70_000, 3), { fin: true });
      assert.deepEqual(await client.next(), Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(70_000, 3)]));
    });
  }

  check(`${api}: a ping is answered with its octets, a pong that nobody asked for is ignored`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    const client = await Client.open(t, object.url);
    for (const octets of [Buffer.alloc(0), Buffer.from([0, 255]), Buffer.alloc(125, 7)]) {
      const pong = once(client.ws, "pong");
      client.ws.ping(octets);
      assert.deepEqual((await pong)[0], octets);
    }
    client.ws.pong("unasked");
    assert.equal(await client.echoOf("still here"), "still here");
    assert.equal((await object.log()).filter(({ event }) => event === "message").length, 1);
  });

  check(`${api}: the client closes with a code and a reason`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    const client = await Client.open(t, object.url);
    client.ws.close(4999, "enough – 再见");
    assert.deepEqual(await client.closed, { code: 4999, reason: "enough – 再见" });
    assert.deepEqual(await closeSeenBy(object), { code: 4999, reason: "enough – 再见", wasClean: true });
  });

  check(`${api}: the client closes without a code`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    const client = await Client.open(t, object.url);
    client.ws.close();
    assert.deepEqual(await client.closed, { code: 1005, reason: "" });
    assert.deepEqual(await closeSeenBy(object), { code: 1005, reason: "", wasClean: true });
  });

  check(`${api}: the client vanishes without a close`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    const client = await Client.open(t, object.url);
    client.ws.terminate();
    assert.deepEqual(await closeSeenBy(object), {
      code: 1006,
      reason: "WebSocket disconnected without sending Close frame.",
      wasClean: false,
    });
  });

  check(`${api}: the server closes with a code and a reason`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    const client = await Client.open(t, object.url);
    client.ws.send("close with a code");
    assert.deepEqual(await client.closed, { code: 4321, reason: "that was all – 再见" });
    assert.deepEqual(await closeSeenBy(object), { code: 4321, reason: "that was all – 再见", wasClean: true });
  });

  check(`${api}: the server closes without a code`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    const client = await Client.open(t, object.url);
    client.ws.send("close without a code");
    assert.deepEqual(await client.closed, { code: 1005, reason: "" });
    assert.deepEqual(await closeSeenBy(object), { code: 1005, reason: "", wasClean: true });
  });
}

for (const [how, offer, agreed, cheapAgain] of [
  ["both context takeovers", {}, "permessage-deflate; client_max_window_bits=15", { sent: true, received: true }],
  ["no context takeover of the server", { serverNoContextTakeover: true },
    "permessage-deflate; server_no_context_takeover; client_max_window_bits=15", { sent: true, received: false }],
  ["no context takeover of the client", { clientNoContextTakeover: true },
    "permessage-deflate; client_no_context_takeover; client_max_window_bits=15", { sent: false, received: true }],
]) {
  check(`compression with ${how}`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS.hibernation);
    const client = await Client.open(t, object.url, { perMessageDeflate: { threshold: 0, ...offer } });
    assert.equal(client.ws.extensions, "permessage-deflate");
    assert.equal(client.agreed, agreed);
    // Its length is a multiple of every step in which it might be inflated.
    const alike = "deflate ".repeat(1 << 17);
    const { sent, received } = await client.costOf(alike);
    assert.ok(sent < alike.length / 100 && received < alike.length / 100, `${sent} sent, ${received} received`);
    const text = unlike(8000);
    await client.costOf(text);
    // Known from the message before, or news each time.
    const again = await client.costOf(text);
    assert.deepEqual({ sent: again.sent < 800, received: again.received < 800 }, cheapAgain, JSON.stringify(again));
  });
}

check("before 2023-08-15 no extension is agreed, and everything works without", async (t) => {
  const object = await (await serve(t, "--compatibility-date", "2023-08-14")).object(PROGRAMS.hibernation);
  const client = await Client.open(t, object.url, { perMessageDeflate: { threshold: 0 } });
  assert.equal(client.ws.extensions, "");
  const alike = "deflate ".repeat(1000);
  const { sent, received } = await client.costOf(alike);
  assert.ok(sent > alike.length && received > alike.length);
});

check("the client sees the code and the reason with which the object answers its close", async (t) => {
  const object = await (await serve(t)).object(PROGRAMS["answers otherwise"]);
  const client = await Client.open(t, object.url);
  client.ws.close(4000, "mine");
  assert.deepEqual(await client.closed, { code: 4100, reason: "by hand" });
});

check("before 2026-04-07 a standard socket answers a close only when the object does", async (t) => {
  const object = await (await serve(t, "--compatibility-date", "2026-04-06")).object({
    ...PROGRAMS.standard,
    close: [{ op: "readyState" }, { op: "close", args: [4100, "by hand"] }],
  });
  const client = await Client.open(t, object.url);
  client.ws.close(4000, "mine");
  assert.deepEqual(await client.closed, { code: 4100, reason: "by hand" });
});

check("the automatic response comes without the object", async (t) => {
  const object = await (await serve(t)).object(PROGRAMS.hibernation);
  const client = await Client.open(t, object.url);
  assert.equal(await client.echoOf("are you there"), "always");
  assert.deepEqual((await object.log()).map(({ event }) => event), ["constructor", "fetch"]);
});

check("the samples talk as the documentation says", async (t) => {
  const open = async (app, query = "") =>
    Client.open(t, `ws://127.0.0.1:${(await serve(t, "--app", app)).port}/websocket${query}`);

  const echo = await open("hibernation-echo");
  assert.equal(await echo.echoOf("hi"), "[Durable Object] message: hi, connections: 1");
  echo.ws.close(4000, "bye");
  assert.deepEqual(await echo.closed, { code: 4000, reason: "bye" });

  const counter = await open("counter");
  assert.equal(await counter.echoOf("hi"), "[Durable Object] currentlyConnectedWebSockets: 1");
  counter.ws.close(4000, "bye");
  assert.deepEqual(await counter.closed, { code: 4000, reason: "bye" });

  const attachment = await open("attachment", "?orderId=A-7");
  assert.match(await attachment.echoOf("hi"), /^Hello A-7, you joined at \d+$/);
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  check(`${signal} ends the command with 0, its clients see the end`, async (t) => {
    const server = await serve(t);
    const clients = await Promise.all(
      ["hibernation", "standard"].map(async (api) => Client.open(t, (await server.object(PROGRAMS[api])).url)),
    );
    assert.deepEqual(await server.stop(signal), { code: 0, signal: null });
    for (const client of clients) assert.deepEqual(await client.closed, { code: 1006, reason: "" });
  });
}

check("SIGTERM ends the command with 0 though a client does not read", async (t) => {
  const server = await serve(t);
  const object = await server.object(PROGRAMS.hibernation);
  const client = await Client.open(t, object.url, { perMessageDeflate: false });
  client.ws.pause();
  for (let sent = 0; sent < 16; sent++) client.ws.send(Buffer.alloc(1 << 20));
  await object.logged("message");
  assert.deepEqual(await server.stop("SIGTERM"), { code: 0, signal: null });
});
