// The WebSocket of Chromium talks to `torpor serve`. A page can neither send fragments nor pings; the other clients do.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Chromium } from "./chromium.mjs";
import { LENGTHS, PATIENCE, PROGRAMS, serve } from "./serve.mjs";

let browser;
before(async () => (browser = await Chromium.start()), { timeout: 60_000 });
after(() => browser?.stop());

const check = (name, run) => test(name, PATIENCE, run);

// In the page: opens the socket NAME, which keeps what it has seen.
const open = (name, url) =>
  browser.run(
    (name, url) =>
      new Promise((resolve) => {
        const ws = (globalThis[name] = new WebSocket(url));
        ws.binaryType = "arraybuffer";
        ws.closed = new Promise((done) => {
          ws.onclose = ({ code, reason, wasClean }) => done({ code, reason, wasClean, readyState: ws.readyState });
        });
        ws.onopen = () => resolve({ extensions: ws.extensions, protocol: ws.protocol });
        ws.onerror = () => resolve("error");
      }),
    name,
    url,
  );

// In the page: whether text and binary of `length` octets come back, and as what.
const echoes = (length) =>
  browser.run(async (length) => {
    const { ws } = globalThis;
    const echoOf = (message) =>
      new Promise((resolve, reject) => {
        ws.onmessage = ({ data }) => resolve(data);
        ws.closed.then(({ code, reason }) => reject(new Error(`closed instead: ${code} ${reason}`)));
        ws.send(message);
      });
    const octets = new Uint8Array(length).map((_, index) => (index * 7 + (index >> 8)) & 127);
    const text = new TextDecoder().decode(octets);
    const binary = new Uint8Array(await echoOf(octets));
    return {
      text: (await echoOf(text)) === text,
      binary: binary.length === length && binary.every((octet, index) => octet === octets[index]),
    };
  }, length);

const send = (message) => browser.run((message) => void globalThis.ws.send(message), message);
const close = (...values) => browser.run((...values) => void globalThis.ws.close(...values), ...values);
const closed = (name = "ws") => browser.run((name) => globalThis[name].closed, name);
const CLOSED = 3;

async function closeSeenBy(object) {
  const { code, reason, wasClean } = await object.logged("close");
  return { code, reason, wasClean };
}

for (const api of ["hibernation", "standard"]) {
  for (const [extensions, date] of [
    ["permessage-deflate; client_max_window_bits=15", "2023-08-15"],
    ["", "2023-08-14"],
  ]) {
    check(`${api}, ${date}: text and binary of every length come back`, async (t) => {
      const object = await (await serve(t, "--compatibility-date", date)).object(PROGRAMS[api]);
      assert.deepEqual(await open("ws", object.url), { extensions, protocol: "" });
      for (const length of LENGTHS) assert.deepEqual(await echoes(length), { text: true, binary: true }, `${length}`);
    });
  }

  check(`${api}: the page closes with a code and a reason`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    await open("ws", object.url);
    await close(4999, "enough – 再见");
    assert.deepEqual(await closed(), { code: 4999, reason: "enough – 再见", wasClean: true, readyState: CLOSED });
    assert.deepEqual(await closeSeenBy(object), { code: 4999, reason: "enough – 再见", wasClean: true });
  });

  check(`${api}: the page closes without a code`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    await open("ws", object.url);
    await close();
    assert.deepEqual(await closed(), { code: 1005, reason: "", wasClean: true, readyState: CLOSED });
    assert.deepEqual(await closeSeenBy(object), { code: 1005, reason: "", wasClean: true });
  });

  check(`${api}: the server closes with a code and a reason`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    await open("ws", object.url);
    await send("close with a code");
    const expected = { code: 4321, reason: "that was all – 再见", wasClean: true };
    assert.deepEqual(await closed(), { ...expected, readyState: CLOSED });
    assert.deepEqual(await closeSeenBy(object), expected);
  });

  check(`${api}: the server closes without a code`, async (t) => {
    const object = await (await serve(t)).object(PROGRAMS[api]);
    await open("ws", object.url);
    await send("close without a code");
    assert.deepEqual(await closed(), { code: 1005, reason: "", wasClean: true, readyState: CLOSED });
    assert.deepEqual(await closeSeenBy(object), { code: 1005, reason: "", wasClean: true });
  });
}

check("the page sees the code and the reason with which the object answers its close", async (t) => {
  const object = await (await serve(t)).object(PROGRAMS["answers otherwise"]);
  await open("ws", object.url);
  await close(4000, "mine");
  assert.deepEqual(await closed(), { code: 4100, reason: "by hand", wasClean: true, readyState: CLOSED });
  assert.deepEqual(await closeSeenBy(object), { code: 4000, reason: "mine", wasClean: true });
});

check("a handshake that the server refuses is an error and an unclean close", async (t) => {
  const { port } = await serve(t);
  assert.equal(await open("ws", `ws://127.0.0.1:${port}/object/nobody/ws`), "error");
  assert.deepEqual(await closed(), { code: 1006, reason: "", wasClean: false, readyState: CLOSED });
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  check(`${signal} ends the command with 0, its pages see the end`, async (t) => {
    const server = await serve(t);
    for (const api of ["hibernation", "standard"]) await open(api, (await server.object(PROGRAMS[api])).url);
    assert.deepEqual(await server.stop(signal), { code: 0, signal: null });
    for (const api of ["hibernation", "standard"]) {
      assert.deepEqual(await closed(api), { code: 1006, reason: "", wasClean: false, readyState: CLOSED });
    }
  });
}
