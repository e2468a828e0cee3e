import { EventEmitter } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import type { UpdateView } from "../../../preload/contract/models/desktop.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { plainNotes } from "./plain-notes.ts";
import { canUpdate, Updates, type Updater } from "./updates.ts";

class StandInUpdater extends EventEmitter implements Updater {
  autoDownload = false;
  autoInstallOnAppQuit = false;
  allowDowngrade = true;
  disableWebInstaller = false;
  logger: unknown = console;
  checks = 0;
  problem: Error | null = null;
  installs: unknown[][] = [];
  checkForUpdates(): Promise<unknown> {
    this.checks += 1;
    return this.problem === null ? Promise.resolve(null) : Promise.reject(this.problem);
  }
  quitAndInstall(...args: unknown[]): void {
    this.installs.push(args);
  }
}

let updater: StandInUpdater;
let clock: ManualClock;
let views: UpdateView[];
let restarts: (() => void)[];
let updates: Updates;
beforeEach(() => {
  updater = new StandInUpdater();
  clock = new ManualClock();
  views = [];
  restarts = [];
  updates = new Updates({
    updater,
    clock,
    log: () => undefined,
    onChange: (view) => void views.push(view),
    restart: (install) => void restarts.push(install),
  });
});
const ready = (): void =>
  void updater.emit("update-downloaded", { version: "2.0.0", releaseNotes: "<p>New &amp; <b>good</b></p>" });
const now = (): UpdateView | undefined => views.at(-1);

test("looks a minute after the start and every six hours, and loads by itself", () => {
  expect([updater.autoDownload, updater.allowDowngrade, updater.disableWebInstaller]).toEqual([
    true,
    false,
    true,
  ]);
  clock.advance(59_000);
  expect(updater.checks).toBe(0);
  clock.advance(1_000);
  expect(updater.checks).toBe(1);
  clock.advance(6 * 60 * 60_000);
  expect(updater.checks).toBe(2);
});

test("tells how far loading is, and what is new as plain text", () => {
  updater.emit("checking-for-update");
  updater.emit("update-available", { version: "2.0.0" });
  updater.emit("download-progress", { percent: 41.7 });
  expect(now()).toEqual({ state: "loading", version: "2.0.0", percent: 42 });
  ready();
  expect(now()).toEqual({ state: "ready", version: "2.0.0", notes: "New & good", waitsFor: null });
});

describe("a restart", () => {
  test("needs a version that is loaded, and comes as the last thing of an ordered end", () => {
    expect(() => updates.restart()).toThrow("no newer version");
    ready();
    updates.restart();
    expect([restarts.length, updater.installs]).toEqual([1, []]);
    restarts[0]?.();
    expect(updater.installs).toEqual([[true, true]]);
  });

  test.each(["call", "sending"] as const)("never comes in the middle of a %s, and says so", (what) => {
    ready();
    updates.waitsFor = what;
    expect(now()).toMatchObject({ state: "ready", waitsFor: what });
    expect(() => updates.restart()).toThrow(what);
    expect(restarts).toEqual([]);
    updates.waitsFor = null;
    expect(now()).toMatchObject({ waitsFor: null });
    updates.restart();
    expect(restarts).toHaveLength(1);
  });

  test("is not smuggled in when the app ends during a call", () => {
    ready();
    updates.waitsFor = "call";
    updates.stop();
    expect(updater.autoInstallOnAppQuit).toBe(false);
  });
});

test("a server that is not there is tried again later; what is loaded stays ready", async () => {
  updater.problem = new Error("offline");
  updates.check();
  await expect.poll(now).toEqual({ state: "failed" });
  ready();
  updater.emit("error", new Error("offline"));
  expect(now()).toMatchObject({ state: "ready" });
  clock.advance(60_000);
  expect(updater.checks).toBe(1); // one is ready: there is nothing to look for
});

test("only a copy that nobody else updates updates itself", () => {
  const linux = (env: Record<string, string>, isPackaged = true) =>
    canUpdate({ isPackaged, platform: "linux", env });
  expect([linux({}), linux({ APPIMAGE: "/x" }), linux({ APPIMAGE: "/x" }, false)]).toEqual([
    false,
    true,
    false,
  ]);
  expect(canUpdate({ isPackaged: true, platform: "win32", env: {} })).toBe(true);
  expect(canUpdate({ isPackaged: false, platform: "darwin", env: {} })).toBe(false);
});

test.each([
  ["<h2>1.2</h2><ul><li>one</li><li>two</li></ul>", "1.2\n\n• one\n• two"],
  ["<script>alert(1)</script>text<img src=x onerror=alert(1)>", "text"],
  ["a &lt;b&gt; <b", "a <b>"],
  ["over\u202eride\u0007", "override"],
  [[{ version: "1.2", note: "<p>a</p>" }, { version: "1.1", note: null }, "junk"], "1.2\na\n\n1.1"],
  [null, ""],
])("of the notes %j stays text alone", (notes, text) => expect(plainNotes(notes)).toBe(text));
