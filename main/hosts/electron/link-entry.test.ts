import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DesktopStage, kills, type DesktopPage } from "./testing/desktop-stage.ts";
import { claimLinksByEntry } from "./link-entry.ts";

// Links of an AppImage. The surroundings are stand-ins for the desktop's own programs, which keep what they are told in
// a file; the app is the host under the stand-in Electron, started as the AppImage's runtime starts it.

const SCHEMES = ["x-scheme-handler/dunlin", "x-scheme-handler/matrix"] as const;

describe.runIf(process.platform === "linux")("an AppImage", () => {
  let stage: DesktopStage;
  beforeEach(() => {
    stage = new DesktopStage();
    mkdirSync(inDir("bin"));
    const program = (name: string, script: string): void => {
      writeFileSync(inDir("bin", name), `#!/bin/sh\n${script}\n`);
      chmodSync(inDir("bin", name), 0o755);
    };
    // `xdg-mime query default TYPE` and `xdg-mime default ENTRY TYPE`, one file a type.
    const held = `"${inDir("handlers")}/$(basename "$3")"`;
    mkdirSync(inDir("handlers"));
    program("xdg-mime", `case "$1" in query) cat ${held} ;; default) echo "$2" > ${held} ;; esac`);
    program("update-desktop-database", `echo "$1" >> "${inDir("updated")}"`);
  });
  afterEach(() => stage.close());

  const inDir = (...names: readonly string[]): string => join(stage.dir, ...names);
  const anAppImage = (name: string): string => {
    writeFileSync(inDir(name), "");
    return inDir(name);
  };
  const entryFile = (): string => inDir("data", "applications", "dunlin-appimage.desktop");
  const entry = (): string => (existsSync(entryFile()) ? readFileSync(entryFile(), "utf8") : "");
  const handler = (type: string): string | null => {
    const file = inDir("handlers", type.split("/")[1] ?? "");
    return existsSync(file) ? readFileSync(file, "utf8").trim() : null;
  };
  const started = (APPIMAGE?: string): Promise<DesktopPage> =>
    stage.opened({
      ...{ STAND_IN_PACKAGED: "1", PATH: `${inDir("bin")}:${process.env["PATH"] ?? ""}` },
      ...(APPIMAGE === undefined ? {} : { APPIMAGE }),
    });

  test("writes an entry for both kinds of links and is what opens them, once", async () => {
    const program = anAppImage("Dunlin 100%.AppImage");
    const page = await started(program);
    await expect.poll(() => SCHEMES.map(handler)).toEqual(SCHEMES.map(() => "dunlin-appimage.desktop"));
    const written = entry();
    expect(written).toContain(`Exec="${program.replace("%", "%%")}" %u\n`);
    expect(written).toContain(`TryExec=${program}\n`);
    expect(written).toContain(`MimeType=${SCHEMES.map((type) => `${type};`).join("")}\n`);
    // It adds nothing to the menu of programs, and Electron was not told of an entry that nobody has.
    expect(written).toContain("NoDisplay=true\n");
    expect(await page.child.tell({ do: "state" })).toMatchObject({ claimed: [] });
    await kills(page);
    await kills(await started(program));
    expect(entry()).toBe(written);
    expect(readFileSync(inDir("updated"), "utf8")).toBe(`${inDir("data", "applications")}\n`);
  });

  test("that was moved has an entry that says where it is now; another copy's is left alone", async () => {
    const old = anAppImage("old.AppImage");
    const first = await started(old);
    await expect.poll(() => handler(SCHEMES[1])).not.toBeNull();
    await kills(first);
    const moved = anAppImage("new.AppImage");
    const beside = await started(moved);
    await beside.call("loadLicences");
    await kills(beside);
    expect(entry()).toContain(`TryExec=${old}\n`);
    rmSync(old);
    await started(moved);
    await expect.poll(entry).toContain(`TryExec=${moved}\n`);
  });

  test("leaves matrix: to the client that has it, also when it had it itself", async () => {
    const program = anAppImage("Dunlin.AppImage");
    const first = await started(program);
    await expect.poll(() => handler(SCHEMES[1])).toBe("dunlin-appimage.desktop");
    await kills(first);
    writeFileSync(inDir("handlers", "matrix"), "element.desktop\n");
    await started(program);
    await expect.poll(entry).toContain("MimeType=x-scheme-handler/dunlin;\n");
    expect(SCHEMES.map(handler)).toEqual(["dunlin-appimage.desktop", "element.desktop"]);
  });

  test("that is gone has no entry any more, once an installed Dunlin runs", async () => {
    const program = anAppImage("Dunlin.AppImage");
    const first = await started(program);
    await expect.poll(() => handler(SCHEMES[1])).not.toBeNull();
    await kills(first);
    // Both are there: each has its own.
    const both = await started();
    await expect
      .poll(() => both.child.tell({ do: "state" }))
      .toMatchObject({ claimed: ["dunlin", "matrix"] });
    expect(existsSync(entryFile())).toBe(true);
    await kills(both);
    rmSync(program);
    await started();
    await expect.poll(() => existsSync(entryFile())).toBe(false);
  });
});

test("on a desktop without those programs the entry is written all the same", async () => {
  const data = mkdtempSync(join(tmpdir(), "dunlin-data-"));
  try {
    const env = { XDG_DATA_HOME: data };
    await claimLinksByEntry({ env, ask: () => Promise.resolve(null) }, "/opt/Dunlin.AppImage");
    const file = join(data, "applications", "dunlin-appimage.desktop");
    expect(readFileSync(file, "utf8")).toContain("MimeType=x-scheme-handler/dunlin;x-scheme-handler/matrix;");
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
});
