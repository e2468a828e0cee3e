import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { afterPack } from "../../.config/fuses.ts";
import { programWithFuses, readFuses } from "./stand-in-electron.ts";

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), "dunlin-fuses-"))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const framework = "Dunlin.app/Contents/Frameworks/Electron Framework.framework/Electron Framework";
/** Electron-builder sets the first eight, after this. */
const NINTH = "000000001";

/** What electron-builder has made, with its hook called. */
async function packed(system: string, file: string, program = programWithFuses(), folder = "unpacked") {
  const appOutDir = join(dir, folder);
  const path = join(appOutDir, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, program);
  const packager = { appInfo: { productFilename: "Dunlin" } };
  const linux = { ...packager, executableName: "dunlin" };
  await afterPack({
    appOutDir,
    electronPlatformName: system,
    packager: system === "linux" ? linux : packager,
  });
  return readFileSync(path);
}

describe("the fuse that electron-builder does not know", () => {
  it.each([
    ["linux", "dunlin"],
    ["win32", "Dunlin.exe"],
    ["darwin", framework],
  ])("is set on %s, and nothing else is changed", async (system, file) => {
    const before = programWithFuses();
    const after = await packed(system, file, before);
    expect(readFuses(after)).toBe(NINTH);
    expect([...after].filter((byte, at) => byte !== before[at])).toHaveLength(1);
  });

  it("is set in both halves of a universal app, once they are one", async () => {
    const half = programWithFuses();
    const whole = await packed("darwin", framework, Buffer.concat([half, half]));
    expect([readFuses(whole), readFuses(whole.subarray(half.length))]).toEqual([NINTH, NINTH]);
    for (const folder of ["mac-universal-x64-temp", "mac-universal-arm64-temp"])
      expect(await packed("darwin", framework, half, folder)).toEqual(half);
  });

  it("cannot be set where an older Electron does not have it", async () => {
    const older = programWithFuses(8);
    expect(await packed("linux", "dunlin", older)).toEqual(older);
  });

  it("ends the packaging together with one that nobody has decided about, or where there are none", async () => {
    await expect(packed("linux", "dunlin", programWithFuses(10))).rejects.toThrow("10 fuses");
    await expect(packed("linux", "dunlin", Buffer.from("#!/bin/sh"))).rejects.toThrow("no Electron");
  });
});
