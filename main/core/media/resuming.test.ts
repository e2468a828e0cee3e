import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { MediaAnswer } from "../api.ts";
import { fakePlatform, manualClock, type FakePlatform, type ManualClock } from "../fake-platform.ts";
import { failed, invalid } from "../failure.ts";
import { createHttp } from "../homeserver/http.ts";
import { startRawServer, type RawServer } from "../homeserver/raw-server.ts";
import { createMedia, type Media } from "./media.ts";
import { pngOf } from "./pictures.ts";

// A file over a connection that breaks: what is here is gone on with where that is safe, and never doubled or torn.

type Say = (request: IncomingMessage, response: ServerResponse) => void;
let server: RawServer;
let platform: FakePlatform;
let clock: ManualClock;
let media: Media;
/** What the server says to one request after the other; the last again and again. */
let says: readonly Say[];

const path = "media/dunlin.test/abc";
const file = Buffer.concat([pngOf(3, 3), randomBytes(200_000)]);
const tagged = { "accept-ranges": "bytes", etag: '"one"' };

beforeEach(async () => {
  server = await startRawServer((request, response) => {
    const say = says[Math.min(server.requests.length, says.length) - 1];
    say?.(request, response);
  });
  clock = manualClock();
  platform = fakePlatform({ clock });
  media = createMedia({
    platform,
    http: () =>
      createHttp({
        platform,
        baseUrl: server.baseUrl,
        authorise: { token: () => "secret", refresh: () => Promise.resolve(failed(invalid("none"))) },
      }),
    mediaApi: () => "authenticated",
    dir: join(platform.profileDir, "media"),
  });
});
afterEach(async () => {
  await media.clear();
  await server.close();
  platform.cleanUp();
});

/** The whole file, or its first `most` bytes before the connection breaks. */
const whole =
  ({ bytes = file, most = Infinity, headers = tagged }: Partial<Whole> = {}): Say =>
  (_request, response) => {
    response.writeHead(200, { ...headers, "content-length": bytes.length });
    send(response, bytes, most);
  };
interface Whole {
  readonly bytes: Buffer;
  readonly most: number;
  readonly headers: Record<string, string>;
}
/** The rest that was asked for, likewise; `headers` stand over what is true. */
const rest =
  ({ most = Infinity, headers = {} }: Partial<Whole> = {}): Say =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
    const range = `bytes ${from}-${file.length - 1}/${file.length}`;
    response.writeHead(206, { ...tagged, "content-range": range, ...headers });
    send(response, file.subarray(from), most, from);
  };
function send(response: ServerResponse, bytes: Buffer, most: number, from = 0): void {
  if (most >= bytes.length) response.end(bytes);
  else response.write(bytes.subarray(0, most), () => void breakOff(response, from + most));
}
/** Once that many bytes are on disk: what is on its way in this moment is lost, and a first byte that is would be another story. */
async function breakOff(response: ServerResponse, bytes: number): Promise<void> {
  for (let turn = 0; turn < 400 && onDisk() !== bytes; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5));
  response.destroy();
}
const incoming = (): string => join(platform.profileDir, "media", "incoming");
/** Of what is coming, bytes. Files and their folder may go in the middle of this. */
function onDisk(): number {
  try {
    return readdirSync(incoming()).reduce((sum, name) => sum + statSync(join(incoming(), name)).size, 0);
  } catch {
    return 0;
  }
}
const status =
  (code: number, body = ""): Say =>
  (_request, response) =>
    response.writeHead(code, { "content-type": "application/json" }).end(body);
const lost: Say = (request) => request.socket.destroy();

/** The pauses between two tries pass, until there is an answer; no request ever has to hurry. */
async function inTime<T>(asked: Promise<T>): Promise<T> {
  let isDone = false;
  const done = asked.finally(() => (isDone = true));
  while (!isDone) {
    await new Promise((turn) => setTimeout(turn, 2));
    const next = clock.nextIn();
    if (next !== null && next <= LONGEST_PAUSE) await clock.advance(next);
  }
  return done;
}
/** Of the backoff, ms; whatever bounds a request is longer. */
const LONGEST_PAUSE = 16_000;
const asked = (): (string | undefined)[] => server.requests.map(({ headers }) => headers.range);
const isWhole = (answer: MediaAnswer, bytes = file): boolean =>
  answer.ok && readFileSync(answer.file.path).equals(bytes);

test("it goes on where it broke off, as often as the connection breaks, and is the same file", async () => {
  says = [whole({ most: 100_000 }), rest({ most: 50_000 }), lost, rest({ most: 1 }), rest()];
  const answer = await inTime(media.open(path));
  expect(isWhole(answer)).toBe(true);
  expect(asked()).toHaveLength(5);
  expect(asked()[0]).toBeUndefined();
  expect(
    asked()
      .slice(1)
      .every((range) => /^bytes=\d+-$/.test(range ?? "")),
  ).toBe(true);
  expect(server.requests[1]?.headers["if-range"]).toBe('"one"');
});

test("how far it is goes on from there, too", async () => {
  says = [whole({ most: 100_000 }), rest()];
  const seen: number[] = [];
  const stop = media.downloads.watch((views) => seen.push(...views.map(({ received }) => received)));
  await inTime(media.open(path));
  stop();
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBeGreaterThan(100_000);
});

test.each<[string, readonly Say[]]>([
  ["the server answers with the whole", [whole()]],
  ["the whole breaks off, too", [whole({ most: 5_000 }), rest()]],
  ["416", [status(416), whole()]],
  ["another stretch", [rest({ headers: { "content-range": "bytes 0-9/10" } }), whole()]],
  ["another version", [rest({ headers: { etag: '"two"' } }), whole()]],
  ["no ETag", [rest({ headers: { etag: "" } }), whole()]],
  ["204", [status(204), whole()]],
  ["a proxy that does not like the question", [status(400, '{"errcode":"M_UNKNOWN"}'), whole()]],
])("asked for the rest, %s: it begins anew, and is whole", async (_, then) => {
  says = [whole({ most: 100_000 }), ...then];
  expect(isWhole(await inTime(media.open(path)))).toBe(true);
  expect(asked()[1]).toBeDefined();
  expect(server.requests).toHaveLength(1 + then.length);
});

test("a file that has become another one meanwhile is that one, of its own length", async () => {
  const other = Buffer.concat([pngOf(9, 9), randomBytes(50_000)]);
  says = [whole({ most: 100_000 }), whole({ bytes: other, headers: { ...tagged, etag: '"two"' } })];
  const answer = await inTime(media.open(path));
  expect(isWhole(answer, other)).toBe(true);
  expect(answer.ok && answer.file.size).toBe(other.length);
});

test("a rest that is longer than it says is not taken; one that is shorter is gone on with", async () => {
  const tooLong: Say = (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
    response.writeHead(206, {
      ...tagged,
      "content-range": `bytes ${from}-${file.length - 1}/${file.length}`,
    });
    response.end(Buffer.concat([file.subarray(from), Buffer.from("more")]));
  };
  const tooShort: Say = (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1]);
    response.writeHead(206, {
      ...tagged,
      "content-range": `bytes ${from}-${file.length - 1}/${file.length}`,
    });
    response.end(file.subarray(from, from + 1_000));
  };
  says = [whole({ most: 100_000 }), tooShort, rest({ most: 1_000 }), tooLong, whole()];
  expect(isWhole(await inTime(media.open(path)))).toBe(true);
  expect(asked().map((range) => range !== undefined)).toEqual([false, true, true, true, false]);
});

test.each<[string, Record<string, string>]>([
  ["no word of ranges", { etag: '"one"' }],
  ["a weak ETag", { ...tagged, etag: 'W/"one"' }],
  ["no ETag", { "accept-ranges": "bytes" }],
])("where there is %s, a broken file fails at once and is not kept", async (_, headers) => {
  says = [whole({ most: 100_000, headers }), whole()];
  expect(await inTime(media.open(path))).toMatchObject({ ok: false, failure: { kind: "unavailable" } });
  expect(server.requests).toHaveLength(1);
  expect(await media.stats()).toEqual({ files: 0, bytes: 0 });
  expect(readdirSync(incoming())).toEqual([]);
});

test.each<[string, Say, string]>([
  ["lost", lost, "unavailable"],
  ["cut after a little", rest({ most: 1_000 }), "unavailable"],
  ["no file at all", status(404, '{"errcode":"M_NOT_FOUND"}'), "rejected"],
])("it is not tried for ever: %s", async (_, then, kind) => {
  says = [whole({ most: 100_000 }), then];
  expect(await inTime(media.open(path))).toMatchObject({ ok: false, failure: { kind } });
  expect(server.requests.length).toBeGreaterThan(2);
  expect(server.requests.length).toBeLessThanOrEqual(6);
  expect(await media.stats()).toEqual({ files: 0, bytes: 0 });
});

test("a server that begins anew for ever is left in the end, however much it sends each time", async () => {
  const large = Buffer.concat([pngOf(3, 3), randomBytes(3 * 1024 ** 2)]);
  says = [whole({ bytes: large, most: 2 * 1024 ** 2 })];
  expect(await inTime(media.open(path))).toMatchObject({ ok: false, failure: { kind: "unavailable" } });
  expect(server.requests.length).toBeLessThanOrEqual(12);
});

test("whoever cancels while it waits for the next try is not kept waiting", async () => {
  says = [whole({ most: 100_000 })];
  const answer = media.open(path);
  while (server.requests.length === 0 || (clock.nextIn() ?? Infinity) > LONGEST_PAUSE)
    await new Promise((turn) => setTimeout(turn, 5));
  media.downloads.cancel(path);
  expect(await answer).toMatchObject({ ok: false, failure: { kind: "aborted" } });
  expect(server.requests).toHaveLength(1);
  expect(clock.pending).toBe(0);
});

test("the rest is asked for by the same ways: the token for the own homeserver, none for a delivery network", async () => {
  let times = 0;
  const network = await startRawServer((request, response) =>
    (times++ === 0 ? whole({ most: 100_000 }) : rest())(request, response),
  );
  try {
    says = [
      (_request, response) => void response.writeHead(307, { location: `${network.baseUrl}/signed` }).end(),
    ];
    expect(isWhole(await inTime(media.open(path)))).toBe(true);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer secret",
      "Bearer secret",
    ]);
    expect(network.requests).toHaveLength(2);
    expect(network.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(network.requests[1]?.headers["if-range"]).toBe('"one"');
  } finally {
    await network.close();
  }
});

test("whoever plays a film that begins anew is told that what they heard has ended", async () => {
  const film = (): Buffer<ArrayBuffer> =>
    Buffer.concat([
      Buffer.from("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm", "latin1"),
      randomBytes(200_000),
    ]);
  const [old, now] = [film(), film()];
  says = [whole({ bytes: old, most: 150_000 }), whole({ bytes: now, headers: { ...tagged, etag: '"two"' } })];
  const early = await media.open(path);
  const grows = early.ok ? early.file.grows : undefined;
  expect(grows).toBeDefined();
  const end = grows?.upTo(old.length - 1).catch(() => "told");
  const answer = await inTime(media.openToSave(path));
  expect(isWhole(answer, now)).toBe(true);
  expect(await end).toBe("told");
});
