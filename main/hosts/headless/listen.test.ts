import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CLOSED_OPENED_ELSEWHERE, CONTRACT_VERSION } from "../../../preload/contract/frames.ts";
import { systemRandom } from "../../lib/random.ts";
import { FakeCore } from "../testing/fake-core.ts";
import { ask, openSocket, portOf, signInWith, type Answer } from "../testing/headless-client.ts";
import { ManualClock } from "../testing/manual-clock.ts";
import { listen, type Listening } from "./listen.ts";

let dir: string;
let core: FakeCore;
let server: Listening;
let port: number;
let cookie: string;
let logged: string[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "dunlin-listen-"));
  mkdirSync(join(dir, "renderer", "assets"), { recursive: true });
  writeFileSync(join(dir, "renderer", "index.html"), "<!doctype html><title>page</title>");
  writeFileSync(join(dir, "renderer", "assets", "a-1.js"), "export {};");
  writeFileSync(join(dir, "secrets.json"), "not for pages");
  core = new FakeCore();
  logged = [];
  server = await listen({
    core,
    clock: new ManualClock(),
    random: systemRandom,
    log: (_level, event) => void logged.push(event),
    port: 0,
    rendererDir: join(dir, "renderer"),
    homeserver: "http://h",
  });
  port = portOf(server.address);
  cookie = await signInWith(server.address);
});
afterEach(async () => {
  await server.close();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
});

const origin = (): string => `http://127.0.0.1:${port}`;
const get = (path: string, headers = {}): Promise<Answer> =>
  ask(port, path, { headers: { cookie, ...headers } });
const openPage = () => openSocket(port, { origin: origin(), cookie });
/** Base path of media, as the greeting tells it. */
async function resourcesPath(): Promise<string> {
  const page = await openPage();
  page.post({ t: "hello", version: CONTRACT_VERSION });
  await expect.poll(() => page.frames.length).toBe(1);
  const [hello] = page.frames;
  await page.leave();
  return hello?.t === "hello" ? new URL(hello.resources).pathname : "";
}

test("the page comes with everything that binds it", async () => {
  const page = await get("/");
  expect([page.status, page.body]).toEqual([200, "<!doctype html><title>page</title>"]);
  expect(page.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy":
      `default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; ` +
      `connect-src 'self' ws://127.0.0.1:${port}; object-src 'none'; base-uri 'none'; form-action 'none'; ` +
      `frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  });
  expect((await get("/assets/a-1.js")).headers["cache-control"]).toContain("immutable");
});

test("without the cookie there is nothing to see, not even whether a file exists", async () => {
  for (const path of ["/", "/assets/a-1.js", "/nothing.js", "/port"]) {
    const answer = await ask(port, path);
    expect([answer.status, answer.headers["set-cookie"]]).toEqual([403, undefined]);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
  }
});

test("the first address gives a cookie that scripts and other sites never see, and leaves the address clean", async () => {
  const { pathname, search } = new URL(server.address);
  const answer = await ask(port, `${pathname}${search}&homeserver=h`);
  expect([answer.status, answer.headers.location]).toEqual([303, "/?homeserver=h"]);
  expect(answer.headers["set-cookie"]?.[0]).toMatch(
    new RegExp(`^dunlin-${port}=[\\w-]{32}; Path=/; HttpOnly; SameSite=Strict$`),
  );
  expect(answer.headers["set-cookie"]?.[0]).not.toContain(new URLSearchParams(search).get("token"));
});

test("under another Host nothing is answered", async () => {
  for (const host of [`localhost:${port}`, `evil.example:${port}`, "127.0.0.1"])
    expect((await get("/", { host })).status).toBe(403);
});

test("what is not GET needs our origin, and even then changes nothing", async () => {
  const post = (from: string) => ask(port, "/", { method: "POST", headers: { cookie, origin: from } });
  expect((await post("http://evil.example")).status).toBe(403);
  expect((await post(origin())).status).toBe(405);
});

test.each([
  "/../secrets.json",
  "/..%2fsecrets.json",
  "/assets/../../secrets.json",
  "/assets/%2e%2e/%2e%2e/secrets.json",
  "/assets/..%5c..%5csecrets.json",
  "http://127.0.0.1/../secrets.json",
])("%s leads nowhere", async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(answer.body).not.toContain("not for pages");
});

test("a broken request gets an answer and ends nobody", async () => {
  const socket = connect(port, "127.0.0.1");
  socket.write("NONSENSE\r\n\r\n");
  const answer = await new Promise<string>((resolve) =>
    socket.once("data", (data) => resolve(data.toString())),
  );
  expect(answer).toMatch(/^HTTP\/1.1 400/);
  expect((await get("/")).status).toBe(200);
});

test("media pass to the core exactly as asked, and come with a range where one was asked", async () => {
  writeFileSync(join(dir, "video"), "0123456789");
  const file = { path: join(dir, "video"), contentType: "video/mp4", size: 10 };
  core.mediaAnswer = () => ({ ok: true, file });
  const base = await resourcesPath();
  const part = await get(`${base}media/x.org/a%2Fb?w=72&h=72`, { range: "bytes=2-4" });
  expect([part.status, part.body, part.headers["content-range"]]).toEqual([206, "234", "bytes 2-4/10"]);
  expect(part.headers["content-security-policy"]).toBe("sandbox; default-src 'none'");
  expect((await get(`${base}media/x.org/a`)).body).toBe("0123456789");
  const head = await ask(port, `${base}media/x.org/a`, {
    method: "HEAD",
    headers: { cookie, origin: origin() },
  });
  expect([head.status, head.headers["content-length"], head.body]).toEqual([200, "10", ""]);
  expect(core.mediaAsked).toEqual(["media/x.org/a%2Fb?w=72&h=72", "media/x.org/a", "media/x.org/a"]);
});

test("media need the cookie and the address of this run", async () => {
  const base = await resourcesPath();
  expect((await ask(port, `${base}media/x.org/a`)).status).toBe(403);
  expect((await get(`/${"A".repeat(32)}/media/x.org/a`)).status).toBe(404);
  expect(core.mediaAsked).toEqual([]);
});

test("a film that still comes is read as far as it is here, and the reader waits for the rest", async () => {
  const path = join(dir, "coming");
  writeFileSync(path, "01234");
  let available = 5;
  let place: string | null = path;
  let arrived: () => void = () => {};
  const grows = {
    path: () => place,
    async upTo(offset: number) {
      while (available <= offset) await new Promise<void>((resolve) => (arrived = resolve));
      return available;
    },
  };
  core.mediaAnswer = () => ({ ok: true, file: { path, contentType: "video/mp4", size: 10, grows } });
  const base = await resourcesPath();
  expect((await get(`${base}media/x.org/a`, { range: "bytes=1-3" })).body).toBe("123");
  const whole = get(`${base}media/x.org/a`);
  await expect.poll(() => core.mediaAsked.length).toBe(2);
  // It gets its name for good while it is being read.
  place = join(dir, "whole");
  renameSync(path, place);
  appendFileSync(place, "56789");
  available = 10;
  arrived();
  expect((await whole).body).toBe("0123456789");
});

test("a file for sending passes to the core; from elsewhere, or to another place, it does not", async () => {
  core.stageAnswer = { ok: false, failure: { kind: "invalid", message: "empty-file" } };
  const base = await resourcesPath();
  const headers = { cookie, origin: origin(), "content-type": "text/plain" };
  const put = (path: string, more = {}): Promise<Answer> =>
    ask(port, path, { method: "PUT", headers: { ...headers, ...more }, body: "words" });
  const answer = await put(`${base}staged/abc?name=a%2Fb`);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, core.stageAnswer]);
  expect(core.staged).toEqual([{ path: "staged/abc?name=a%2Fb", contentType: "text/plain", bytes: "words" }]);
  expect((await put(`${base}staged/abc`, { origin: "http://127.0.0.1:1" })).status).toBe(403);
  expect((await put(`${base}staged/abc`, { cookie: "" })).status).toBe(403);
  for (const path of ["media/abc", "account/a1/media/abc", "account/../staged/abc", "account/A/staged/abc"])
    expect((await put(`${base}${path}`)).status).not.toBe(200);
  expect(core.staged).toHaveLength(1);
  expect((await put(`${base}account/a1/staged/abc`)).status).toBe(200);
  expect(core.staged.at(-1)?.path).toBe("account/a1/staged/abc");
});

test("a file that is gone from the cache is not found, and a core that breaks is a 500", async () => {
  const base = await resourcesPath();
  core.mediaAnswer = () => ({
    ok: true,
    file: { path: join(dir, "gone"), contentType: "image/png", size: 4 },
  });
  expect((await get(`${base}media/x.org/a`)).status).toBe(404);
  core.mediaAnswer = () => {
    throw new Error("broken");
  };
  expect((await get(`${base}media/x.org/a`)).status).toBe(500);
  expect(logged).toEqual(["http-bug"]);
});

test("the port is opened only for our page", async () => {
  const refused = (headers: Record<string, string>) =>
    openSocket(port, headers).then(
      () => "open",
      (e: Error) => e.message,
    );
  expect(await refused({ origin: origin() })).toContain("403");
  expect(await refused({ cookie })).toContain("403");
  expect(await refused({ cookie, origin: "http://evil.example" })).toContain("403");
  expect(await refused({ cookie, origin: `http://localhost:${port}` })).toContain("403");
  expect(await refused({ cookie, origin: origin(), host: `localhost:${port}` })).toContain("403");
});

test("a second page takes over; the first is told why and is heard no more", async () => {
  const first = await openPage();
  first.post({ t: "subscribe", id: 1, topic: "session", params: null });
  await expect.poll(() => first.frames.length).toBe(1);
  const second = await openPage();
  first.post({ t: "call", id: 2, method: "signOut", params: {} });
  expect(await first.closed).toBe(CLOSED_OPENED_ELSEWHERE);
  expect(core.watchers[0]?.isStopped).toBe(true);
  second.post({ t: "hello", version: CONTRACT_VERSION });
  await expect
    .poll(() => second.frames)
    .toMatchObject([{ t: "hello", host: "headless", homeserver: "http://h" }]);
  expect(core.asked).toEqual([]);
});

test("a frame that is too large ends that page alone", async () => {
  const page = await openPage();
  page.post("x".repeat(5 * 1024 * 1024));
  expect(await page.closed).toBe(1009);
  const next = await openPage();
  next.socket.send("no json");
  next.socket.send(Buffer.from([1, 2, 3]));
  next.post({ t: "hello", version: CONTRACT_VERSION });
  await expect.poll(() => next.frames.length).toBe(1);
});

test("two servers at once know each other's cookies and do not take them", async () => {
  const other = await listen({
    core,
    clock: new ManualClock(),
    random: systemRandom,
    log: () => undefined,
    port: 0,
    rendererDir: join(dir, "renderer"),
  });
  expect((await ask(portOf(other.address), "/", { headers: { cookie } })).status).toBe(403);
  await other.close();
});
