import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CONTRACT_VERSION } from "../../../preload/contract/frames.ts";
import { DesktopStage, greeted, kills, type DesktopPage } from "./testing/desktop-stage.ts";

// What surrounds the window, as the host asks the system for it: links, menus, lock, updates, starting and logs. Under
// the stand-in, over a fake core.

let stage: DesktopStage;
let dir: string;
beforeEach(() => {
  stage = new DesktopStage();
  dir = stage.dir;
});
afterEach(() => stage.close());
const opened: DesktopStage["opened"] = (...how) => stage.opened(...how);

describe("links", () => {
  const place = "https://matrix.to/#/#pier:x.org";

  test("on the first command line waits for the page, until the page has gone there", async () => {
    const page = await opened({}, ["matrix:r/pier:x.org"]);
    expect(page.view?.errand).toEqual({ number: 1, kind: "link", link: place });
    await page.call("errandDone", { number: 1 });
    await expect.poll(() => page.view?.errand).toBeNull();
  });

  test("of a second start or from the system opens in the window there is; anything else only shows it", async () => {
    const page = await opened();
    await page.child.tell({ do: "second instance", argv: ["--evil", "dunlin://r/pier:x.org"] });
    await expect.poll(() => page.view?.errand).toMatchObject({ kind: "link", link: place });
    expect(page.child.all("called").at(-1)).toMatchObject({ name: "focus" });
    await page.child.tell({ do: "second instance", argv: ["dunlin:///etc/passwd", "javascript:alert(1)"] });
    expect(await page.child.tell({ do: "open url", url: "matrix:u/ana:x.org" })).toBe(true);
    await expect
      .poll(() => page.view?.errand)
      .toMatchObject({ number: 2, link: "https://matrix.to/#/@ana:x.org" });
    expect(page.child.all("window")).toHaveLength(1);
  });

  test("are claimed by an installed app only", async () => {
    const claimed = async (env: Record<string, string>): Promise<unknown> => {
      const page = await opened(env);
      const { claimed: schemes } = await page.child.tell<{ claimed: string[] }>({ do: "state" });
      await kills(page);
      return schemes;
    };
    expect(await claimed({})).toEqual([]);
    expect(await claimed({ STAND_IN_PACKAGED: "1" })).toEqual(["dunlin", "matrix"]);
  });
});

describe("menus", () => {
  test("what the page does is asked of it, in a window that is shown", async () => {
    const page = await opened({ FAKE_CLOSE_TO_TRAY: "1" });
    await page.child.tell({ do: "close window" });
    await page.child.tell({ do: "choose in menu", name: "settings" });
    await expect.poll(() => page.view?.errand).toMatchObject({ kind: "command", command: "settings" });
    expect(page.child.all("called").at(-1)).toMatchObject({ name: "focus" });
  });

  test("a misspelled word is replaced or learnt; a link can be copied; of nothing there is no menu", async () => {
    const { child } = await opened();
    const editFlags = { canCut: true, canCopy: true, canPaste: true, canSelectAll: true };
    const asked = {
      ...{ isEditable: true, selectionText: "", linkURL: "", misspelledWord: "teh", editFlags },
      dictionarySuggestions: ["the", "tea"],
    };
    expect(await child.tell({ do: "context menu", asked })).toEqual([
      ...["the", "tea", "Add to dictionary", ""],
      ...["cut", "copy", "paste", "selectAll"],
    ]);
    await child.tell({ do: "choose in context menu", name: "the" });
    await child.tell({ do: "choose in context menu", name: "Add to dictionary" });
    const text = { ...asked, isEditable: false, misspelledWord: "", linkURL: "https://x.org/a" };
    expect(await child.tell({ do: "context menu", asked: text })).toEqual(["Copy link address"]);
    await child.tell({ do: "choose in context menu", name: "Copy link address" });
    expect(child.all("edited").map(({ what, text }) => `${what} ${text}`)).toEqual([
      "replace the",
      "learn teh",
      "copy https://x.org/a",
    ]);
    const nothing = { ...text, linkURL: "app://dunlin/index.html" };
    expect(await child.tell({ do: "context menu", asked: nothing })).toEqual([]);
  });

  test("the tray sets do not disturb and the presence", async () => {
    const { child } = await opened();
    await child.tell({ do: "press in tray", label: "Do not disturb" });
    await child.tell({ do: "press in tray", label: "Away" });
    await expect.poll(() => child.all("asked").length).toBe(2);
    expect(child.all("asked").map(({ params }) => params)).toMatchObject([
      { settings: { doNotDisturb: true } },
      { settings: { presence: "unavailable" } },
    ]);
  });

  test("dictionaries are fetched for languages the user has named, and for no other", async () => {
    const first = await opened();
    expect(first.view?.languages).toEqual(process.platform === "darwin" ? [] : ["de", "en-GB"]);
    if (process.platform === "darwin") return;
    expect(first.child.all("spelling").at(-1)).toMatchObject({ isOn: false });
    await kills(first);
    const { child } = await opened({ FAKE_SETTINGS: JSON.stringify({ spellLanguages: ["de", "xx"] }) });
    expect(child.all("spelling").slice(-2)).toMatchObject([{ languages: ["de"] }, { isOn: true }]);
  });
});

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

describe("updates", () => {
  const packaged = { STAND_IN_PACKAGED: "1", APPIMAGE: "/opt/Dunlin.AppImage" };

  test("are for installed copies only", async () => {
    expect((await opened()).view?.update).toEqual({ state: "off" });
  });

  test("are installed after the core has closed, when the user says so", async () => {
    const page = await opened(packaged);
    await expect.poll(() => page.view?.update.state).toBe("current");
    await page.call("checkForUpdate");
    expect(page.child.all("update")).toMatchObject([{ what: "check" }]);
    await page.child.tell({
      do: "update",
      event: "update-downloaded",
      details: { version: "9.0.0", releaseNotes: "<p>Better</p>" },
    });
    await expect
      .poll(() => page.view?.update)
      .toMatchObject({ state: "ready", version: "9.0.0", notes: "Better" });
    await page.call("restartToUpdate").catch(() => undefined);
    await page.child.ended;
    const story = page.child.reports.filter(({ event }) =>
      ["core", "lock released", "update"].includes(event),
    );
    expect(story.slice(1)).toEqual([
      { event: "core", said: "closing" },
      { event: "core", said: "closed" },
      { event: "lock released" },
      { event: "update", what: "install" },
    ]);
  });

  test("never while something is on its way out, in whichever account; what waits in the outbox is on disk", async () => {
    const page = await opened(packaged);
    await expect.poll(() => page.view?.update.state).toBe("current");
    const accounts = (isSending: boolean) => [
      { accountId: "first", isActive: true, unsent: 1, isSending: false },
      { accountId: "work", isActive: false, unsent: 1, isSending },
    ];
    page.child.say("accounts", accounts(true));
    await page.child.tell({ do: "update", event: "update-downloaded", details: { version: "9.0.0" } });
    await expect.poll(() => page.view?.update).toMatchObject({ state: "ready", waitsFor: "sending" });
    await expect(page.call("restartToUpdate")).rejects.toThrow("sending");
    page.child.say("accounts", accounts(false));
    await expect.poll(() => page.view?.update).toMatchObject({ waitsFor: null });
  });

  test("never in the middle of a call", async () => {
    const page = await opened(packaged);
    await page.child.post({ t: "subscribe", id: 7, topic: "calls", params: { driverId: "driver-12345" } });
    page.child.say("calls", { calls: [{ callId: "c", state: "connected" }], media: [], isDriver: true });
    await page.child.tell({ do: "update", event: "update-downloaded", details: { version: "9.0.0" } });
    await expect.poll(() => page.view?.update).toMatchObject({ state: "ready", waitsFor: "call" });
    await expect(page.call("restartToUpdate")).rejects.toThrow("call");
    page.child.say("calls", { calls: [{ callId: "c", state: "ended" }], media: [], isDriver: true });
    await expect.poll(() => page.view?.update).toMatchObject({ waitsFor: null });
  });
});

describe("starting", () => {
  test.runIf(process.platform === "linux")(
    "with the system is a file there, and gone when not wanted",
    async () => {
      expect((await opened()).view?.autostart).toBeNull();
      const page = await opened({ STAND_IN_PACKAGED: "1", APPIMAGE: '/opt/My "Apps" 100%/Dunlin.AppImage' });
      const file = join(dir, "config", "autostart", "dunlin.desktop");
      expect(page.view?.autostart).toBe(false);
      await page.call("setAutostart", { isOn: true });
      expect(readFileSync(file, "utf8")).toContain(
        'Exec="/opt/My \\\\"Apps\\\\" 100%%/Dunlin.AppImage" --autostart',
      );
      // What is left when the program is uninstalled does nothing.
      expect(readFileSync(file, "utf8")).toContain('TryExec=/opt/My "Apps" 100%/Dunlin.AppImage\n');
      expect(page.view?.autostart).toBe(true);
      await page.call("setAutostart", { isOn: false });
      expect(existsSync(file)).toBe(false);
    },
  );

  test.runIf(process.platform === "linux")(
    "with the system goes on after an update gave the program another name, unless that is another copy",
    async () => {
      const [old, renamed] = ["Dunlin-1.AppImage", "Dunlin-2.AppImage"].map((name) => join(dir, name));
      const file = join(dir, "config", "autostart", "dunlin.desktop");
      const entry = (): string => readFileSync(file, "utf8");
      const started = (APPIMAGE = "") => opened({ STAND_IN_PACKAGED: "1", APPIMAGE });
      writeFileSync(old ?? "", "");
      const first = await started(old);
      await first.call("setAutostart", { isOn: true });
      await kills(first);
      await kills(await started(renamed));
      expect(entry()).toContain(`TryExec=${old}\n`);
      rmSync(old ?? "");
      await kills(await started(renamed));
      expect(entry()).toContain(`TryExec=${renamed}\n`);
      expect(entry()).not.toContain("Dunlin-1");
      // Switched off in the desktop's own settings: it stays so.
      writeFileSync(file, entry().replace("Dunlin-2", "Dunlin-3") + "Hidden=true\n");
      expect((await started(renamed)).view?.autostart).toBe(false);
      expect(entry()).toContain("Dunlin-3");
    },
  );

  test("with the system opens no window where the user wants none, and the next start does", async () => {
    const env = { FAKE_SETTINGS: JSON.stringify({ startHidden: true }) };
    const child = stage.start(env, ["--autostart"]);
    await expect.poll(() => child.tell({ do: "tray" })).not.toBeNull();
    expect(child.all("window")).toEqual([]);
    await child.tell({ do: "press in tray", label: "Open Dunlin" });
    await child.until("called", ({ name }) => name === "show");
    await kills(await greeted(child));
    await opened(env); // by hand: a window
  });

  test("the keyring that sealed is asked for again", async () => {
    if (process.platform !== "linux") return;
    await kills(await opened());
    const { child } = await opened();
    expect(await child.tell({ do: "state" })).toMatchObject({
      switches: { "password-store": "gnome-libsecret" },
    });
  });

  test("says once where the window went when it is closed to the tray", async () => {
    const page = await opened({ FAKE_CLOSE_TO_TRAY: "1" });
    await page.child.tell({ do: "close window" });
    await page.child.tell({ do: "press in tray", label: null });
    await page.child.tell({ do: "close window" });
    const hints = page.child.all("notification").map(({ options }) => options["title"]);
    expect(hints).toEqual(["Dunlin is still here"]);
  });
});

describe("when something goes wrong", () => {
  test("reports of crashes stay in the profile and are sent nowhere", async () => {
    const { child } = await opened();
    expect(child.all("crash reporter")).toMatchObject([
      { options: { uploadToServer: false }, dir: join(dir, "profile", "crashes") },
    ]);
  });

  test("the logs are saved from the menu too, also when there is nothing to diagnose with", async () => {
    const file = join(dir, "saved.txt");
    const { child } = await opened({ STAND_IN_SAVE_AS: file, FAKE_NO_DIAGNOSTICS: "1" });
    await child.tell({ do: "choose in menu", name: "Save Logs…" });
    await expect.poll(() => existsSync(file) && readFileSync(file, "utf8")).toContain("# Log");
    expect(readFileSync(file, "utf8")).toContain("not available: the disk is gone");
    expect(child.all("error-box")).toEqual([]);
  });

  test("logs that cannot be written are a sentence, from the menu and from the page", async () => {
    const page = await opened({ STAND_IN_SAVE_AS: join(dir, "no such folder", "saved.txt") });
    await page.child.tell({ do: "choose in menu", name: "Save Logs…" });
    expect((await page.child.until("error-box")).text).toContain("could not write");
    await expect(page.call("saveLogs")).rejects.toThrow();
  });

  test("a disk that takes nothing is no reason not to start, nor not to close the window", async () => {
    // A folder in the place of each file: writing there fails for every user, root included.
    mkdirSync(join(dir, "profile", "keyring", "full"), { recursive: true });
    mkdirSync(join(dir, "profile", "keyring.tmp"), { recursive: true });
    symlinkSync(join(dir, "nowhere", "mark"), join(dir, "profile", "tray-hint-shown"));
    const page = await opened({ FAKE_SETTINGS: JSON.stringify({ closeToTray: true }) });
    await page.child.tell({ do: "close window" });
    await page.child.until("notification", ({ options }) => options["title"] === "Dunlin is still here");
    await expect
      .poll(() => readFileSync(join(dir, "profile", "logs", "dunlin.log"), "utf8"))
      .toContain("keyring-not-remembered");
  });

  test("the logs are saved where the user says, without what is in crash reports", async () => {
    mkdirSync(join(dir, "profile", "crashes"), { recursive: true });
    writeFileSync(join(dir, "profile", "crashes", "a.dmp"), "memory with words");
    const file = join(dir, "saved.txt");
    const page = await opened({ STAND_IN_SAVE_AS: file });
    await page.child.post({ t: "hello", version: CONTRACT_VERSION }, "other origin");
    expect(await page.call("saveLogs")).toEqual({ isSaved: true });
    const text = readFileSync(file, "utf8");
    expect(text).toContain("foreign-frame");
    expect(text).toMatch(/a\.dmp 17 bytes/);
    expect(text).not.toContain("memory with words");
    await kills(page);
    expect(await (await opened()).call("saveLogs")).toEqual({ isSaved: false });
  });

  test("crash reports are copied into a folder the user names, by a name that says when", async () => {
    const chosen = join(dir, "chosen");
    mkdirSync(chosen);
    const page = await opened({ STAND_IN_FOLDER: chosen });
    expect(await page.call("saveCrashReports")).toEqual({ saved: 0 });
    const reports = join(dir, "profile", "crashes", "completed");
    mkdirSync(reports, { recursive: true });
    writeFileSync(join(reports, "b.dmp"), "newer memory");
    writeFileSync(join(reports, "a.dmp"), "older memory");
    utimesSync(join(reports, "a.dmp"), 0, Date.UTC(2026, 0, 2, 3, 4, 5) / 1000);
    utimesSync(join(reports, "b.dmp"), 0, Date.UTC(2026, 0, 3, 3, 4, 5) / 1000);
    writeFileSync(join(reports, "a.meta"), "not a report");
    expect(await page.call("saveCrashReports")).toEqual({ saved: 2 });
    const saved = ["dunlin-crash-20260102030405-1.dmp", "dunlin-crash-20260103030405-2.dmp"];
    expect(readdirSync(chosen).sort()).toEqual(saved);
    expect(saved.map((name) => readFileSync(join(chosen, name), "utf8"))).toEqual([
      "older memory",
      "newer memory",
    ]);
    expect(readdirSync(reports).sort()).toEqual(["a.dmp", "a.meta", "b.dmp"]);
    await kills(page);
    expect(await (await opened()).call("saveCrashReports")).toEqual({ saved: null });
  });

  test("the licences of what is in the program can be read", async () => {
    writeFileSync(join(dir, "out", "main", "licences.txt"), "ws 1.0\nMIT");
    writeFileSync(join(dir, "out", "renderer", "licences.txt"), "svelte 5.0\nMIT");
    const page = await opened();
    const text = "ws 1.0\nMIT\n\nsvelte 5.0\nMIT";
    expect(await page.call("loadLicences")).toEqual({ text, beside: [] });
    await expect(page.call("showLicence", { of: "chromium" })).rejects.toThrow("not beside the program");
    expect(readdirSync(join(dir, "profile"))).not.toContain("licences.txt");
  });

  test("those of Electron and Chromium lie beside the program, and are shown by the system", async () => {
    // What electron-builder leaves there, from the distribution's LICENSE and LICENSES.chromium.html.
    const resources = join(dir, "resources");
    mkdirSync(resources);
    for (const name of ["LICENSE.electron.txt", "LICENSES.chromium.html"])
      writeFileSync(join(resources, name), "");
    const page = await opened({ STAND_IN_RESOURCES: resources });
    expect(await page.call("loadLicences")).toMatchObject({ beside: ["electron", "chromium"] });
    await page.call("showLicence", { of: "chromium" });
    await page.call("showLicence", { of: "electron" });
    await expect(page.call("showLicence", { of: "../../etc/passwd" })).rejects.toThrow();
    expect(page.child.all("shown").map(({ path }) => path)).toEqual(
      ["LICENSES.chromium.html", "LICENSE.electron.txt"].map((name) => join(resources, name)),
    );
  });
});

test("while the system's screen is locked the window gives the focus away", async () => {
  const { child } = await opened();
  await child.tell({ do: "second instance" });
  const last = () => child.all("called").at(-1)?.name;
  await child.tell({ do: "power", event: "lock-screen" });
  await expect.poll(last, { timeout: 60_000 }).toBe("blur");
  await child.tell({ do: "power", event: "unlock-screen" });
  await expect.poll(last, { timeout: 60_000 }).toBe("focus");
});
