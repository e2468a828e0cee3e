import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import tls from "node:tls";
import { afterEach, expect, test } from "vitest";
import { fakePlatform, manualClock, realClock, type FakePlatform } from "../fake-platform.ts";
import { ok, type Result } from "../failure.ts";
import { createHttp, type Http } from "./http.ts";
import { startRawServer, type RawServer } from "./raw-server.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

function platformWith(options: Parameters<typeof fakePlatform>[0] = {}): FakePlatform {
  const platform = fakePlatform({ clock: realClock(), ...options });
  cleanUps.push(() => platform.cleanUp());
  return platform;
}

async function serve(...args: Parameters<typeof startRawServer>): Promise<RawServer> {
  const server = await startRawServer(...args);
  cleanUps.push(() => server.close());
  return server;
}

const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { "Content-Type": "application/json", ...headers });
  response.end(JSON.stringify(body));
};
const kindOf = (result: Result<unknown>): string => (result.ok ? "ok" : result.failure.kind);
const get = (http: Http, path = "/_matrix/client/versions") => http.request({ method: "GET", path });

async function httpTo(
  handle: Parameters<typeof startRawServer>[0],
  platform = platformWith(),
): Promise<{ http: Http; server: RawServer; platform: FakePlatform }> {
  const server = await serve(handle);
  return { http: createHttp({ platform, baseUrl: server.baseUrl, authorise: null }), server, platform };
}

test("an HTML page where JSON should be is malformed", async () => {
  const { http } = await httpTo((_request, response) => response.end("<html>Welcome to our Wi-Fi</html>"));
  expect(kindOf(await get(http))).toBe("malformed");
});

test("a captive portal's redirect is not followed", async () => {
  const { http, server } = await httpTo((_request, response) => {
    response.writeHead(302, { Location: "/login.html" });
    response.end();
  });
  expect(await get(http)).toMatchObject({ ok: false, failure: { kind: "malformed", status: 302 } });
  expect(server.requests).toHaveLength(1);
});

test("a proxy's HTML error is unavailable, and asked only once", async () => {
  const { http, server } = await httpTo((_request, response) => {
    response.writeHead(502, { "Content-Type": "text/html" });
    response.end("<html>Bad Gateway</html>");
  });
  expect(kindOf(await get(http))).toBe("unavailable");
  expect(server.requests).toHaveLength(1);
});

test("nobody listening is offline", async () => {
  const { http, server } = await httpTo(() => undefined);
  await server.close();
  expect(kindOf(await get(http))).toBe("offline");
});

test("a connection dropped before the answer is unavailable", async () => {
  const { http } = await httpTo((request) => request.socket.destroy());
  expect(kindOf(await get(http))).toBe("unavailable");
});

test.each(["with its length announced", "in chunks"])(
  "a body cut off half-way, %s, is unavailable",
  async (how) => {
    const { http } = await httpTo((request, response) => {
      response.writeHead(200, how === "in chunks" ? {} : { "Content-Length": "100" });
      response.write('{"versions":', () => setImmediate(() => request.socket.destroy()));
    });
    expect(kindOf(await get(http))).toBe("unavailable");
  },
);

test("no head within the time is a timeout; not one moment earlier", async () => {
  const clock = manualClock();
  const { http, server } = await httpTo(() => undefined, platformWith({ clock }));
  let result: Result<unknown> | null = null;
  const asked = http.request({ method: "GET", path: "/_matrix/client/versions", timeoutMs: 5_000 });
  void asked.then((value) => (result = value));
  while (server.requests.length === 0) await clock.breath();
  await clock.advance(4_999);
  expect(result).toBeNull();
  await clock.advance(1);
  expect(kindOf(await asked)).toBe("timeout");
  expect(clock.pending).toBe(0);
});

test("a body that falls silent is a timeout long before its time is up", async () => {
  const clock = manualClock();
  const { http } = await httpTo((_request, response) => {
    response.writeHead(200);
    response.write('{"a":');
  }, platformWith({ clock }));
  const asked = http.request({
    method: "GET",
    path: "/_matrix/client/v3/sync",
    timeoutMs: 600_000,
    bodyTimeoutMs: 600_000,
  });
  // One timer for the head; two once the body is awaited.
  while (clock.pending < 2) await clock.breath();
  for (let i = 0; i < 50; i++) await clock.breath();
  await clock.advance(30_000);
  expect(kindOf(await asked)).toBe("timeout");
  expect(clock.pending).toBe(0);
});

test("aborting ends the request at once, before and during it", async () => {
  const { http, server } = await httpTo(() => undefined);
  const during = new AbortController();
  const asked = http.request({ method: "GET", path: "/_matrix/client/versions", signal: during.signal });
  while (server.requests.length === 0) await realClock().breath();
  during.abort();
  expect(kindOf(await asked)).toBe("aborted");
  const before = http.request({
    method: "GET",
    path: "/_matrix/client/versions",
    signal: AbortSignal.abort(),
  });
  expect(kindOf(await before)).toBe("aborted");
  expect(server.requests).toHaveLength(1);
});

test.each([
  "/_matrix/client/../../etc",
  "/_matrix/a b",
  "/_matrix/a?b",
  "/_matrix/a#b",
  "/other",
  "//evil/_matrix/",
])("the path %s is refused before anything is sent", async (path) => {
  const { http, server } = await httpTo((_request, response) => json(response, 200, {}));
  expect(kindOf(await get(http, path))).toBe("invalid");
  expect(server.requests).toHaveLength(0);
});

test("a base URL with a path and a slash at its end keeps its path", async () => {
  const server = await serve((_request, response) => json(response, 200, {}));
  const http = createHttp({
    platform: platformWith(),
    baseUrl: `${server.baseUrl}/matrix/`,
    authorise: null,
  });
  expect(await get(http)).toEqual(ok({}));
  expect(server.requests[0]?.url).toBe("/matrix/_matrix/client/versions");
});

test("an old server is asked below r0", async () => {
  const server = await serve((_request, response) => json(response, 200, {}));
  const platform = platformWith();
  const http = createHttp({ platform, baseUrl: server.baseUrl, authorise: null, clientApi: "r0" });
  await get(http, "/_matrix/client/v3/sync");
  await get(http, "/_matrix/client/v1/media/config");
  expect(server.requests.map((request) => request.url)).toEqual([
    "/_matrix/client/r0/sync",
    "/_matrix/client/v1/media/config",
  ]);
});

test("a body goes out as JSON with its type; without one there is none", async () => {
  const { http, server } = await httpTo((request, response) => {
    let text = "";
    request.on("data", (piece: Buffer) => (text += piece.toString()));
    request.on("end", () => json(response, 200, { text, type: request.headers["content-type"] ?? null }));
  });
  const put = await http.request({ method: "PUT", path: "/_matrix/x", body: { a: "ü" } });
  expect(put).toEqual(ok({ text: '{"a":"ü"}', type: "application/json" }));
  expect(await get(http)).toEqual(ok({ text: "", type: null }));
  expect(server.requests).toHaveLength(2);
});

test("what was asked with query and body is not in the log of its failure", async () => {
  const { http, platform } = await httpTo((_request, response) => json(response, 500, {}));
  await http.request({
    method: "POST",
    path: "/_matrix/x",
    query: { from: "secret1" },
    body: { b: "secret2" },
  });
  expect(platform.logged).toHaveLength(1);
  expect(JSON.stringify(platform.logged)).not.toContain("secret");
});

test("a page of numbers that never ends is given up, not kept in memory", async () => {
  const { http } = await httpTo((_request, response) => {
    response.writeHead(200, { "Content-Length": String(2 ** 40) });
    response.write("[1,");
  });
  expect(kindOf(await get(http))).toBe("malformed");
});

// Certificates (THR-09).

const pem = (name: string): string =>
  readFileSync(new URL(`certificates/${name}.pem`, import.meta.url), "utf8");

test.each([
  ["valid", "ok", null],
  ["expired", "certificate", "CERT_HAS_EXPIRED"],
  ["wrong-name", "certificate", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ["self-signed", "certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"],
])("a server with the certificate %s: %s", async (name, kind, message) => {
  const trusted = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...trusted, pem("authority")]);
  cleanUps.push(() => tls.setDefaultCACertificates(trusted));
  const server = await serve((_request, response) => json(response, 200, {}), {
    key: pem("key"),
    cert: pem(name),
  });
  const result = await get(
    createHttp({ platform: platformWith(), baseUrl: server.baseUrl, authorise: null }),
  );
  expect(kindOf(result)).toBe(kind);
  if (!result.ok) expect(result.failure.message).toBe(message);
  expect(server.requests).toHaveLength(kind === "ok" ? 1 : 0);
});
