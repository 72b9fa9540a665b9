// A headless Chromium with one empty page, in which a test runs functions of its own.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import WebSocket from "ws";

const OPTIONS = [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-extensions", "--disable-sync",
  "--remote-debugging-port=0",
];

// Where the browser that `child` is takes commands.
async function debuggerOf(child) {
  const lines = [];
  for await (const line of createInterface({ input: child.stderr })) {
    const url = /^DevTools listening on (ws:\S+)$/.exec(line)?.[1];
    if (url) return url;
    lines.push(line);
  }
  throw new Error(`chromium ended early:\n${lines.join("\n")}`);
}

// Commands of the DevTools protocol, each with its answer.
class Commands {
  #sent = new Map();
  #ids = 0;
  #socket;

  static async to(url) {
    const commands = new Commands();
    commands.#socket = new WebSocket(url, { perMessageDeflate: false });
    commands.#socket.on("message", (data) => {
      const { id, result, error } = JSON.parse(data);
      const sent = commands.#sent.get(id);
      commands.#sent.delete(id);
      if (error) sent?.reject(new Error(error.message));
      else sent?.resolve(result);
    });
    await once(commands.#socket, "open");
    return commands;
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.#ids;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId }));
    return new Promise((resolve, reject) => this.#sent.set(id, { resolve, reject }));
  }

  close() {
    this.#socket.terminate();
  }
}

export class Chromium {
  static async start() {
    const browser = new Chromium();
    // The page comes from where torpor listens, as a browser wants it of what talks to a local address.
    browser.pages = createServer((request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>interop</title>");
    }).listen(0, "127.0.0.1");
    await once(browser.pages, "listening");
    browser.folder = mkdtempSync(join(tmpdir(), "torpor-chromium-"));
    const binary = process.env.TORPOR_CHROMIUM ?? "chromium";
    browser.child = spawn(binary, [...OPTIONS, `--user-data-dir=${browser.folder}`], {
      stdio: ["ignore", "ignore", "pipe"],
      detached: true, // a process group of its own: the browser is many processes
    });
    browser.ended = once(browser.child, "exit");
    browser.commands = await Commands.to(await debuggerOf(browser.child));
    browser.child.stderr.resume();
    const url = `http://127.0.0.1:${browser.pages.address().port}/`;
    const { targetId } = await browser.commands.send("Target.createTarget", { url });
    const { sessionId } = await browser.commands.send("Target.attachToTarget", { targetId, flatten: true });
    browser.session = sessionId;
    await browser.#arrived(url);
    return browser;
  }

  // What `run(...values)` comes to in the page; `run` may use nothing from outside.
  run(run, ...values) {
    return this.#evaluate(`(${run})(...${JSON.stringify(values)})`);
  }

  // Until then what is asked of the page may be lost with the empty one before it.
  async #arrived(url) {
    const there = () => this.#evaluate(`location.href === "${url}" && document.readyState === "complete"`);
    while (!(await there().catch(() => false))) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  async #evaluate(expression) {
    const { result, exceptionDetails } = await this.commands.send(
      "Runtime.evaluate",
      { expression, awaitPromise: true, returnByValue: true },
      this.session,
    );
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  async stop() {
    this.pages.close();
    this.commands.close();
    process.kill(-this.child.pid, "SIGKILL");
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
