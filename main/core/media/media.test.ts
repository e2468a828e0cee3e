import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import type { MediaAnswer } from "../api.ts";
import { fakePlatform, manualClock, type FakePlatform, type ManualClock } from "../fake-platform.ts";
import { failed, invalid } from "../failure.ts";
import { createHttp, type HomeserverHttp } from "../homeserver/http.ts";
import type { MediaApi } from "../homeserver/media.ts";
import { startRawServer } from "../homeserver/raw-server.ts";
import { mxcPath, parseMxc, type Thumbnail } from "../mxc.ts";
import { createMedia, type Media, type MediaLimits } from "./media.ts";
import { gifOf, jpegOf, pngOf } from "./pictures.ts";

let server: Homeserver;
let platform: FakePlatform;
let clock: ManualClock;
let media: Media;
let token: string;
let mediaApi: MediaApi;
let isSignedIn: boolean;

beforeEach(async () => {
  server = await startHomeserver();
  server.world.addUser("alice");
  token = server.world.login("alice").accessToken;
  clock = manualClock(Date.now());
  platform = fakePlatform({ clock });
  mediaApi = "authenticated";
  isSignedIn = true;
  media = open();
});
afterEach(async () => {
  await media.clear();
  await server.stop();
  platform.cleanUp();
});

const dir = (): string => join(platform.profileDir, "media");
function httpTo(baseUrl: string): HomeserverHttp {
  const refresh = () => Promise.resolve(failed(invalid("none")));
  return createHttp({ platform, baseUrl, authorise: { token: () => token, refresh } });
}
function open(limits: Partial<MediaLimits> = {}): Media {
  return createMedia({
    platform,
    http: () => (isSignedIn ? httpTo(server.baseUrl) : null),
    mediaApi: () => mediaApi,
    dir: dir(),
    limits,
  });
}
function pathOf(mxc: string, thumbnail?: Thumbnail): string {
  const parsed = parseMxc(mxc);
  if (parsed === null) throw new Error(`not an mxc address: ${mxc}`);
  return mxcPath(parsed, thumbnail);
}
const upload = (bytes: Uint8Array, type = "image/png"): string => server.world.uploadMedia(bytes, type);
const small: Thumbnail = { width: 72, height: 72, method: "crop" };
const downloads = (): number => server.wire.count("GET", /\/media\//);
const kindOf = (answer: MediaAnswer): string => (answer.ok ? answer.file.contentType : answer.failure.kind);

test("a picture comes from the own homeserver once, then from the disk, also in the next run and offline", async () => {
  const bytes = pngOf(100, 50);
  const path = pathOf(upload(bytes), small);
  const answer = await media.open(path);
  expect(answer).toMatchObject({ ok: true, file: { contentType: "image/png", size: bytes.length } });
  expect(answer.ok && readFileSync(answer.file.path).equals(bytes)).toBe(true);
  await media.open(path);
  server.cut();
  media = open();
  isSignedIn = false;
  expect(await media.open(path)).toEqual(answer);
  expect(downloads()).toBe(1);
});

test("a thumbnail is asked for with the token in the header and nothing of it in the address", async () => {
  await media.open(pathOf(upload(pngOf(1, 1)), small));
  const [request] = server.wire.requests;
  expect(request?.path).toMatch(/^\/_matrix\/client\/v1\/media\/thumbnail\/dunlin\.test\/[A-Za-z0-9_-]+$/);
  expect(request?.query).toEqual({ width: "72", height: "72", method: "crop", animated: "false" });
  expect(request?.token).toBe(token);
});

test("what lies on a foreign server is asked of the own one", async () => {
  await media.open("media/evil.example%3A8448/abc");
  expect(server.wire.requests.map((request) => request.path)).toEqual([
    "/_matrix/client/v1/media/download/evil.example%3A8448/abc",
  ]);
});

test("an old server is asked without a token, below v3", async () => {
  server.world.media = "legacy";
  mediaApi = "legacy";
  expect(kindOf(await media.open(pathOf(upload(pngOf(1, 1)))))).toBe("image/png");
  expect(server.wire.requests).toMatchObject([{ token: undefined }]);
  expect(server.wire.requests[0]?.path).toMatch(/^\/_matrix\/media\/v3\/download\//);
});

test.each([
  ["authenticated" as const, "legacy" as const],
  ["legacy" as const, "authenticated" as const],
])(
  "where we expect %s and the server has %s, one refusal is enough to learn it",
  async (expected, actual) => {
    mediaApi = expected;
    server.world.media = actual;
    for (const name of ["a", "b", "c"]) {
      expect(kindOf(await media.open(pathOf(upload(Buffer.concat([pngOf(1, 1), Buffer.from(name)])))))).toBe(
        "image/png",
      );
    }
    expect(downloads()).toBe(4);
  },
);

test.each([
  "../../etc/passwd",
  "media/../../etc/passwd",
  "media/dunlin.test/../x",
  "media/dunlin.test/%2e%2e",
  "media/dunlin.test/a b",
  "media/dunlin.test/abc?width=1",
  "media/https:%2F%2Ftracker/x.png",
  "",
])("the path %j is refused without a request or a file", async (path) => {
  expect(kindOf(await media.open(path))).toBe("invalid");
  expect(server.wire.requests).toEqual([]);
  expect(existsSync(dir())).toBe(false);
});

test.each([
  ["<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image/svg+xml"],
  ["<!doctype html><script>alert(1)</script>", "image/png"],
  ["%PDF-1.7", "application/pdf"],
  ["GIF89a", "image/gif"],
])("%j, said to be %s, is only ever saved", async (text, said) => {
  expect(kindOf(await media.open(pathOf(upload(Buffer.from(text), said))))).toBe("application/octet-stream");
});

test("a picture is what its bytes are, whatever the server calls it", async () => {
  expect(kindOf(await media.open(pathOf(upload(jpegOf(3, 3), "text/html"))))).toBe("image/jpeg");
});

test("a decompression bomb is refused before anything decodes it, and not brought again", async () => {
  const path = pathOf(upload(pngOf(100_000, 100_000)), small);
  for (let i = 0; i < 3; i++) {
    expect(await media.open(path)).toMatchObject({
      ok: false,
      failure: { kind: "rejected", message: "too-many-pixels" },
    });
    await clock.advance(40_000);
  }
  expect(downloads()).toBe(1);
  expect(await media.stats()).toEqual({ files: 0, bytes: 0 });
});

test("a picture with too many pixels is brought once, never shown, and can be saved", async () => {
  const bytes = pngOf(100_000, 100_000);
  const path = pathOf(upload(bytes));
  for (let i = 0; i < 2; i++)
    expect(await media.open(path)).toMatchObject({ ok: false, failure: { message: "too-many-pixels" } });
  const saved = await media.openToSave(path);
  if (!saved.ok) throw new Error(saved.failure.message);
  expect(readFileSync(saved.file.path)).toEqual(Buffer.from(bytes));
  expect(await media.stored(path)).toMatchObject({ ok: false });
  // The server may have made a small one: the large one does not stand in for it.
  await media.open(`${path}?width=96&height=96&method=crop`);
  expect(downloads()).toBe(2);
  expect(await media.open(path)).toMatchObject({ ok: false, failure: { errcode: "M_TOO_LARGE" } });
});

test("what grew too large for a lower limit is not shown from the disk either", async () => {
  const path = pathOf(upload(pngOf(1000, 1000)));
  expect(kindOf(await media.open(path))).toBe("image/png");
  media = open({ pixels: 999_999 });
  expect(kindOf(await media.open(path))).toBe("rejected");
});

test("a file over the limit is given up as soon as it is known, and leaves nothing behind", async () => {
  media = open({ thumbnailBytes: 1000, fileBytes: 5000 });
  const mxc = upload(Buffer.concat([pngOf(1, 1), randomBytes(2000)]));
  expect(await media.open(pathOf(mxc, small))).toMatchObject({
    failure: { kind: "rejected", errcode: "M_TOO_LARGE" },
  });
  expect(kindOf(await media.open(pathOf(mxc)))).toBe("image/png");
  expect(await media.stats()).toMatchObject({ files: 1 });
  expect(readdirSync(join(dir(), "incoming"))).toEqual([]);
});

test("a hundred avatars of one person are one request", async () => {
  const path = pathOf(upload(pngOf(1, 1)), small);
  const answers = await Promise.all(Array.from({ length: 100 }, () => media.open(path)));
  expect(new Set(answers.map(kindOf))).toEqual(new Set(["image/png"]));
  expect(downloads()).toBe(1);
});

test("at most six downloads run at a time, and all come in the end", async () => {
  let most = 0;
  const release: (() => void)[] = [];
  const raw = await startRawServer((_request, response) => {
    most = Math.max(most, release.length + 1);
    release.push(() => response.end(gifOf(2, 2)));
  });
  try {
    const http = httpTo(raw.baseUrl);
    const many = createMedia({ platform, http: () => http, mediaApi: () => "authenticated", dir: dir() });
    let done = 0;
    const all = Array.from({ length: 20 }, async (_, i) => {
      expect(kindOf(await many.open(`media/dunlin.test/m${i}`))).toBe("image/gif");
      done += 1;
    });
    while (done < 20) {
      if (release.length === 6 || raw.requests.length === 20) release.splice(0).forEach((answer) => answer());
      await clock.breath();
    }
    await Promise.all(all);
    expect(most).toBe(6);
  } finally {
    await raw.close();
  }
});

test("a broken picture is asked for again after half a minute, not before", async () => {
  server.faults.add({ on: { path: /\/media\// }, do: { status: { code: 502, body: "<html>" } }, times: 1 });
  const path = pathOf(upload(pngOf(1, 1)));
  expect(kindOf(await media.open(path))).toBe("unavailable");
  expect(kindOf(await media.open(path))).toBe("unavailable");
  expect(downloads()).toBe(1);
  await clock.advance(30_000);
  expect(kindOf(await media.open(path))).toBe("image/png");
});

test("a rate limit is kept to the moment the server named", async () => {
  server.faults.add({
    on: { path: /\/media\// },
    do: { limited: { retryAfterMs: 60_000, header: true } },
    times: 1,
  });
  const path = pathOf(upload(pngOf(1, 1)));
  expect(kindOf(await media.open(path))).toBe("limited");
  await clock.advance(59_000);
  expect(kindOf(await media.open(path))).toBe("limited");
  await clock.advance(1_000);
  expect(kindOf(await media.open(path))).toBe("image/png");
});

test("back online, pictures come within seconds", async () => {
  const path = pathOf(upload(pngOf(1, 1)));
  server.cut();
  expect(kindOf(await media.open(path))).toBe("offline");
  server.mend();
  await clock.advance(3_000);
  expect(kindOf(await media.open(path))).toBe("image/png");
});

test("a stored file torn by a power cut is brought again", async () => {
  const path = pathOf(upload(pngOf(5, 5)));
  const first = await media.open(path);
  if (first.ok) truncateSync(first.file.path, 10);
  expect(await media.open(path)).toEqual(first);
  expect(downloads()).toBe(2);
});

test("the cache stays below its limit; what was used last stays", async () => {
  const picture = (): Buffer => Buffer.concat([pngOf(1, 1), randomBytes(10_000)]);
  media = open({ cacheBytes: 55_000 });
  const paths = Array.from({ length: 5 }, () => pathOf(upload(picture())));
  for (const path of paths) {
    await media.open(path);
    await clock.advance(7_200_000);
  }
  await media.open(paths[0]!); // the oldest is used again
  await clock.advance(7_200_000);
  await media.open(pathOf(upload(picture())));
  expect((await media.stats()).bytes).toBeLessThanOrEqual(55_000);
  const before = downloads();
  await media.open(paths[0]!);
  expect(downloads()).toBe(before);
  await media.open(paths[1]!);
  expect(downloads()).toBe(before + 1);
});

test("what is on the screen stays, also over the limit; when it has left, the oldest go", async () => {
  const picture = (): Buffer => Buffer.concat([pngOf(1, 1), randomBytes(10_000)]);
  media = open({ cacheBytes: 25_000 });
  const paths = Array.from({ length: 4 }, () => pathOf(upload(picture())));
  for (const path of paths) await media.open(path);
  expect(await media.stats()).toMatchObject({ files: 4 });
  for (const path of paths) {
    await clock.advance(1_000);
    await media.open(path);
  }
  expect(downloads()).toBe(4);
  await clock.advance(61_000);
  const newest = pathOf(upload(picture()));
  await media.open(newest);
  expect(await media.stats()).toMatchObject({ files: 2 });
  for (const path of [newest, paths[3]!]) await media.open(path);
  expect(downloads()).toBe(5);
});

test("ids that differ in case only are two pictures", async () => {
  const one = await media.open("media/dunlin.test/AbC");
  const other = await media.open("media/dunlin.test/aBc");
  expect(one).toMatchObject({ failure: { errcode: "M_NOT_FOUND" } });
  expect(other).toMatchObject({ failure: { errcode: "M_NOT_FOUND" } });
  expect(downloads()).toBe(2);
});

test("a redirect to a delivery network is followed without the token, any other is not", async () => {
  const network = await startRawServer((_request, response) => response.end(pngOf(4, 4)));
  let status = 307;
  const raw = await startRawServer((_request, response) => {
    response.writeHead(status, { Location: `${network.baseUrl}/signed?key=1` }).end();
  });
  try {
    const http = httpTo(raw.baseUrl);
    const redirected = createMedia({
      platform,
      http: () => http,
      mediaApi: () => "authenticated",
      dir: dir(),
    });
    expect(kindOf(await redirected.open("media/dunlin.test/a"))).toBe("image/png");
    expect(raw.requests[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(network.requests[0]?.headers.authorization).toBeUndefined();
    status = 302;
    expect(kindOf(await redirected.open("media/dunlin.test/b"))).toBe("malformed");
    expect(network.requests).toHaveLength(1);
  } finally {
    await raw.close();
    await network.close();
  }
});

test("a picture the server can make no thumbnail of is taken itself, if it is small enough", async () => {
  server.faults.add({
    on: { path: /\/thumbnail\// },
    do: { error: { status: 400, errcode: "M_UNKNOWN", message: "Cannot generate thumbnails" } },
  });
  expect(kindOf(await media.open(pathOf(upload(gifOf(9, 9)), small)))).toBe("image/gif");
});

test("signed out, nothing is asked of anybody", async () => {
  isSignedIn = false;
  expect(kindOf(await media.open(pathOf(upload(pngOf(1, 1)))))).toBe("unauthorized");
  expect(server.wire.requests).toEqual([]);
});

test("clearing stops what is on its way and leaves no file", async () => {
  let letGo = (): void => {};
  server.faults.add({
    on: { path: /\/media\// },
    do: { holdBefore: new Promise<void>((resolve) => (letGo = resolve)) },
  });
  const running = media.open(pathOf(upload(pngOf(1, 1))));
  await server.wire.waitFor((request) => request.path.includes("/media/"));
  await media.clear();
  expect(kindOf(await running)).toBe("aborted");
  expect(existsSync(dir())).toBe(false);
  letGo();
});

test("the user asks again: what failed is tried at once, what the server put off is not", async () => {
  const mxc = upload(pngOf(8, 8));
  const path = pathOf(mxc);
  const on = { path: /\/media\// };
  const broken = server.faults.add({ on, do: { status: { code: 500 } }, times: 1 });
  expect((await media.open(path)).ok).toBe(false);
  expect((await media.open(path)).ok).toBe(false);
  expect(broken.hits).toBe(1);
  expect((await media.open(`${path}?again=1`)).ok).toBe(true);

  const thumbnail = pathOf(upload(pngOf(9, 9)), small);
  const limited = server.faults.add({ on, do: { limited: { retryAfterMs: 60_000 } } });
  expect((await media.open(thumbnail)).ok).toBe(false);
  expect((await media.open(`${thumbnail}&again=1`)).ok).toBe(false);
  expect(limited.hits).toBe(1);
});
