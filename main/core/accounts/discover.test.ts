import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import { fakePlatform, realClock, type FakePlatform } from "../fake-platform.ts";
import type { Result } from "../failure.ts";
import { startRawServer, type RawServer } from "../homeserver/raw-server.ts";
import { discover } from "./discover.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A network in which names lead to servers of the test; TLS is left out. Unknown names do not resolve. */
function network(hosts: Readonly<Record<string, string>>): { platform: FakePlatform; asked: string[] } {
  const asked: string[] = [];
  const fetchByName: typeof fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(url.href);
    const target = hosts[url.origin] ?? (url.hostname === "127.0.0.1" ? url.origin : undefined);
    if (target !== undefined) return fetch(target + url.pathname + url.search, init);
    const cause = Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" });
    return Promise.reject(new TypeError("fetch failed", { cause }));
  };
  const platform = fakePlatform({ clock: realClock(), fetch: fetchByName });
  cleanUps.push(() => platform.cleanUp());
  return { platform, asked };
}

async function homeserver(): Promise<Homeserver> {
  const server = await startHomeserver();
  cleanUps.push(() => server.stop());
  return server;
}
async function raw(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<RawServer> {
  const server = await startRawServer(handle);
  cleanUps.push(() => server.close());
  return server;
}
/** A website: the same answer to everything. */
const site = (status: number, body: string, headers: Record<string, string> = {}) =>
  raw((_request, response) => {
    response.writeHead(status, { "Content-Type": "text/html", ...headers });
    response.end(body);
  });

const wordOf = (result: Result<unknown>): string =>
  result.ok ? "ok" : `${result.failure.kind} ${result.failure.message}`;

test("a full user id leads over the well-known file to the homeserver", async () => {
  const server = await homeserver();
  server.world.wellKnown = { "m.homeserver": { base_url: "https://matrix.example.org/" } };
  const { platform } = network({
    "https://example.org": server.baseUrl,
    "https://matrix.example.org": server.baseUrl,
  });
  expect(await discover(platform, "@alice:example.org")).toEqual({
    ok: true,
    value: {
      baseUrl: "https://matrix.example.org",
      serverName: "example.org",
      user: "@alice:example.org",
      flows: [{ type: "m.login.password" }],
      isInsecure: false,
    },
  });
});

test("the well-known file may redirect, only ever over https", async () => {
  const server = await homeserver();
  const website = await site(301, "", { Location: "https://www.example.org/.well-known/matrix/client" });
  const downgrade = await site(301, "", { Location: "http://evil.example/.well-known/matrix/client" });
  const { platform, asked } = network({
    "https://example.org": website.baseUrl,
    "https://www.example.org": server.baseUrl,
    "https://down.example": downgrade.baseUrl,
    "http://evil.example": server.baseUrl,
  });
  expect(await discover(platform, "example.org")).toMatchObject({
    ok: true,
    value: { baseUrl: server.baseUrl },
  });
  expect((await discover(platform, "down.example")).ok).toBe(false);
  expect(asked.filter((url) => url.startsWith("http://evil"))).toEqual([]);
});

test("a redirection loop ends", async () => {
  const website = await site(302, "", { Location: "https://example.org/.well-known/matrix/client" });
  const { platform, asked } = network({ "https://example.org": website.baseUrl });
  expect((await discover(platform, "example.org")).ok).toBe(false);
  expect(asked.length).toBeLessThan(12);
});

test.each([
  ["there is none (IGNORE)", null],
  ["it names no homeserver (FAIL_PROMPT)", { "m.identity_server": { base_url: "https://x" } }],
  ["it is not an object (FAIL_PROMPT)", ["x"]],
])("where %s, the name itself is tried", async (_what, wellKnown) => {
  const server = await homeserver();
  server.world.wellKnown = wellKnown;
  const { platform } = network({ "https://example.org": server.baseUrl });
  expect(await discover(platform, "example.org")).toMatchObject({
    ok: true,
    value: { baseUrl: "https://example.org", serverName: "example.org" },
  });
});

test("a name with a port is asked for its file without it, and falls back to itself with it", async () => {
  const server = await homeserver();
  const { platform, asked } = network({ "https://example.org:8448": server.baseUrl });
  const found = await discover(platform, "example.org:8448");
  expect(found).toMatchObject({ ok: true, value: { baseUrl: "https://example.org:8448" } });
  expect(asked[0]).toBe("https://example.org/.well-known/matrix/client");
});

test.each([
  ["no address at all", { "m.homeserver": { base_url: "matrix.example.org" } }],
  ["a file", { "m.homeserver": { base_url: "file:///etc/passwd" } }],
  ["a server that is none", { "m.homeserver": { base_url: "https://nobody.example" } }],
])(
  "a well-known file naming %s is an error, not a reason to guess (FAIL_ERROR)",
  async (_what, wellKnown) => {
    const server = await homeserver();
    server.world.wellKnown = wellKnown;
    const { platform, asked } = network({ "https://example.org": server.baseUrl });
    expect((await discover(platform, "example.org")).ok).toBe(false);
    expect(asked).not.toContain("https://example.org/_matrix/client/versions");
  },
);

test("a broken identity server keeps nobody out", async () => {
  const server = await homeserver();
  server.world.wellKnown = {
    "m.homeserver": { base_url: server.baseUrl },
    "m.identity_server": { base_url: 5 },
  };
  const { platform } = network({ "https://example.org": server.baseUrl });
  expect((await discover(platform, "example.org")).ok).toBe(true);
});

test("host:port on this machine is asked at that port alone, over http", async () => {
  const server = await homeserver();
  const { platform, asked } = network({});
  expect(await discover(platform, `127.0.0.1:${server.port}`)).toMatchObject({
    ok: true,
    value: { baseUrl: server.baseUrl, isInsecure: false },
  });
  expect(asked.every((url) => url.startsWith(server.baseUrl))).toBe(true);
  expect(server.wire.requests.every((request) => request.token === undefined)).toBe(true);
});

test("plain http to another machine works and is flagged", async () => {
  const server = await homeserver();
  const { platform } = network({ "http://nas.local:8008": server.baseUrl });
  expect(await discover(platform, "http://nas.local:8008")).toMatchObject({
    ok: true,
    value: { baseUrl: "http://nas.local:8008", isInsecure: true },
  });
});

test("a plain address that sends visitors to the safe one is taken as the safe one", async () => {
  const server = await homeserver();
  const redirecting = await site(301, "", { Location: "https://hs.example/" });
  const { platform } = network({
    "http://hs.example": redirecting.baseUrl,
    "https://hs.example": server.baseUrl,
  });
  expect(await discover(platform, "http://hs.example")).toMatchObject({
    ok: true,
    value: { baseUrl: "https://hs.example", isInsecure: false },
  });
});

test("the address of a website leads to the homeserver its name stands for", async () => {
  const server = await homeserver();
  const website = await raw((request, response) => {
    if (request.url === "/.well-known/matrix/client")
      response.end(JSON.stringify({ "m.homeserver": { base_url: server.baseUrl } }));
    else response.writeHead(404).end("<html>not here</html>");
  });
  const { platform } = network({ "https://example.org": website.baseUrl });
  expect(await discover(platform, "https://example.org")).toMatchObject({
    ok: true,
    value: { baseUrl: server.baseUrl, serverName: "example.org" },
  });
});

test("a server without passwords is found, and says what it has instead", async () => {
  const server = await homeserver();
  server.world.loginFlows = [
    { type: "m.login.sso", identity_providers: [] },
    { type: "m.login.token" },
    { x: 1 },
  ];
  const { platform } = network({});
  expect(await discover(platform, server.baseUrl)).toMatchObject({
    ok: true,
    value: { flows: [{ type: "m.login.sso" }, { type: "m.login.token" }] },
  });
});

test("a server that knows OAuth only has no flow of ours, but is one", async () => {
  const server = await homeserver();
  server.faults.add({ on: { path: /login$/ }, do: { error: { status: 404, errcode: "M_UNRECOGNIZED" } } });
  const { platform } = network({});
  expect(await discover(platform, server.baseUrl)).toMatchObject({ ok: true, value: { flows: [] } });
});

test("a server of the last r0 versions is spoken to below r0", async () => {
  const server = await homeserver();
  server.world.versions = ["r0.6.1"];
  const { platform } = network({});
  expect((await discover(platform, server.baseUrl)).ok).toBe(true);
  expect(server.wire.count("GET", /\/client\/r0\/login$/)).toBe(1);
});

// What went wrong is told apart (issue 2, "What must hold", 6).

test.each(["", "not an address", "@alice", "ftp://example.org"])("%j is no address", async (input) => {
  const { platform, asked } = network({});
  expect(wordOf(await discover(platform, input))).toBe("invalid not-an-address");
  expect(asked).toEqual([]);
});

test("a name that does not exist is an unknown server", async () => {
  const { platform } = network({});
  expect(wordOf(await discover(platform, "nobody.example"))).toBe("offline unknown-server");
});

test("a server that is switched off cannot be reached", async () => {
  const server = await homeserver();
  await server.stop();
  const { platform } = network({});
  expect(wordOf(await discover(platform, server.baseUrl))).toBe("offline unreachable");
});

test("a website without Matrix is not a Matrix server", async () => {
  const website = await site(404, "<html>nothing</html>");
  const { platform } = network({ "https://example.org": website.baseUrl });
  expect(wordOf(await discover(platform, "example.org"))).toBe("malformed not-a-matrix-server");
  expect(wordOf(await discover(platform, "https://example.org"))).toBe("malformed not-a-matrix-server");
});

test("a website that shows the same page for everything is not a Matrix server", async () => {
  const website = await site(200, "<!doctype html><title>App</title>");
  const { platform } = network({ "https://example.org": website.baseUrl });
  expect(wordOf(await discover(platform, "example.org"))).toBe("malformed not-a-matrix-server");
});

test("a machine that is there, without anything of Matrix, is not a Matrix server", async () => {
  const website = await site(404, "");
  const { platform } = network({ "https://example.org": website.baseUrl });
  expect(wordOf(await discover(platform, "example.org:9999"))).toBe("malformed not-a-matrix-server");
});

test.each([
  [302, { Location: "http://wifi.example/sign-in" }],
  [511, {}],
])("a network's sign-in page (%i) is a captive portal", async (status, headers) => {
  const portal = await site(status, "<html>Welcome</html>", headers);
  const { platform } = network({ "http://hs.example": portal.baseUrl });
  expect(wordOf(await discover(platform, "http://hs.example"))).toBe("malformed captive-portal");
});

test("a server with nothing we speak is unsupported", async () => {
  const server = await homeserver();
  server.world.versions = ["r0.0.1", "v2.0"];
  const { platform } = network({});
  expect(wordOf(await discover(platform, server.baseUrl))).toBe("malformed unsupported-server");
});

test("a server that is broken is unavailable, not unknown", async () => {
  const broken = await site(503, "<html>maintenance</html>");
  const { platform } = network({ "https://example.org": broken.baseUrl });
  expect(await discover(platform, "example.org")).toMatchObject({
    ok: false,
    failure: { kind: "unavailable", status: 503 },
  });
});
