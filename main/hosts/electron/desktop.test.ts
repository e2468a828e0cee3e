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
import { DesktopStage, greeted, kills } from "./testing/desktop-stage.ts";

// What surrounds the window, as the host asks the system for it: links, menus, updates, starting and logs. Under
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
