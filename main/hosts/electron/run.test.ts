import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CONTRACT_VERSION } from "../../../preload/contract/frames.ts";
import { StandInChild } from "./testing/stand-in-child.ts";

// The Electron host as a process under a stand-in `electron`, over a fake core. What the built app does under the same
// stand-in is in electron.test.ts.

const program = new URL("./testing/run-fake-electron.ts", import.meta.url).href;
let dir: string;
let children: StandInChild[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-electron-"));
  mkdirSync(join(dir, "out", "renderer"), { recursive: true });
  writeFileSync(join(dir, "out", "renderer", "index.html"), "<title>page</title>");
  writeFileSync(join(dir, "video"), "0123456789");
  children = [];
});
afterEach(async () => {
  await Promise.all(children.map((child) => child.kill()));
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

function start(args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): StandInChild {
  const child = new StandInChild(program, ["--profile-dir", join(dir, "profile"), ...args], {
    FAKE_OUT_DIR: join(dir, "out"),
    FAKE_MEDIA: join(dir, "video"),
    ...env,
  });
  children.push(child);
  return child;
}
async function opened(args: readonly string[] = []): Promise<StandInChild> {
  const child = start(args);
  await child.until("called", ({ name }) => name === "show");
  return child;
}
const hello = { t: "hello", version: CONTRACT_VERSION } as const;
const log = (): string => readFileSync(join(dir, "profile", "logs", "dunlin.log"), "utf8");

describe("the window", () => {
  test("shows our page once it is painted, in its place from the last time", async () => {
    const first = await opened();
    expect(first.all("window")).toMatchObject([{ options: { width: 1200, height: 800, show: false } }]);
    expect(first.all("loaded")).toEqual([{ event: "loaded", url: "app://dunlin/index.html" }]);
    await first.tell({ do: "quit" }).catch(() => undefined);
    await first.ended;
    const second = await opened();
    expect(second.all("window")).toMatchObject([{ options: { x: 10, y: 20, width: 900, height: 700 } }]);
  });

  test("never leaves its page, opens no other and embeds nothing", async () => {
    const child = await opened();
    for (const by of [
      "will-navigate",
      "will-frame-navigate",
      "will-redirect",
      "will-attach-webview",
      "will-prevent-unload", // nor does it stay when it is taken away
    ] as const)
      expect(await child.tell({ do: "navigate", by, url: "https://evil.example" })).toBe(true);
    expect(await child.tell({ do: "open window", url: "https://evil.example" })).toEqual({ action: "deny" });
  });

  test("a second start brings the window to the front; none is opened", async () => {
    const child = await opened();
    await child.tell({ do: "second instance" });
    await child.until("called", ({ name }) => name === "focus");
    expect(child.all("called").map(({ name }) => name)).toContain("restore");
    expect(child.all("window")).toHaveLength(1);
  });

  test("the second start itself ends at once, without a core or a window", async () => {
    const child = start([], { STAND_IN_LOCK: "taken" });
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect([child.all("window"), child.all("core")]).toEqual([[], []]);
  });

  test("a page whose process dies comes back; one that dies all the time does not take the machine with it", async () => {
    const child = await opened();
    await child.post(hello);
    for (let death = 1; death <= 3; death++) {
      await child.tell({ do: "crash", reason: "crashed" });
      await expect.poll(() => child.all("reloaded").length).toBe(death);
    }
    await child.tell({ do: "crash", reason: "oom" });
    await child.until("error-box");
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.all("core").map(({ said }) => said)).toEqual(["closing", "closed"]);
  });
});

describe("what the page may do", () => {
  test("it gets its files, bound by the policy, and nothing beside them", async () => {
    const child = await opened();
    writeFileSync(join(dir, "out", "secrets.json"), "not for pages");
    const page = await child.tell<{ status: number; headers: Record<string, string>; body: string }>({
      do: "fetch",
      url: "app://dunlin/index.html",
    });
    expect([page.status, page.body]).toEqual([200, "<title>page</title>"]);
    // All of it, word for word: what is added here is a door.
    expect(page.headers).toMatchObject({
      "content-security-policy":
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' media:; " +
        "media-src 'self' media:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; " +
        "frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "permissions-policy":
        "camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=()",
    });
    for (const url of [
      "app://dunlin/..%2fsecrets.json",
      "app://dunlin/../secrets.json",
      "app://other/index.html",
    ])
      expect(await child.tell({ do: "fetch", url })).toMatchObject({ status: 404, body: "" });
  });

  test("media come from the core, in parts where asked, bound to do nothing", async () => {
    const child = await opened();
    const url = "media://dunlin/media/x.org/a?w=72";
    expect(await child.tell({ do: "fetch", url, headers: { range: "bytes=2-4" } })).toMatchObject({
      status: 206,
      body: "234",
      headers: { "content-range": "bytes 2-4/10", "content-security-policy": "sandbox; default-src 'none'" },
    });
    expect(await child.tell({ do: "fetch", url: "media://other/media/x.org/a" })).toMatchObject({
      status: 404,
    });
  });

  test("camera, notices and the screen are for our page at the top, and for nobody else; nothing else is for anybody", async () => {
    const child = await opened();
    const asked = async (permission: string, url = "app://dunlin/index.html", isMainFrame = true) =>
      child.tell({ do: "permission", permission, url, isMainFrame });
    const given = { isGranted: true, isAllowed: true, isDevice: false };
    const denied = { isGranted: false, isAllowed: false, isDevice: false };
    // The last one is every "Copy" of the page (electron/electron#37158).
    for (const permission of [
      ...["media", "speaker-selection", "notifications", "display-capture", "fullscreen"],
      "clipboard-sanitized-write",
    ])
      expect([permission, await asked(permission)]).toEqual([permission, given]);
    for (const permission of ["geolocation", "openExternal", "clipboard-read", "hid", "unknown"])
      expect([permission, await asked(permission)]).toEqual([permission, denied]);
    expect(await asked("media", "app://dunlin/index.html", false)).toEqual(denied);
    for (const url of [
      "https://evil.example/",
      "app://dunlin.evil/",
      "app://evil@dunlin/",
      "media://dunlin/",
    ])
      expect([url, await asked("media", url)]).toEqual([url, denied]);
  });

  test("the screen is shared once, with our page, after the user has chosen what", async () => {
    const child = await opened();
    await child.post(hello);
    const page = "app://dunlin/index.html";
    expect(await child.tell({ do: "display", url: page })).toBeNull();
    const choose = async (): Promise<void> => {
      await child.post({ t: "call", id: 1, method: "listScreens", params: {} });
      await expect.poll(() => child.frames.length).toBeGreaterThan(1);
      await child.post({ t: "call", id: 2, method: "chooseScreen", params: { id: "screen:1:0" } });
      await expect.poll(() => child.frames.length).toBeGreaterThan(2);
    };
    await choose();
    expect(await child.tell({ do: "display", url: "https://evil.example/" })).toBeNull();
    expect(await child.tell({ do: "display", url: page })).toMatchObject({ video: { id: "screen:1:0" } });
    expect(await child.tell({ do: "display", url: page })).toBeNull();
  });

  test("it opens web and mail addresses outside, nothing else", async () => {
    const child = await opened();
    await child.post(hello);
    const urls = [
      "https://example.org/a?b#c",
      "mailto:a@example.org",
      "file:///etc/passwd",
      "smb://host/x",
      "nothing",
    ];
    for (const [id, url] of urls.entries())
      await child.post({ t: "call", id, method: "openLink", params: { url } });
    await expect.poll(() => child.frames.length).toBe(1 + urls.length);
    expect(child.all("external").map(({ url }) => url)).toEqual(urls.slice(0, 2));
  });
});

describe("the port", () => {
  test("greets the page with what the command line said", async () => {
    const child = await opened(["--homeserver", "http://h:1"]);
    await child.post(hello);
    expect(child.frames).toEqual([
      {
        t: "hello",
        version: CONTRACT_VERSION,
        resources: "media://dunlin/",
        host: "electron",
        homeserver: "http://h:1",
      },
    ]);
  });

  test.each(["frame inside", "frame that is gone", "other window", "other origin"] as const)(
    "a %s is not heard",
    async (who) => {
      const child = await opened();
      await child.post(hello, who);
      await child.post({ t: "subscribe", id: 1, topic: "session", params: null }, who);
      expect(child.frames).toEqual([]);
      await child.post(hello);
      await child.post({ t: "subscribe", id: 1, topic: "session", params: null }, who);
      expect(child.frames).toHaveLength(1);
      expect(log()).toContain("foreign-frame");
    },
  );

  test("a page that was reloaded starts anew and gets nothing of the old one's", async () => {
    const child = await opened();
    await child.post(hello);
    await child.post({ t: "subscribe", id: 1, topic: "session", params: null });
    await child.tell({ do: "reload" });
    await child.post({ t: "call", id: 2, method: "networkIsBack", params: {} }); // before its hello: nobody is there
    expect(child.frames.map(({ t }) => t)).toEqual(["hello", "snapshot"]);
    await child.post(hello);
    await child.post({ t: "subscribe", id: 1, topic: "session", params: null });
    expect(child.frames.map(({ t }) => t)).toEqual(["hello", "snapshot", "hello", "snapshot"]);
  });
});

describe("the tray", () => {
  const accounts = JSON.stringify([
    { accountId: "first", unread: 2, mentions: 1 },
    { accountId: "work", unread: 1, mentions: 0 },
  ]);
  interface TrayState {
    readonly toolTip: string;
    readonly badge: number;
    readonly scales: readonly number[];
    readonly labels: readonly string[];
  }

  test("counts what waits, crisp at every scale, with a badge for what names the user", async () => {
    const child = start([], { FAKE_ACCOUNTS: accounts });
    await child.until("called", ({ name }) => name === "show");
    const tray = await child.tell<TrayState>({ do: "tray" });
    expect(tray).toMatchObject({ toolTip: "Dunlin: 3 unread, 1 for you", badge: 1 });
    expect(tray.scales).toEqual([1, 1.25, 1.5, 2, 2.5, 3, 4]);
    expect(tray.labels).toEqual([
      "3 unread, 1 for you",
      "Open Dunlin",
      "Do not disturb",
      "Show others that I am",
      "Quit",
    ]);
  });

  test("keeps the app when its window is closed, brings it back, and ends it", async () => {
    const child = start([], { FAKE_CLOSE_TO_TRAY: "1" });
    await child.until("called", ({ name }) => name === "show");
    await child.tell({ do: "close window" });
    expect(child.all("called").at(-1)).toMatchObject({ name: "hide" });
    await child.tell({ do: "press in tray", label: null });
    expect(
      child
        .all("called")
        .map(({ name }) => name)
        .slice(-2),
    ).toEqual(["show", "focus"]);
    expect(child.all("window")).toHaveLength(1);
    void child.tell({ do: "press in tray", label: "Quit" }).catch(() => undefined);
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(child.all("core").at(-1)).toEqual({ event: "core", said: "closed" });
  });

  test("does not keep it when the user wants closing to be the end", async () => {
    const child = start([], { FAKE_CLOSE_TO_TRAY: "0" });
    await child.until("called", ({ name }) => name === "show");
    void child.tell({ do: "close window" }).catch(() => undefined);
    if (process.platform !== "darwin") expect((await child.ended).code).toBe(0);
  });
});

test("the core hears at once when the machine wakes up", async () => {
  const child = await opened();
  await child.tell({ do: "resume" });
  expect((await child.until("core")).said).toBe("network is back");
});

describe("starting and ending", () => {
  test("keeps everything in the profile and hands the debugging port on", async () => {
    const child = await opened(["--remote-debugging-port", "9333"]);
    expect(await child.tell({ do: "state" })).toMatchObject({
      paths: { userData: join(dir, "profile", "electron") },
      switches: { "remote-debugging-port": "9333" },
    });
  });

  test("quits only after the core has closed, once, however often it is asked", async () => {
    const child = await opened();
    void child.tell({ do: "quit" }).catch(() => undefined);
    void child.tell({ do: "quit" }).catch(() => undefined);
    expect(await child.ended).toEqual({ code: 0, signal: null });
    const story = child.reports.filter(({ event }) => event === "core" || event === "quit");
    expect(story).toEqual([
      { event: "core", said: "closing" },
      { event: "core", said: "closed" },
      { event: "quit" },
    ]);
  });

  test.runIf(process.platform !== "win32")("SIGTERM is a quit like any other", async () => {
    const child = await opened();
    child.terminate();
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(child.all("core").at(-1)).toEqual({ event: "core", said: "closed" });
  });

  test.runIf(process.platform !== "darwin")("closing the window ends the app", async () => {
    const child = await opened();
    void child.tell({ do: "close window" }).catch(() => undefined);
    expect(await child.ended).toEqual({ code: 0, signal: null });
    expect(child.all("core").at(-1)).toEqual({ event: "core", said: "closed" });
  });

  test.each([
    ["in use", "in-use", /^Dunlin is already running with the profile in /],
    [
      "of a newer version",
      "newer",
      /was written by a newer Dunlin; please update this one\. .*nothing in it was touched\. .*move that folder away/,
    ],
  ])("a profile that is %s is a sentence in a box and status 1", async (_what, problem, sentence) => {
    const child = start([], { FAKE_CORE_PROBLEM: problem });
    expect(await child.ended).toEqual({ code: 1, signal: null });
    expect(child.all("error-box")[0]?.text).toMatch(sentence);
    expect(child.all("window")).toEqual([]);
  });

  test("a flag without its value is a sentence and status 2", async () => {
    const child = start(["--homeserver"]);
    expect(await child.ended).toEqual({ code: 2, signal: null });
    expect(child.all("error-box")[0]?.text).toBe("--homeserver needs a value.");
  });
});
