import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { buildApp } from "../testing/built-app.ts";
import { BuiltStage } from "../testing/built-stage.ts";
import type { DesktopPage } from "../testing/desktop-stage.ts";

// An AppImage that updates itself: the built app with the electron-updater that is bundled into it, a server of
// releases, and programs that are real files. The other systems' updaters are theirs; what we do around any of them is
// in updates.test.ts and desktop.test.ts.

beforeAll(buildApp, 180_000);
let stage: BuiltStage;
let releases: Server;
let release: string;
beforeEach(async () => {
  stage = await BuiltStage.begin();
  releases = createServer((request, response) => {
    response.end((request.url ?? "").includes(".yml") ? release : newProgram());
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => releases.once("listening", resolve));
  mkdirSync(join(stage.dir, "resources"));
  const { port } = releases.address() as AddressInfo;
  writeFileSync(
    join(stage.dir, "resources", "app-update.yml"),
    `provider: generic\nurl: http://127.0.0.1:${port}\nupdaterCacheDirName: dunlin-updater\n`,
  );
  writeFileSync(program(), "the old program");
  chmodSync(program(), 0o755);
  offer();
});
afterEach(async () => {
  releases.close();
  releases.closeAllConnections();
  await stage.end();
});

const program = (): string => join(stage.dir, "Dunlin.AppImage");
const mark = (): string => join(stage.dir, "started");
/** It says how it was started. */
const newProgram = (): string =>
  `#!/bin/sh\necho "started $APPIMAGE_EXIT_AFTER_INSTALL" > "${mark()}.part" && mv "${mark()}.part" "${mark()}"\n`;

function offer(digestOf = newProgram()): void {
  const sha512 = createHash("sha512").update(digestOf).digest("base64");
  release = [
    "version: 2.0.0",
    "files:",
    "  - url: Dunlin-2.0.0.AppImage",
    `    sha512: ${sha512}`,
    `    size: ${newProgram().length}`,
    "path: Dunlin-2.0.0.AppImage",
    `sha512: ${sha512}`,
    "releaseNotes: <p>Faster <b>boats</b></p>",
    "releaseDate: '2026-01-01T00:00:00.000Z'",
    "",
  ].join("\n");
}

async function installed(): Promise<DesktopPage> {
  const page = await stage.live({
    ...{
      STAND_IN_PACKAGED: "1",
      STAND_IN_RESOURCES: join(stage.dir, "resources"),
      STAND_IN_VERSION: "1.0.0",
    },
    ...{ APPIMAGE: program(), XDG_CACHE_HOME: join(stage.dir, "cache") },
  });
  await expect.poll(() => page.view?.update.state).toBe("current");
  return page;
}
/** Asks, and waits for the end of it. */
async function checked(page: DesktopPage): Promise<unknown> {
  await page.call("checkForUpdate");
  await expect.poll(() => page.view?.update.state).toMatch(/ready|failed/);
  return page.view?.update;
}

describe.runIf(process.platform === "linux")("a newer version", () => {
  test("is loaded and checked, and takes over when the user says so, with everything of the old one closed", async () => {
    const page = await installed();
    expect(await checked(page)).toEqual({
      ...{ state: "ready", version: "2.0.0", notes: "Faster boats", waitsFor: null },
    });
    expect(readFileSync(program(), "utf8")).toBe("the old program");
    await page.call("restartToUpdate").catch(() => undefined);
    expect(await page.child.ended).toEqual({ code: 0, signal: null });
    await expect.poll(() => existsSync(mark())).toBe(true);
    expect(readFileSync(mark(), "utf8")).toBe("started \n");
    expect(readFileSync(program(), "utf8")).toBe(newProgram());
    expect(page.child.all("lock released")).toHaveLength(1);
    // Closed in order: the next one finds the profile free and its session in it.
    await stage.live({ DUNLIN_SIGN_IN: "" });
    expect(stage.server.wire.count("POST", /\/login$/)).toBe(1);
  });

  test("takes the old one's place when the app ends anyway, and is not started then", async () => {
    const page = await installed();
    expect(await checked(page)).toMatchObject({ state: "ready" });
    void page.child.tell({ do: "quit" }).catch(() => undefined);
    expect(await page.child.ended).toEqual({ code: 0, signal: null });
    expect(readFileSync(program(), "utf8")).toBe(newProgram());
    // It is run once by the updater itself, told to end at once.
    expect(readFileSync(mark(), "utf8")).toBe("started true\n");
  });

  test("that is not what its release says is thrown away; the old one stays, now and when the app ends", async () => {
    offer("another program");
    const page = await installed();
    expect(await checked(page)).toEqual({ state: "failed" });
    await expect(page.call("restartToUpdate")).rejects.toThrow("no newer version");
    void page.child.tell({ do: "quit" }).catch(() => undefined);
    await page.child.ended;
    expect(readFileSync(program(), "utf8")).toBe("the old program");
    expect(existsSync(mark())).toBe(false);
  });

  test("waits for a message that is just being sent", async () => {
    const roomId = stage.server.world.createRoom({ creator: "ana", members: ["ben"], name: "Harbour" });
    const page = await installed();
    expect(await checked(page)).toMatchObject({ waitsFor: null });
    let letGo = (): void => undefined;
    const holdBefore = new Promise<void>((resolve) => (letGo = resolve));
    stage.server.faults.add({ on: { method: "PUT", path: /\/send\// }, do: { holdBefore } });
    await page.call("sendMessage", {
      ...{ roomId, transactionId: "story-0001" },
      content: { msgtype: "m.text", body: "on its way" },
    });
    await expect.poll(() => page.view?.update).toMatchObject({ state: "ready", waitsFor: "sending" });
    await expect(page.call("restartToUpdate")).rejects.toThrow("sending");
    letGo();
    await expect.poll(() => page.view?.update).toMatchObject({ waitsFor: null });
  });
});
