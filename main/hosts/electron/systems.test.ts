import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defaultSettings } from "../../../preload/contract/models/settings.ts";
import { DesktopStage, greeted, type DesktopPage } from "./testing/desktop-stage.ts";

// What each system has of its own around the window: jump list, dock, login items, badges; and what the host does when
// processes of Chromium are lost or nobody is there. Under the stand-in, which may say that it is another system.

let stage: DesktopStage;
beforeEach(() => void (stage = new DesktopStage()));
afterEach(() => stage.close());
const on = (platform: string, env: Readonly<Record<string, string>> = {}): Promise<DesktopPage> =>
  stage.opened({ STAND_IN_PLATFORM: platform, ...env });
const log = (): string => readFileSync(join(stage.profileDir, "logs", "dunlin.log"), "utf8");

describe("the rooms of late", () => {
  const rooms = [
    { roomId: "!old:x", name: "Old", membership: "join", lastActivityTs: 1 },
    { roomId: "!left:x", name: "Left", membership: "leave", lastActivityTs: 3 },
    { roomId: "!new:x", name: "New", membership: "join", lastActivityTs: 2 },
  ];

  test("are in the jump list of Windows, each a start of this program with its address", async () => {
    const { child } = await on("win32");
    child.say("roomList", [{ op: "reset", items: rooms }]);
    const { list } = await child.until("recent", (report) => JSON.stringify(report.list).includes("New"));
    expect(list).toMatchObject([
      {
        type: "custom",
        items: [
          { type: "task", title: "New", args: "dunlin://roomid/new:x", program: process.execPath },
          { title: "Old", args: "dunlin://roomid/old:x" },
        ],
      },
    ]);
  });

  test("are in the menu of the dock, and open from there; nothing of them is while the app is locked", async () => {
    const page = await on("darwin");
    page.child.say("roomList", [{ op: "reset", items: rooms }]);
    await page.child.until("recent", ({ list }) => JSON.stringify(list) === '["New","Old"]');
    await page.child.tell({ do: "choose in dock", name: "Old" });
    await expect.poll(() => page.view?.errand).toMatchObject({ link: "https://matrix.to/#/!old:x" });
    await page.call("setPassphrase", { current: null, next: "correct horse" });
    await page.call("lockApp");
    await expect.poll(() => page.child.all("recent").at(-1)?.list).toEqual([]);
  });
});

describe("the login item", () => {
  test.each(["win32", "darwin"])(
    "of %s is set and taken away, and says that the system has started us",
    async (platform) => {
      const page = await on(platform, { STAND_IN_PACKAGED: "1" });
      expect(page.view?.autostart).toBe(false);
      await page.call("setAutostart", { isOn: true });
      await expect.poll(() => page.view?.autostart).toBe(true);
      await page.call("setAutostart", { isOn: false });
      await expect.poll(() => page.view?.autostart).toBe(false);
      expect(page.child.all("login item").map(({ item }) => item)).toEqual([
        { openAtLogin: true, args: ["--autostart"] },
        { openAtLogin: false, args: ["--autostart"] },
      ]);
    },
  );
});

describe("a message with the user's name", () => {
  const accounts = (unread: number, mentions: number) => [{ accountId: "a", unread, mentions }];

  test("is a number on dock or taskbar, and a window elsewhere asks for attention once", async () => {
    const { child } = await stage.opened();
    const badge = async (): Promise<number | undefined> =>
      (await child.tell<{ badge: number } | null>({ do: "tray" }))?.badge;
    const flashes = (): number => child.all("called").filter(({ name }) => name === "flash").length;
    child.say("accounts", accounts(2, 0));
    await expect.poll(badge).toBe(2);
    expect(flashes()).toBe(0); // nobody was called
    await child.tell({ do: "second instance" }); // the window is in front
    child.say("accounts", accounts(3, 1));
    await expect.poll(badge).toBe(1);
    expect(flashes()).toBe(0);

    await child.kill();
    const away = await stage.opened({ FAKE_CLOSE_TO_TRAY: "1" });
    await away.child.tell({ do: "close window" });
    away.child.say("accounts", accounts(3, 1));
    await away.child.until("called", ({ name }) => name === "flash");
    away.child.say("accounts", accounts(4, 1));
    await away.child.tell({ do: "tray" });
    expect(away.child.all("called").filter(({ name }) => name === "flash")).toHaveLength(1);
  });

  test("is a small picture on the taskbar of Windows, with words, and gone when read", async () => {
    const { child } = await on("win32");
    child.say("accounts", accounts(3, 1));
    await child.until("overlay", ({ hasPicture, text }) => hasPicture && text === "3 unread, 1 for you");
    // A window that comes back has a new button there.
    const before = child.all("overlay").length;
    await child.tell({ do: "close window" });
    await child.tell({ do: "press in tray", label: "Open Dunlin" });
    expect(child.all("overlay").slice(before)).toMatchObject([{ hasPicture: true }]);
    child.say("accounts", accounts(0, 0));
    await child.until("overlay", ({ hasPicture, text }) => !hasPicture && text === "Nothing unread");
  });
});

describe("a graphics process that is lost", () => {
  const lose = (page: DesktopPage, reason = "crashed"): Promise<unknown> =>
    page.child.tell({ do: "process gone", type: "GPU", reason });

  test("is counted; the app goes on, and asks when it happens again and again, once", async () => {
    const page = await stage.opened();
    await lose(page, "clean-exit");
    await lose(page);
    await lose(page);
    expect(page.child.all("question")).toEqual([]);
    await lose(page);
    await lose(page);
    expect(page.child.all("question").map(({ text }) => text)).toEqual([
      "The graphics of this computer have stopped several times.",
    ]);
    const counts = [...log().matchAll(/"graphics-process-gone".*"count":(\d)/g)].map(([, count]) => count);
    expect(counts).toEqual(["1", "2", "3", "4"]);
    expect(page.child.all("reloaded")).toEqual([]); // the page itself is alive
    expect(await page.call("saveLogs")).toEqual({ isSaved: false }); // and served
  });

  test("by the user's wish is not used from the next start, and is again when the user says so", async () => {
    const page = await stage.opened({ STAND_IN_ANSWER: "yes" });
    for (let loss = 0; loss < 3; loss++) await lose(page).catch(() => undefined);
    expect((await page.child.ended).code).toBe(0);
    const story = page.child.reports.flatMap((report) =>
      report.event === "core"
        ? [report.said]
        : ["lock released", "relaunch"].includes(report.event)
          ? [report.event]
          : [],
    );
    expect(story).toEqual(["closing", "closed", "lock released", "relaunch"]);
    const again = await stage.opened({ STAND_IN_ANSWER: "yes" });
    expect(again.child.all("hardware acceleration off")).toMatchObject([{ isReady: false }]);
    await again.child.tell({ do: "choose in menu", name: "graphics" }).catch(() => undefined);
    await again.child.ended;
    expect((await stage.opened()).child.all("hardware acceleration off")).toEqual([]);
  });

  test("of another kind is only noted", async () => {
    const page = await stage.opened();
    for (let loss = 0; loss < 4; loss++)
      await page.child.tell({ do: "process gone", type: "Utility", reason: "crashed" });
    expect(page.child.all("question")).toEqual([]);
    expect(log().match(/"child-process-gone"/g)).toHaveLength(4);
  });
});

test("crash reports can be looked at where they are", async () => {
  const { child } = await stage.opened();
  await child.tell({ do: "choose in menu", name: "crash-reports" });
  expect(child.all("shown")).toMatchObject([{ path: join(stage.profileDir, "crashes") }]);
});

test("an app that nobody has touched for as long as the user said is locked", async () => {
  const page = await stage.opened();
  await page.call("setPassphrase", { current: null, next: "correct horse" });
  await page.child.tell({ do: "idle", seconds: 300 });
  page.child.say("settings", { ...defaultSettings, lockAfterMinutes: 5 });
  await page.child.until("reloaded");
  expect((await greeted(page.child)).view?.lock).toEqual({ state: "locked", reason: "user" });
});
