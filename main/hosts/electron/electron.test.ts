import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { CONTRACT_VERSION } from "../../../preload/contract/frames.ts";
import { buildApp, outMain, preload } from "./testing/built-app.ts";
import { StandInChild } from "./testing/stand-in-child.ts";

// The app as it is built: out/main/electron.js and out/preload/preload.cjs, with the real core, under a stand-in
// `electron` that records what it is asked for. Its further stories are in built/.

beforeAll(buildApp, 180_000);

let dir: string;
let children: StandInChild[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-built-"));
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

function start(): StandInChild {
  const child = new StandInChild(outMain, ["--profile-dir", join(dir, "profile")]);
  children.push(child);
  return child;
}

test("opens one window that trusts its page with nothing", async () => {
  const child = start();
  await child.until("called", ({ name }) => name === "show");
  const [window, ...more] = child.all("window");
  expect(more).toEqual([]);
  expect(window?.options).toMatchObject({
    title: "Dunlin",
    show: false,
    backgroundColor: expect.stringMatching(/^#/) as unknown,
  });
  expect((window?.options as { webPreferences: unknown }).webPreferences).toEqual({
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    devTools: true, // the stand-in is not packaged
    autoplayPolicy: "no-user-gesture-required",
  });
  expect(child.all("schemes")).toMatchObject([
    {
      isReady: false,
      schemes: [
        { scheme: "app", privileges: { standard: true, secure: true } },
        { scheme: "media", privileges: { standard: true, secure: true } },
      ],
    },
  ]);
  for (const { privileges } of child.all("schemes")[0]?.schemes as { privileges: object }[])
    expect(privileges).not.toHaveProperty("bypassCSP");
});

test("serves the contract of the real core, and only to its page", async () => {
  const child = start();
  await child.until("loaded");
  for (const who of ["other origin", "frame inside", "frame that is gone", "other window"] as const)
    await child.post({ t: "hello", version: CONTRACT_VERSION }, who);
  expect(child.frames).toEqual([]);
  await child.post({ t: "hello", version: CONTRACT_VERSION });
  await child.post({ t: "subscribe", id: 1, topic: "session", params: null });
  await child.post({ t: "subscribe", id: 2, topic: "roomList", params: null });
  await child.post({ t: "call", id: 3, method: "constructor", params: {} });
  await expect.poll(() => child.frames.length).toBeGreaterThanOrEqual(4);
  expect(child.frames).toEqual(
    expect.arrayContaining([
      { t: "hello", version: CONTRACT_VERSION, resources: "media://dunlin/", host: "electron" },
      { t: "snapshot", id: 1, seq: 0, value: { state: "signed-out", reason: null, secrets: "os-keyring" } },
      { t: "snapshot", id: 2, seq: 0, value: [] },
      { t: "failure", id: 3, failure: expect.objectContaining({ kind: "invalid" }) as unknown },
    ]),
  );
});

test("quits with its core closed: the profile is free for the next one at once", async () => {
  for (let run = 1; run <= 2; run++) {
    const child = start();
    await child.until("called", ({ name }) => name === "show");
    void child.tell({ do: "quit" }).catch(() => undefined);
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect([child.all("error-box"), child.output]).toEqual([[], ""]);
  }
});

test("two of them on one profile: the second says so and ends, the first goes on", async () => {
  const first = start();
  await first.until("called", ({ name }) => name === "show");
  const second = start(); // another kind of host has no part in Electron's own lock, so the core must notice
  expect((await second.ended).code).toBe(1);
  expect(second.all("error-box")[0]?.text).toMatch(/^Dunlin is already running with the profile in /);
  await first.post({ t: "hello", version: CONTRACT_VERSION });
  expect(first.frames).toHaveLength(1);
});

test("the preload gives the page two functions and nothing of Electron", () => {
  expect(existsSync(preload)).toBe(true);
  const exposed: Record<string, unknown> = {};
  const sent: unknown[] = [];
  let deliver: (event: object, frame: unknown) => void = () => undefined;
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void (exposed[name] = value) },
    ipcRenderer: {
      send: (...args: unknown[]) => sent.push(args),
      on: (_channel: string, listener: typeof deliver) => void (deliver = listener),
      off: () => void (deliver = () => undefined),
    },
  };
  const required: string[] = [];
  const require = (name: string): unknown => {
    required.push(name);
    return electron;
  };
  runInContext(
    readFileSync(preload, "utf8"),
    createContext({ require, exports: {}, module: { exports: {} } }),
  );
  expect(required).toEqual(["electron/renderer"]);
  expect(Object.keys(exposed)).toEqual(["host"]);
  const host = exposed["host"] as Record<string, (...args: unknown[]) => unknown>;
  expect(Object.keys(host).sort()).toEqual(["onFrame", "post"]);

  host["post"]?.({ t: "hello", version: 1 }, "more");
  expect(sent).toEqual([["port", { t: "hello", version: 1 }]]);
  const heard: unknown[][] = [];
  const stop = host["onFrame"]?.((...args: unknown[]) => heard.push(args)) as () => void;
  deliver({ sender: "ipcRenderer" }, { t: "result", id: 1, value: null });
  expect(heard).toEqual([[{ t: "result", id: 1, value: null }]]);
  stop();
  deliver({}, { t: "result", id: 2, value: null });
  expect(heard).toHaveLength(1);
});
