import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openSocket, portOf, signInWith } from "../testing/headless-client.ts";

// The host as a process, over a fake core: what it prints, how it ends, what it leaves behind.

const program = fileURLToPath(new URL("../testing/run-fake-headless.ts", import.meta.url));
let dir: string;
let started: Run[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-run-"));
  started = [];
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

interface Run {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<{ code: number | null; signal: string | null }>;
  readonly address: () => Promise<string>;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, ...env } });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (data: Buffer) => (stdout += data.toString()));
  child.stderr.on("data", (data: Buffer) => (stderr += data.toString()));
  // "close" and not "exit": by then all output has been read.
  const ended = once(child, "close").then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
  }));
  const begun: Run = {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    address: async () => {
      await expect.poll(() => stdout, { timeout: 15_000 }).toContain("\n");
      return stdout.trim().slice("ready ".length);
    },
  };
  started.push(begun);
  return begun;
}
const profile = (): string => join(dir, "profile");
const log = (): string => readFileSync(join(profile(), "logs", "dunlin.log"), "utf8");

test("prints exactly one line when it is ready", async () => {
  const host = run(["--profile-dir", profile(), "--no-open", "--headless-host", "--port=0"]);
  await host.address();
  expect(host.stdout()).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}\n$/);
  expect(host.stderr()).toBe("");
  if (process.platform !== "win32") expect(statSync(profile()).mode & 0o777).toBe(0o700);
});

// Windows has no signals to send to another process; there the launcher ends the host by closing it.
describe.runIf(process.platform !== "win32")("asked to end", () => {
  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
    "by %s it closes the core first and says 0",
    async (signal) => {
      const host = run(["--profile-dir", profile()]);
      const address = await host.address();
      const port = portOf(address);
      const page = await openSocket(port, {
        origin: `http://127.0.0.1:${port}`,
        cookie: await signInWith(address),
      });
      host.child.kill(signal);
      expect(await host.ended).toEqual({ code: 0, signal: null });
      expect([1001, 1006]).toContain(await page.closed);
      expect(log()).toContain("core-closed");
    },
  );
});

test.each([
  ["in-use", /already running with the profile/],
  ["readonly", /cannot be written/],
  ["newer", /written by a newer Dunlin/],
  ["full", /disk .* is full/],
  ["damaged", /is damaged/],
] as const)("a profile that is %s is one clear sentence and status 1", async (problem, sentence) => {
  const host = run(["--profile-dir", profile()], { FAKE_CORE_PROBLEM: problem });
  expect(await host.ended).toEqual({ code: 1, signal: null });
  expect(host.stdout()).toBe("");
  expect(host.stderr().trim().split("\n").at(-1)).toMatch(sentence);
  expect(host.stderr()).toContain(profile());
});

test("a profile that cannot be a folder is one clear sentence", async () => {
  writeFileSync(join(dir, "file"), "");
  const host = run(["--profile-dir", join(dir, "file")]);
  expect(await host.ended).toEqual({ code: 1, signal: null });
  expect(host.stderr()).toMatch(/^The profile in .* cannot be opened .*\n$/);
});

test.each([[["--port", "x"]], [["--prot", "1"]], [["--profile-dir"]]])(
  "%j is refused with status 2",
  async (args) => {
    const host = run(args);
    expect(await host.ended).toEqual({ code: 2, signal: null });
    expect(host.stderr()).toMatch(/^[-\w].*--pro?r?t|^--/);
  },
);

test("a taken port is one clear sentence", async () => {
  const first = run(["--profile-dir", profile()]);
  const port = portOf(await first.address());
  const second = run(["--profile-dir", join(dir, "other"), "--port", String(port)]);
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.stderr()).toBe(`Port ${port} is in use by another program; choose another --port.\n`);
});

test("signs in before it is ready, and the order is nowhere to be found afterwards", async () => {
  const order = JSON.stringify({ homeserver: "http://h", user: "a", password: "sesame" });
  const host = run(["--profile-dir", profile()], { DUNLIN_SIGN_IN: order });
  await host.address();
  expect(log()).toContain('"event":"signed-in","user":"a","isEnvClean":true');
  expect(log() + host.stdout() + host.stderr()).not.toContain("sesame");
});

test("a sign-in that fails is a sentence; the host is ready all the same", async () => {
  const order = JSON.stringify({ homeserver: "http://h", user: "nobody", password: "sesame" });
  const host = run(["--profile-dir", profile()], { DUNLIN_SIGN_IN: order });
  expect(await host.address()).toContain("http://127.0.0.1:");
  expect(host.stderr()).toMatch(/^The sign-in that DUNLIN_SIGN_IN asks for did not work \(M_FORBIDDEN/);
});

test("a fault of ours closes the core, ends with status 1 and tells the log, without tokens", async () => {
  const host = run(["--profile-dir", profile()]);
  const address = await host.address();
  const port = portOf(address);
  const page = await openSocket(port, {
    origin: `http://127.0.0.1:${port}`,
    cookie: await signInWith(address),
  });
  page.post({ t: "call", id: 1, method: "openLink", params: { url: "https://x" } });
  expect(await host.ended).toEqual({ code: 1, signal: null });
  expect(log()).toContain("uncaught-error");
  expect(log()).toContain("core-closed");
  expect(log() + host.stderr()).not.toContain("hunter2");
});
