import { readdirSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DownloadView } from "../../../preload/contract/models/attachment.ts";
import { fakePlatform, manualClock, type FakePlatform, type ManualClock } from "../fake-platform.ts";
import { failed, invalid } from "../failure.ts";
import { createHttp } from "../homeserver/http.ts";
import { startRawServer, type RawServer } from "../homeserver/raw-server.ts";
import { createMedia, type Media } from "./media.ts";

// Whole files on their way, from a server that answers byte by byte.

const FILE = "media/dunlin.test/film";
const WORDS = Buffer.from("twenty bytes of film");
let platform: FakePlatform;
let clock: ManualClock;
let server: RawServer;
let media: Media;
let answers: ServerResponse[];
let told: (readonly DownloadView[])[];

beforeEach(async () => {
  clock = manualClock(Date.now());
  platform = fakePlatform({ clock });
  answers = [];
  told = [];
  server = await startRawServer((_request, response) => void answers.push(response));
  const refresh = () => Promise.resolve(failed(invalid("none")));
  const http = createHttp({ platform, baseUrl: server.baseUrl, authorise: { token: () => "t", refresh } });
  media = createMedia({
    ...{ platform, http: () => http, mediaApi: () => "authenticated" as const },
    dir: join(platform.profileDir, "media"),
  });
  media.downloads.watch((views) => void told.push(views));
});
afterEach(async () => {
  await media.clear();
  await server.close();
  platform.cleanUp();
});

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await clock.breath();
}
async function answer(at = 0): Promise<ServerResponse> {
  await until(() => answers.length > at);
  return answers[at]!;
}
const now = () => media.downloads.current();
const filesOnDisk = (): string[] =>
  readdirSync(join(platform.profileDir, "media"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test("a file on its way says how much of it is here, of how much", async () => {
  const saved = media.openToSave(FILE);
  const response = await answer();
  expect(now()).toEqual([{ path: FILE, received: 0, total: null }]);
  response.writeHead(200, { "Content-Length": WORDS.length });
  response.flushHeaders();
  await until(() => now()[0]?.total === WORDS.length);
  // Told at most every so often: each piece comes when the last one was told long ago.
  await clock.advance(1000);
  response.write(WORDS.subarray(0, 6));
  await until(() => now()[0]?.received === 6);
  await clock.advance(1000);
  response.write(WORDS.subarray(6, 12));
  await until(() => now()[0]?.received === 12);
  response.end(WORDS.subarray(12));
  expect(await saved).toMatchObject({ ok: true, file: { size: WORDS.length } });
  expect(now()).toEqual([]);
});

test("cancelled, nothing of it stays, and whoever waits is told; asked again it comes from its beginning", async () => {
  const saved = media.openToSave(FILE);
  const shown = media.open(FILE);
  const first = await answer();
  first.writeHead(200, { "Content-Length": WORDS.length });
  first.write(WORDS.subarray(0, 6));
  await until(() => now()[0]?.total === WORDS.length);
  media.downloads.cancel(FILE);
  for (const one of [saved, shown])
    expect(await one).toMatchObject({ ok: false, failure: { kind: "aborted" } });
  expect(now()).toEqual([]);
  expect(filesOnDisk()).toEqual([]);
  const again = media.openToSave(FILE);
  (await answer(1)).end(WORDS);
  expect(await again).toMatchObject({ ok: true, file: { size: WORDS.length } });
  expect(server.requests).toHaveLength(2);
});

test("cancelled while it waits for its turn, it is never asked for, and the others go on", async () => {
  const others = Array.from({ length: 6 }, (_, i) => media.openToSave(`media/dunlin.test/other${i}`));
  await answer(5);
  const waiting = media.openToSave(FILE);
  await until(() => now().length === 7);
  media.downloads.cancel(FILE);
  expect(await waiting).toMatchObject({ ok: false, failure: { kind: "aborted" } });
  for (const response of answers) response.end(WORDS);
  for (const one of others) expect(await one).toMatchObject({ ok: true });
  expect(server.requests.some(({ url }) => url?.includes("film"))).toBe(false);
});

test("broken off by the line, no half of it is taken for the whole, and it can be asked for at once", async () => {
  const saved = media.openToSave(FILE);
  const first = await answer();
  first.writeHead(200, { "Content-Length": WORDS.length });
  first.write(WORDS.subarray(0, 6));
  await until(() => now()[0]?.total === WORDS.length);
  first.destroy();
  expect(await saved).toMatchObject({ ok: false });
  expect(filesOnDisk()).toEqual([]);
  expect((await media.stored(FILE)).ok).toBe(false);
  const again = media.openToSave(FILE);
  (await answer(1)).end(WORDS);
  expect(await again).toMatchObject({ ok: true, file: { size: WORDS.length } });
});

test("as much as may be sent may be fetched; more is refused before a byte of it is taken", async () => {
  const saved = media.openToSave(FILE);
  (await answer()).writeHead(200, { "Content-Length": 4 * 1024 ** 3 + 1 }).flushHeaders();
  expect(await saved).toMatchObject({ ok: false, failure: { kind: "rejected", errcode: "M_TOO_LARGE" } });
  expect(filesOnDisk()).toEqual([]);
  const fits = media.openToSave("media/dunlin.test/other");
  (await answer(1)).writeHead(200, { "Content-Length": 4 * 1024 ** 3 }).write(WORDS);
  await until(() => now()[0]?.total === 4 * 1024 ** 3);
  media.downloads.cancel("media/dunlin.test/other");
  await fits;
});

test("a film larger than the cache may be is there for whoever asked, and drives out nothing else", async () => {
  const http = createHttp({
    ...{ platform, baseUrl: server.baseUrl },
    authorise: { token: () => "t", refresh: () => Promise.resolve(failed(invalid("none"))) },
  });
  const small = createMedia({
    ...{ platform, http: () => http, mediaApi: () => "authenticated" as const },
    ...{ dir: join(platform.profileDir, "media"), cacheBytes: () => 30 },
  });
  const kept = small.open("media/dunlin.test/picture");
  (await answer()).end("small");
  await kept;
  await clock.advance(3_600_000);
  const film = small.openToSave(FILE);
  (await answer(1)).end(Buffer.concat([WORDS, WORDS]));
  expect(await film).toMatchObject({ ok: true, file: { size: 40 } });
  await small.trim();
  expect((await small.stored("media/dunlin.test/picture")).ok).toBe(true);
  expect((await small.stored(FILE)).ok).toBe(true);
  await clock.advance(3_600_000);
  await small.trim();
  expect((await small.stored(FILE)).ok).toBe(false);
  expect((await small.stored("media/dunlin.test/picture")).ok).toBe(true);
});
