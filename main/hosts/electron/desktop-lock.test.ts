import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DesktopStage, greeted, kills, type DesktopPage } from "./testing/desktop-stage.ts";

// The lock, and what was just being typed when the page goes behind it or ends. Under the stand-in, over a fake core.

let stage: DesktopStage;
beforeEach(() => void (stage = new DesktopStage()));
afterEach(() => stage.close());
const opened: DesktopStage["opened"] = (...how) => stage.opened(...how);

describe("the lock", () => {
  const passphrase = "correct horse";
  async function withPassphrase(): Promise<DesktopPage> {
    const page = await opened();
    expect(await page.call("setPassphrase", { current: null, next: passphrase })).toEqual({ isDone: true });
    await expect.poll(() => page.view?.lock).toEqual({ state: "open" });
    return page;
  }

  test("serves nothing but itself until the passphrase comes, then everything", async () => {
    const before = await withPassphrase();
    await before.call("lockApp");
    await expect.poll(() => before.child.all("reloaded").length).toBe(1);
    const page = await greeted(before.child);
    expect(page.view?.lock).toEqual({ state: "locked", reason: "user" });
    await expect(page.call("loadDiagnostics")).rejects.toThrow("locked");
    await expect(page.call("sendMessage", {})).rejects.toThrow();
    await page.child.post({ t: "subscribe", id: 5, topic: "roomList", params: null });
    expect(page.frames.at(-1)).toMatchObject({ t: "failure", id: 5, failure: { message: "locked" } });
    const media = await page.child.tell({ do: "fetch", url: "media://dunlin/media/x.org/a" });
    expect(media).not.toMatchObject({ status: 200 });
    await expect(page.call("setPassphrase", { current: passphrase, next: null })).rejects.toThrow("locked");
    expect(await page.call("unlockApp", { passphrase: "wrong horse" })).toEqual({ isOpen: false });
    expect(await page.call("unlockApp", { passphrase })).toEqual({ isOpen: true });
    await expect.poll(() => page.child.all("reloaded").length).toBe(2);
    const after = await greeted(page.child);
    await after.child.post({ t: "subscribe", id: 6, topic: "roomList", params: null });
    expect(after.frames.at(-1)).toMatchObject({ t: "snapshot", id: 6 });
  });

  test("is there at the next start, with the core behind it; a new keyring asks before there is one", async () => {
    await kills(await withPassphrase());
    const page = await opened();
    expect(page.view?.lock).toEqual({ state: "locked", reason: "user" });
    await kills(page);
    const moved = await opened({ STAND_IN_KEYRING: "2" });
    expect(moved.view?.lock).toEqual({ state: "locked", reason: "keyring" });
    expect(await moved.child.tell({ do: "tray" })).toBeNull();
    expect(await moved.call("unlockApp", { passphrase })).toEqual({ isOpen: true });
    await expect.poll(() => moved.child.all("reloaded").length).toBe(1);
    await kills(moved);
    expect((await opened({ STAND_IN_KEYRING: "2" })).view?.lock).toMatchObject({ reason: "user" });
  });

  test("comes with the system's screen lock, unless the user does not want that", async () => {
    const page = await withPassphrase();
    await page.child.tell({ do: "power", event: "lock-screen" });
    await page.child.until("reloaded");
    await kills(page);
    const relaxed = await opened({
      FAKE_SETTINGS: JSON.stringify({ lockWithScreen: false }),
      STAND_IN_PLATFORM: "win32", // tells at once
    });
    await relaxed.call("unlockApp", { passphrase });
    await relaxed.child.until("reloaded");
    const open = await greeted(relaxed.child);
    await open.child.tell({ do: "power", event: "lock-screen" });
    expect(open.view?.lock).toEqual({ state: "open" });
  });

  const secret = {
    ...{ tag: "!a:x", version: 1, kind: "message", roomId: "!a:x", eventId: "$1", isSilent: false, count: 1 },
    ...{ title: "Ben (Harbour)", body: "secret", avatar: null, actions: ["reply", "mark-read"] },
  };
  const wordless = (options: object): void => {
    expect(options).toMatchObject({ title: "Dunlin", body: "New message", actions: [] });
    expect(JSON.stringify(options)).not.toMatch(/secret|Ben|Harbour|hasReply/);
  };

  test("leaves no words in notifications", async () => {
    const page = await withPassphrase();
    await page.call("lockApp");
    page.child.say("notices", [secret]);
    wordless((await page.child.until("notification")).options);
  });

  test("takes the words out of notifications that stand, without a sound, and nothing but opening is done in them", async () => {
    const page = await withPassphrase();
    const { child } = page;
    child.say("notices", [secret]);
    expect((await child.until("notification")).options).toMatchObject({ body: "secret", hasReply: true });
    await page.call("lockApp");
    const again = await child.until("notification", ({ nth }) => nth === 1);
    wordless(again.options);
    expect(again.options).toMatchObject({ silent: true, urgency: "low" });
    await child.until("notification closed", ({ nth }) => nth === 0);
    // What a system still has of the buttons of either.
    for (const nth of [0, 1]) {
      await child.tell({ do: "notification", nth, event: "reply", details: { reply: "hi" } });
      await child.tell({ do: "notification", nth, event: "action", details: { actionIndex: 0 } });
    }
    await child.tell({ do: "notification", nth: 1, event: "click" });
    const acts = () =>
      child.all("asked").filter(({ params }) => !JSON.stringify(params).includes('"act":"shown"'));
    await expect.poll(acts).toHaveLength(1);
    expect(acts()[0]?.params).toEqual({ tag: "!a:x", act: { act: "open" } });
    // Opening the app shows nothing a second time.
    await greeted(child).then((locked) => locked.call("unlockApp", { passphrase }));
    await child.tell({ do: "tray" });
    expect(child.all("notification")).toHaveLength(2);
  });

  test("comes also while a picture is loading: the words of before the lock do not come after it", async () => {
    const page = await withPassphrase();
    page.child.say("notices", [{ ...secret, avatar: "media/x.org/late" }]);
    await page.call("lockApp");
    await page.child.until("notification");
    page.child.say("late media", null);
    await page.child.tell({ do: "fetch", url: "media://dunlin/media/x.org/late" });
    expect(page.child.all("notification")).toHaveLength(1);
    for (const { options } of page.child.all("notification")) wordless(options);
  });

  test("without a passphrase there is none", async () => {
    const page = await opened();
    await expect(page.call("lockApp")).rejects.toThrow("no passphrase");
    expect(page.view?.lock).toEqual({ state: "none" });
  });
});

describe("what is just being typed", () => {
  const draft = { roomId: "!a:x", draft: { body: "half a th" } };
  const says = (page: DesktopPage, method: string, params: object): Promise<unknown> =>
    page.child.tell({ do: "last words", frame: { t: "call", id: 900, method, params } });
  /** What happened to the core, in order. */
  const story = ({ child }: DesktopPage): unknown[] =>
    child.reports.flatMap((report) =>
      report.event === "asked" ? [report.params] : report.event === "core" ? [report.said] : [],
    );

  test("is put away before the app locks, and nothing else is done on that way out", async () => {
    const page = await opened();
    await page.call("setPassphrase", { current: null, next: "correct horse" });
    await says(page, "saveDraft", draft);
    await page.call("lockApp");
    await page.child.until("reloaded");
    expect(story(page)).toEqual([draft]);
    await greeted(page.child).then((locked) => locked.call("unlockApp", { passphrase: "correct horse" }));
    await page.child.until("reloaded");

    const again = await greeted(page.child);
    await says(again, "saveSettings", { settings: {} });
    await again.child.tell({ do: "choose in menu", name: "lock" });
    await expect.poll(() => again.child.all("reloaded").length).toBe(3);
    expect(again.frames.find((frame) => "id" in frame && frame.id === 900)).toMatchObject({ t: "failure" });
    expect(story(page)).toEqual([draft]);
  });

  test("is put away before the app ends, and only then the core closes", async () => {
    const page = await opened();
    await says(page, "saveDraft", draft);
    void page.child.tell({ do: "quit" }).catch(() => undefined);
    expect(await page.child.ended).toEqual({ code: 0, signal: null });
    expect(story(page)).toEqual([draft, "closing", "closed"]);
  });

  test("a page that hangs neither keeps the app from ending nor is served behind the lock", async () => {
    const page = await opened({ STAND_IN_HANGING: "1" });
    await page.call("setPassphrase", { current: null, next: "correct horse" });
    await page.call("lockApp");
    await expect(page.call("loadDiagnostics")).rejects.toThrow("locked");
    void page.child.tell({ do: "quit" }).catch(() => undefined);
    expect(await page.child.ended).toEqual({ code: 0, signal: null });
    expect(story(page)).toEqual(["closing", "closed"]);
  });
});
