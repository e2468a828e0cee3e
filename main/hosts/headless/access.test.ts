import { expect, test } from "vitest";
import { admit, admitSocket, isSame, type Asked, type Gate } from "./access.ts";

const gate: Gate = { port: 4000, token: "right-token", cookie: "right-cookie" };
const host = "127.0.0.1:4000";
const origin = "http://127.0.0.1:4000";
const cookie = "dunlin-4000=right-cookie";
const ask = (headers: Asked["headers"], url = "/", method = "GET"): Asked => ({ method, url, headers });

test("our own page is let in", () => {
  expect(admit(gate, ask({ host, cookie })).kind).toBe("admitted");
  expect(admit(gate, ask({ host, cookie: `other=1; ${cookie}`, "sec-fetch-site": "same-origin" })).kind).toBe(
    "admitted",
  );
  expect(admit(gate, ask({ host, origin, cookie }, "/", "PUT")).kind).toBe("admitted");
  expect(admitSocket(gate, ask({ host, origin, cookie }))).toBe(true);
});

test("the first address is exchanged for a cookie; what else it says stays", () => {
  expect(admit(gate, ask({ host }, "/?token=right-token"))).toEqual({
    kind: "exchange",
    location: "/",
    setCookie: "dunlin-4000=right-cookie; Path=/; HttpOnly; SameSite=Strict",
  });
  expect(admit(gate, ask({ host }, "/?homeserver=http%3A%2F%2Fh&token=right-token"))).toMatchObject({
    location: "/?homeserver=http%3A%2F%2Fh",
  });
  // The address never leads anywhere else than to our own root.
  expect(admit(gate, ask({ host }, "/?token=right-token&//evil.example"))).toMatchObject({
    location: "/?%2F%2Fevil.example=",
  });
});

test.each([
  ["another name for this machine", { host: "localhost:4000", cookie }],
  ["a name that was re-pointed here", { host: "evil.example:4000", cookie }],
  ["another port", { host: "127.0.0.1:4001", cookie }],
  ["no Host", { cookie }],
  ["no cookie", { host }],
  ["a wrong cookie", { host, cookie: "dunlin-4000=wrong" }],
  ["the cookie of another port", { host, cookie: "dunlin-4001=right-cookie" }],
  ["a cookie that only ends right", { host, cookie: "x-dunlin-4000=right-cookie" }],
  ["the start of the cookie", { host, cookie: "dunlin-4000=right" }],
  ["another page on this machine", { host, cookie, "sec-fetch-site": "same-site" }],
  ["a page elsewhere", { host, cookie, "sec-fetch-site": "cross-site" }],
] as const)("%s is refused", (_who, headers) => {
  expect(admit(gate, ask(headers)).kind).toBe("refused");
  expect(admit(gate, ask(headers, "/?token=wrong")).kind).toBe("refused");
});

test("a wrong token is refused even with the cookie, and a right one only under our name and on the first path", () => {
  expect(admit(gate, ask({ host, cookie }, "/?token=right-token2")).kind).toBe("refused");
  expect(admit(gate, ask({ host: "evil.example:4000" }, "/?token=right-token")).kind).toBe("refused");
  expect(admit(gate, ask({ host }, "/index.html?token=right-token")).kind).toBe("refused");
});

test.each(["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])("%s needs our origin", (method) => {
  for (const other of [
    undefined,
    "null",
    "http://localhost:4000",
    "https://127.0.0.1:4000",
    "http://127.0.0.1:4001",
  ])
    expect(admit(gate, ask({ host, cookie, origin: other }, "/", method)).kind).toBe("refused");
});

test.each([
  ["without an origin", { host, cookie }],
  ["from another origin", { host, cookie, origin: "http://127.0.0.1:4001" }],
  ["from a sandboxed frame", { host, cookie, origin: "null" }],
  ["without the cookie", { host, origin }],
  ["under another name", { host: "localhost:4000", origin, cookie }],
] as const)("no WebSocket %s", (_what, headers) => {
  expect(admitSocket(gate, ask(headers, "/port"))).toBe(false);
});

test("secrets are compared whole", () => {
  expect(isSame("abc", "abc")).toBe(true);
  expect([isSame("ab", "abc"), isSame("abcd", "abc"), isSame("", "abc"), isSame("ABC", "abc")]).not.toContain(
    true,
  );
});
