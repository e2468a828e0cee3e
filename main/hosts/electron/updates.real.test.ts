import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { UpdateView } from "../../../preload/contract/models/desktop.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { Updates, type Updater } from "./updates.ts";

// electron-updater itself (the one of AppImages) against a server of ours: what it refuses, we never call ready.

interface RealUpdater extends Updater {
  httpExecutor: unknown;
  disableDifferentialDownload: boolean;
  setFeedURL(feed: object): void;
}
const require = createRequire(import.meta.url);
const { AppImageUpdater } = require("electron-updater") as {
  AppImageUpdater: new (options: null, app: object) => RealUpdater;
};
interface Executor {
  doDownload(request: object, work: object, redirects: number): void;
}
interface Download {
  readonly headers?: object;
  readonly cancellationToken: {
    createPromise<T>(
      work: (resolve: (value: T) => void, reject: (error: unknown) => void, onCancel: unknown) => void,
    ): Promise<T>;
  };
}
const { NodeHttpExecutor } = createRequire(require.resolve("electron-builder/package.json"))(
  "builder-util/out/nodeHttpExecutor",
) as { NodeHttpExecutor: new () => Executor };

/** As electron-updater's own, over Node instead of Chromium: its base class does the rest, the checking too. */
class NodeDownloads extends NodeHttpExecutor {
  download(url: URL, destination: string, options: Download): Promise<string> {
    const { protocol, hostname, port, pathname: path } = url;
    return options.cancellationToken.createPromise((resolve, reject, onCancel) => {
      const callback = (error: unknown): void =>
        error === null || error === undefined ? resolve(destination) : reject(error);
      const request = { protocol, hostname, port, path, headers: options.headers };
      this.doDownload(request, { destination, options, onCancel, callback, responseHandler: null }, 0);
    });
  }
}

/** The last four bytes place a copy in the rollout: this one comes at 50 %. */
const HALF = "00000000-0000-5000-8000-00007fffffff";
const PROGRAM = Buffer.from("the new program");
const digestOf = (bytes: Buffer): string => createHash("sha512").update(bytes).digest("base64");

let dir: string;
let server: Server;
let asked: string[];
let release: string;
let views: UpdateView[];
let updates: Updates;
let restarts: number;
const appImage = process.env["APPIMAGE"];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-updates-"));
  mkdirSync(join(dir, "user"));
  writeFileSync(join(dir, "user", ".updaterId"), HALF);
  writeFileSync(join(dir, "Dunlin.AppImage"), "the old program");
  process.env["APPIMAGE"] = join(dir, "Dunlin.AppImage");
  asked = [];
  views = [];
  restarts = 0;
  server = createServer((request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    asked.push(path);
    response.end(path.endsWith(".yml") ? release : PROGRAM);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  updates = new Updates({
    updater: realUpdater((server.address() as AddressInfo).port),
    clock: new ManualClock(),
    log: () => undefined,
    onChange: (view) => void views.push(view),
    restart: () => void (restarts += 1),
  });
});
afterEach(() => {
  updates.stop();
  server.close();
  server.closeAllConnections();
  if (appImage === undefined) delete process.env["APPIMAGE"];
  else process.env["APPIMAGE"] = appImage;
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

function realUpdater(port: number): RealUpdater {
  const updater = new AppImageUpdater(null, {
    ...{ version: "1.0.0", name: "dunlin", isPackaged: true, appUpdateConfigPath: join(dir, "none.yml") },
    ...{ userDataPath: join(dir, "user"), baseCachePath: join(dir, "cache") },
    whenReady: () => Promise.resolve(),
    onQuit: () => undefined,
    quit: () => undefined,
    relaunch: () => undefined,
  });
  updater.httpExecutor = new NodeDownloads();
  updater.disableDifferentialDownload = true;
  // Where it finds the name of its cache; the rest of that file is `setFeedURL`.
  writeFileSync(join(dir, "none.yml"), "updaterCacheDirName: dunlin-updater\n");
  updater.setFeedURL({ provider: "generic", url: `http://127.0.0.1:${port}` });
  return updater;
}

/** What a release says of itself. */
function offer(part: { version?: string; sha512?: string; staging?: number; notes?: string } = {}): void {
  const { version = "2.0.0", sha512 = digestOf(PROGRAM), staging, notes } = part;
  release = [
    `version: ${version}`,
    "files:",
    "  - url: Dunlin-2.AppImage",
    `    sha512: ${sha512}`,
    `    size: ${PROGRAM.length}`,
    "path: Dunlin-2.AppImage",
    `sha512: ${sha512}`,
    "releaseDate: '2026-01-01T00:00:00.000Z'",
    ...(staging === undefined ? [] : [`stagingPercentage: ${staging}`]),
    ...(notes === undefined ? [] : [`releaseNotes: ${JSON.stringify(notes)}`]),
    "",
  ].join("\n");
}
const settled = async (): Promise<UpdateView | undefined> => {
  updates.check();
  await expect
    .poll(
      () =>
        ["ready", "failed"].includes(views.at(-1)?.state ?? "") ||
        (views.length > 1 && views.at(-1)?.state === "current"),
    )
    .toBe(true);
  return views.at(-1);
};
const programAsked = (): boolean => asked.some((path) => path.endsWith(".AppImage"));

test("a program that is what the release says is loaded and ready, with what is new as plain text", async () => {
  offer({ notes: "<h2>Better</h2><script>alert(1)</script><p>and <b>faster</b></p>" });
  expect(await settled()).toEqual({
    ...{ state: "ready", version: "2.0.0", waitsFor: null },
    notes: "Better\nand faster",
  });
});

test("a program that was changed on the way is never ready, and cannot be restarted into", async () => {
  offer({ sha512: digestOf(Buffer.from("what was released")) });
  expect(await settled()).toEqual({ state: "failed" });
  expect(programAsked()).toBe(true);
  expect(() => updates.restart()).toThrow("no newer version");
  expect(restarts).toBe(0);
});

test("a release in stages comes to this copy when its turn has come, and is not even loaded before", async () => {
  offer({ staging: 40 });
  expect(await settled()).toEqual({ state: "current" });
  expect(programAsked()).toBe(false);
  offer({ staging: 60 });
  views.length = 0;
  updates.check();
  await expect.poll(() => views.at(-1)?.state).toBe("ready");
});

test("an older version is no update", async () => {
  offer({ version: "0.9.0" });
  expect(await settled()).toEqual({ state: "current" });
  expect(programAsked()).toBe(false);
});
