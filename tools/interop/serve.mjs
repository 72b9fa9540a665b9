// `torpor serve` for the tests of this folder, and the objects behind it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// What the tests load into the fixture (conformance/FIXTURE.md); beast_test.cc loads the same.
export const PROGRAMS = JSON.parse(readFileSync(new URL("programs.json", import.meta.url), "utf8"));

// Payload lengths: none, one octet, both sides of the two borders of the frame header, and what takes several TCP segments.
export const LENGTHS = [0, 1, 125, 126, 65535, 65536, 1 << 20];

// A safety net for what waits for ever, not an assertion.
export const PATIENCE = { timeout: 30_000 };

// `count` ASCII characters in which no compression finds much, the same in every run.
export function unlike(count) {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) & 63));
  }).join("");
}

// The object NAME of the fixture, with its program loaded.
async function loadedObject(port, name, program) {
  const control = `http://127.0.0.1:${port}/torpor/1/objects/${name}`;
  const answer = await fetch(`${control}/program`, { method: "PUT", body: JSON.stringify(program) });
  if (answer.status !== 204) throw new Error(`the program was refused: ${await answer.text()}`);
  const log = async () => {
    const { entries } = await (await fetch(`${control}/log?from=0`)).json();
    return entries.map(({ at, ...entry }) => entry);
  };
  return {
    url: `ws://127.0.0.1:${port}/object/${name}/ws?client=a`,
    log,
    // The first entry that tells of `event`, once it is there.
    logged: async (event) => {
      for (;;) {
        const found = (await log()).find((entry) => entry.event === event);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
  };
}

// Starts the command TORPOR_BINARY names; killed at the end of the test `t` when the test has not stopped it.
export async function serve(t, ...options) {
  const binary = process.env.TORPOR_BINARY;
  if (!binary) throw new Error("TORPOR_BINARY must name the torpor command");
  const child = spawn(binary, ["serve", "--port", "0", ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  t.after(() => child.kill("SIGKILL"));
  let port;
  for await (const line of createInterface({ input: child.stdout })) {
    port = /^listening on 127\.0\.0\.1:(\d+)$/.exec(line)?.[1];
    break;
  }
  if (!port) throw new Error("torpor serve did not say where it listens");
  let objects = 0;
  return {
    port,
    object: (program) => loadedObject(port, `object-${objects++}`, program),
    // Resolves to { code, signal } once the command has ended.
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}
