import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { passesOn, run } from "./child.mjs";
import { electronArguments } from "./electron-app.mjs";
import { isWorthTrying, RETRY_AFTER } from "./electron.mjs";
import { followPages } from "./last-window.mjs";
import { alone } from "./lock.mjs";
import { defaultProfileDir } from "./profile.mjs";
import { root } from "./root.mjs";

test("each system has its own place for a profile", () => {
  const home = "/home/mira";
  expect(defaultProfileDir({ platform: "linux", env: {}, home })).toBe("/home/mira/.local/share/dunlin");
  const xdg = { XDG_DATA_HOME: "/data" };
  expect(defaultProfileDir({ platform: "linux", env: xdg, home })).toBe("/data/dunlin");
  const relative = { XDG_DATA_HOME: "data" };
  expect(defaultProfileDir({ platform: "linux", env: relative, home })).toBe(
    "/home/mira/.local/share/dunlin",
  );
  expect(defaultProfileDir({ platform: "darwin", env: {}, home: "/Users/mira" })).toBe(
    "/Users/mira/Library/Application Support/Dunlin",
  );
  const roaming = { APPDATA: "C:\\Users\\mira\\AppData\\Roaming" };
  expect(defaultProfileDir({ platform: "win32", env: roaming, home: "C:\\Users\\mira" })).toBe(
    "C:\\Users\\mira\\AppData\\Roaming\\Dunlin",
  );
});

test("a failed download of Electron is tried again later, and at once for another version", () => {
  const failure = { at: 1_000_000, version: "45.0.0" };
  expect(isWorthTrying(undefined, { now: 0, version: "45.0.0" })).toBe(true);
  expect(isWorthTrying(failure, { now: failure.at + 1000, version: "45.0.0" })).toBe(false);
  expect(isWorthTrying(failure, { now: failure.at + RETRY_AFTER, version: "45.0.0" })).toBe(true);
  expect(isWorthTrying(failure, { now: failure.at + 1000, version: "45.0.1" })).toBe(true);
  // A clock that was set back must not keep us waiting for years.
  expect(isWorthTrying(failure, { now: failure.at - 1000, version: "45.0.0" })).toBe(true);
});

test("Electron's own switches stand before the app, the app's flags after it", () => {
  const flags = {
    headlessHost: false,
    open: true,
    check: false,
    profileDir: "/p",
    remoteDebuggingPort: 9222,
  };
  const app = join(root, "out", "main", "electron.js");
  const expected = ["--no-sandbox", "--remote-debugging-port=9222", app, "--profile-dir", "/p"];
  expect(electronArguments(flags, true)).toEqual(expected);
});

test("the app ends with its last page, not with a worker or the first of two windows", () => {
  let closed = 0;
  const take = followPages(() => (closed += 1));
  const created = (/** @type {string} */ targetId, /** @type {string} */ type) =>
    take(JSON.stringify({ method: "Target.targetCreated", params: { targetInfo: { targetId, type } } }));
  const destroyed = (/** @type {string} */ targetId) =>
    take(JSON.stringify({ method: "Target.targetDestroyed", params: { targetId } }));
  take('{"id":1,"result":{}}');
  created("app", "page");
  created("worker", "service_worker");
  created("popup", "page");
  destroyed("app");
  destroyed("worker");
  expect(closed).toBe(0);
  destroyed("popup");
  expect(closed).toBe(1);
});

test("a Ctrl-C in a terminal is not sent twice, a SIGTERM always passed on", () => {
  expect(passesOn("SIGINT", true)).toBe(false);
  expect(passesOn("SIGINT", false)).toBe(true);
  expect(passesOn("SIGTERM", true)).toBe(true);
});

test("a command that hangs is ended and says so", async () => {
  const result = await run(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { timeout: 200 });
  expect(result).toMatchObject({ timedOut: true, code: null });
});

test("what a hanging command had started ends with it", async () => {
  const sleeper = "setInterval(() => {}, 1000)";
  // The second one leads a process group of its own, as our apps and Playwright's browsers do.
  const starter = `
    const { spawn } = require("node:child_process");
    const options = { detached: true, stdio: "ignore" };
    console.log(spawn(process.execPath, ["-e", ${JSON.stringify(sleeper)}], options).pid);
    ${sleeper}`;
  const { stdout, timedOut } = await run(process.execPath, ["-e", starter], { timeout: 5_000 });
  const pid = Number(stdout);
  expect(timedOut).toBe(true);
  expect(pid).toBeGreaterThan(0);
  await expect.poll(() => isAlive(pid), { timeout: 10_000 }).toBe(false);
});

test("a command that cannot be started has failed with its reason", async () => {
  const result = await run("/nowhere/program", []);
  expect(result.code).not.toBe(0);
  expect(result.output).toContain("ENOENT");
});

test("two launchers do not do the same work at once, and a dead one's lock is taken over", async () => {
  const dir = mkdtempSync(join(tmpdir(), "dunlin-lock-"));
  const gone = spawn(process.execPath, ["-e", ""]);
  await once(gone, "exit");
  writeFileSync(join(dir, "work.lock"), String(gone.pid));
  /** @type {string[]} */
  const order = [];
  const work = (/** @type {string} */ name) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    order.push(`${name} ends`);
  };
  await Promise.all([alone("work", work("one"), dir), alone("work", work("two"), dir)]);
  const [first = ""] = order;
  const [one, two] = first.startsWith("one") ? ["one", "two"] : ["two", "one"];
  expect(order).toEqual([`${one} begins`, `${one} ends`, `${two} begins`, `${two} ends`]);
  rmSync(dir, { recursive: true });
});

// Windows has no signals to pass on.
test.runIf(process.platform !== "win32")("a stand-in for a child ends as the child did", async () => {
  const bootstrap = pathToFileURL(join(root, "main", "launch", "bootstrap.mjs")).href;
  const dir = mkdtempSync(join(tmpdir(), "dunlin-reexec-"));
  const entry = join(dir, "entry.mjs");
  writeFileSync(
    entry,
    `process.on("SIGTERM", () => process.exit(7)); setInterval(() => {}, 1000); console.log("up");`,
  );
  const code = `import { reexec } from ${JSON.stringify(bootstrap)};
    reexec(process.execPath, ${JSON.stringify(entry)}, []);`;
  const parent = spawn(process.execPath, ["--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(parent, "exit");
  await once(parent.stdout, "data");
  parent.kill("SIGTERM");
  expect((await ended)[0]).toBe(7);
  rmSync(dir, { recursive: true });
});

function isAlive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
