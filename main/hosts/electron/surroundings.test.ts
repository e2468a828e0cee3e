import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hidesBanners, isInhibited, isOwned } from "./surroundings.ts";
import { DesktopStage, type DesktopPage } from "./testing/desktop-stage.ts";

// What the Linux desktop around the app allows, told by programs that are files of the test: what they print is what
// the real ones print (the tray's was taken from gdbus itself).

test("what gdbus and gsettings print is read; anything else says nothing", () => {
  expect(isOwned("The name org.kde.StatusNotifierWatcher is owned by :1.2")).toBe(true);
  expect(isOwned("The name org.kde.StatusNotifierWatcher does not have an owner")).toBe(false);
  expect(isOwned("Monitoring signals from all objects owned by org.kde.StatusNotifierWatcher")).toBeNull();
  const change = (value: string): string =>
    `/org/freedesktop/Notifications: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.Notifications', {'Inhibited': <${value}>}, @as [])`;
  expect([isInhibited(change("true")), isInhibited(change("false"))]).toEqual([true, false]);
  expect([isInhibited("(<true>,)"), isInhibited("(<false>,)"), isInhibited("(<'x'>,)")]).toEqual([
    ...[true, false, null],
  ]);
  expect([hidesBanners("show-banners: false"), hidesBanners("true\n"), hidesBanners("")]).toEqual([
    ...[true, false, null],
  ]);
});

describe.runIf(process.platform === "linux")("the desktop around the app", () => {
  let stage: DesktopStage;
  let bin: string;
  beforeEach(() => {
    stage = new DesktopStage();
    bin = join(stage.dir, "bin");
    mkdirSync(bin);
  });
  afterEach(() => stage.close());

  function program(name: string, script: string): void {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  /** Each file in the stage's folder is a fact the test can make true later. */
  const fact = (name: string): string => join(stage.dir, name);
  const happen = (name: string): void => writeFileSync(fact(name), "");
  const opened = (env: Readonly<Record<string, string>> = {}): Promise<DesktopPage> =>
    stage.opened({ PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, FAKE_CLOSE_TO_TRAY: "1", ...env });
  const whenever = (name: string, then: string): string =>
    `(until [ -e "${fact(name)}" ]; do sleep 0.05; done; ${then})`;
  const doings = (page: DesktopPage): string[] => page.child.all("called").map(({ name }) => name);

  test("without a tray a closed window is minimised, says so, and is hidden once there is one", async () => {
    const owned = 'echo "The name $4 is owned by :1.7"';
    program(
      "gdbus",
      `[ "$1" = monitor ] || exit 1
       case "$4" in
       *StatusNotifierWatcher) echo "The name $4 does not have an owner"; ${whenever("tray", owned)};;
       esac
       sleep 600`,
    );
    const page = await opened();
    await expect.poll(() => page.view?.hasTray).toBe(false);
    await page.child.tell({ do: "close window" });
    expect(doings(page).at(-1)).toBe("minimize");
    // Nothing tells of a tray that is not there.
    expect(page.child.all("notification")).toEqual([]);
    await page.child.tell({ do: "second instance" });
    expect(doings(page).slice(-3)).toEqual(["restore", "show", "focus"]);
    happen("tray");
    await expect.poll(() => page.view?.hasTray).toBe(true);
    await page.child.tell({ do: "close window" });
    expect(doings(page).at(-1)).toBe("hide");
  });

  test("without a tray an app that starts with the system does not start hidden", async () => {
    program("gdbus", '[ "$1" = monitor ] && echo "The name $4 does not have an owner"; sleep 600');
    const env = { FAKE_SETTINGS: JSON.stringify({ startHidden: true }) };
    const { child } = await stage.opened({ PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`, ...env }, [
      "--autostart",
    ]);
    expect(child.all("window")).toHaveLength(1);
  });

  const accounts = (mentions: number): object[] => [{ accountId: "a", unread: mentions, mentions }];
  const flashes = (page: DesktopPage): number => doings(page).filter((name) => name === "flash").length;

  test("its do not disturb is ours while it lasts: the page hears of it, and nothing asks for attention", async () => {
    const line = (value: string): string =>
      `/org/freedesktop/Notifications: org.freedesktop.DBus.Properties.PropertiesChanged ('org.freedesktop.Notifications', {'Inhibited': <${value}>}, @as [])`;
    program(
      "gdbus",
      `case "$1 $4" in
       "call org.freedesktop.Notifications") echo "(<true>,)"; exit 0;;
       "monitor org.freedesktop.Notifications") echo "The name $4 is owned by :1.9"; ${whenever("over", `echo "${line("false")}"`)};;
       esac
       sleep 600`,
    );
    const page = await opened();
    await expect.poll(() => page.view?.isQuiet).toBe(true);
    await page.child.tell({ do: "close window" });
    page.child.say("accounts", accounts(1));
    await expect.poll(async () => (await page.child.tell<{ badge: number }>({ do: "tray" })).badge).toBe(1);
    expect(flashes(page)).toBe(0);
    happen("over");
    await expect.poll(() => page.view?.isQuiet).toBe(false);
    page.child.say("accounts", accounts(2));
    await expect.poll(() => flashes(page)).toBe(1);
  });

  test("GNOME's is the setting that hides banners, and of other desktops it is none", async () => {
    program("gdbus", "exit 1");
    program(
      "gsettings",
      `[ "$1" = get ] && echo false && exit 0; ${whenever("over", 'echo "show-banners: true"')}; sleep 600`,
    );
    const page = await opened({ XDG_CURRENT_DESKTOP: "ubuntu:GNOME" });
    await expect.poll(() => page.view?.isQuiet).toBe(true);
    happen("over");
    await expect.poll(() => page.view?.isQuiet).toBe(false);
  });

  test("of a desktop that says nothing nothing is believed, and no program outlives the app", async () => {
    program("gdbus", `echo $$ >> "${fact("pids")}"; echo garbage; exec sleep 600`);
    const page = await opened();
    await expect.poll(() => pids().length).toBeGreaterThanOrEqual(2);
    expect(page.view).toMatchObject({ hasTray: true, isQuiet: false });
    await page.child.kill();
    await expect.poll(() => pids().filter(isAlive)).toEqual([]);
  });

  const pids = (): number[] => {
    try {
      return readFileSync(fact("pids"), "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
      return [];
    }
  };
  function isAlive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }
});
