import { expect, test } from "vitest";
import { classifyAnswer, classifyError } from "./classify.ts";

const coded = (code: string): Error => Object.assign(new Error("boom"), { code });
/** How Node's fetch reports what happened below it. */
const fetchFailed = (cause: unknown): Error => new TypeError("fetch failed", { cause });

test.each([
  ["ECONNREFUSED", "offline"],
  ["ENOTFOUND", "offline"],
  ["EAI_AGAIN", "offline"],
  ["ENETUNREACH", "offline"],
  ["UND_ERR_CONNECT_TIMEOUT", "offline"],
  ["UND_ERR_HEADERS_TIMEOUT", "timeout"],
  ["UND_ERR_SOCKET", "unavailable"],
  ["ECONNRESET", "unavailable"],
  ["CERT_HAS_EXPIRED", "certificate"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "certificate"],
  ["SOMETHING_NEW", "unavailable"],
])("a connection that ends with %s is %s", (code, kind) => {
  expect(classifyError(fetchFailed(coded(code)), null)).toEqual({ kind, message: code });
});

test.each([
  ["net::ERR_CERT_DATE_INVALID", "certificate"],
  ["net::ERR_CERT_AUTHORITY_INVALID", "certificate"],
  ["net::ERR_INTERNET_DISCONNECTED", "offline"],
  ["net::ERR_NAME_NOT_RESOLVED", "offline"],
  ["net::ERR_CONNECTION_REFUSED", "offline"],
  ["net::ERR_TIMED_OUT", "timeout"],
  ["net::ERR_CONTENT_LENGTH_MISMATCH", "unavailable"],
])("Chromium's %s is %s", (text, kind) => {
  expect(classifyError(new Error(text), null).kind).toBe(kind);
});

test("all addresses of a name refused is offline, though Node gathers the errors", () => {
  const gathered = new AggregateError([coded("ECONNREFUSED"), coded("ENETUNREACH")]);
  expect(classifyError(fetchFailed(gathered), null).kind).toBe("offline");
});

test("what we ended ourselves is what we ended it for, whatever error that made", () => {
  expect(classifyError(coded("ECONNRESET"), "aborted").kind).toBe("aborted");
  expect(classifyError(coded("ECONNRESET"), "timeout").kind).toBe("timeout");
});

test("what is thrown need not be an error", () => {
  for (const thrown of [undefined, null, "text", 5, {}])
    expect(classifyError(thrown, null)).toEqual({ kind: "unavailable", message: "connection failed" });
});

const NOW = Date.UTC(2026, 0, 1);
const failureOf = (status: number, body: unknown, retryAfter: string | null = null) => {
  const result = classifyAnswer({ status, body, retryAfter }, NOW);
  return result.ok ? null : result.failure;
};
const limited = { errcode: "M_LIMIT_EXCEEDED", error: "slow down" };

test.each([
  ["the header in seconds", limited, "3", 3_000],
  ["the header as a date", limited, new Date(NOW + 90_000).toUTCString(), 90_000],
  ["a date gone by", limited, new Date(NOW - 90_000).toUTCString(), 0],
  ["the body", { ...limited, retry_after_ms: 1234 }, null, 1_234],
  ["the header over the body", { ...limited, retry_after_ms: 1234 }, "2", 2_000],
  ["the body when the header is nonsense", { ...limited, retry_after_ms: 1234 }, "soon", 1_234],
  ["an hour at most", limited, "86400000", 3_600_000],
  ["a fraction, rounded up", { ...limited, retry_after_ms: 0.5 }, null, 1],
  ["a proxy without a word of Matrix", undefined, "7", 7_000],
])("429: waits for %s", (_what, body, header, retryAfterMs) => {
  expect(failureOf(429, body, header)).toMatchObject({ kind: "limited", retryAfterMs });
});

test.each([
  ["nothing at all", undefined, null],
  ["a negative number", { ...limited, retry_after_ms: -5 }, "-5"],
  ["text", { ...limited, retry_after_ms: "5" }, "now"],
])("429 with %s names no time", (_what, body, header) => {
  expect(failureOf(429, body, header)).toMatchObject({ kind: "limited" });
  expect(failureOf(429, body, header)).not.toHaveProperty("retryAfterMs");
});

test.each([
  [401, { errcode: "M_UNKNOWN_TOKEN", error: "x" }, { kind: "unauthorized", soft: false }],
  [401, { errcode: "M_UNKNOWN_TOKEN", soft_logout: true }, { kind: "unauthorized", soft: true }],
  [401, { errcode: "M_UNKNOWN_TOKEN", soft_logout: "true" }, { kind: "unauthorized", soft: false }],
  [401, { errcode: "M_MISSING_TOKEN" }, { kind: "unauthorized", soft: false }],
  [401, "<html>", { kind: "unavailable", status: 401 }],
  [
    403,
    { errcode: "M_FORBIDDEN", error: "no" },
    { kind: "rejected", errcode: "M_FORBIDDEN", serverText: "no" },
  ],
  [400, { errcode: "COM.EXAMPLE_ODD", extra: 1 }, { kind: "rejected", errcode: "COM.EXAMPLE_ODD" }],
  [404, { errcode: "M_UNRECOGNIZED" }, { kind: "rejected", errcode: "M_UNRECOGNIZED" }],
  [501, { errcode: "M_UNRECOGNIZED" }, { kind: "rejected", errcode: "M_UNRECOGNIZED" }],
  [404, undefined, { kind: "unavailable", status: 404 }],
  [405, {}, { kind: "unavailable", status: 405 }],
  [413, undefined, { kind: "unavailable", status: 413 }],
  [403, { error: "blocked by policy" }, { kind: "unavailable", serverText: "blocked by policy" }],
  [400, { errcode: 5 }, { kind: "unavailable" }],
  [500, { errcode: "M_UNKNOWN", error: "Internal" }, { kind: "unavailable", errcode: "M_UNKNOWN" }],
  [502, undefined, { kind: "unavailable", status: 502 }],
  [302, undefined, { kind: "malformed", status: 302 }],
  [200, undefined, { kind: "malformed", status: 200 }],
  [200, "text", { kind: "malformed" }],
  [200, null, { kind: "malformed" }],
])("%i with %j", (status, body, expected) => {
  expect(failureOf(status, body)).toMatchObject(expected);
});

test("a server that is down says when to come back", () => {
  expect(failureOf(503, undefined, "20")).toMatchObject({ kind: "unavailable", retryAfterMs: 20_000 });
});

test("the server's words are plain text of bounded length", () => {
  const failure = failureOf(403, { errcode: "M_FORBIDDEN", error: `<b>\u202e\u0000${"x".repeat(600)}` });
  expect(failure?.serverText).toBe(`<b>${"x".repeat(497)}`);
  expect(failureOf(403, { errcode: "M_FORBIDDEN", error: { a: 1 } })).not.toHaveProperty("serverText");
});

test("a good answer comes through as it is", () => {
  const body = { a: [1] };
  expect(classifyAnswer({ status: 200, body, retryAfter: null }, NOW)).toEqual({ ok: true, value: body });
});

test.each(["ETIMEDOUT", "EHOSTUNREACH", "ENETDOWN"])("%s on an open connection is not offline", (code) => {
  const cause = Object.assign(new Error(code), { code });
  const broken = (syscall: string) =>
    new TypeError("fetch failed", { cause: Object.assign(cause, { syscall }) });
  expect(classifyError(broken("connect"), null).kind).toBe("offline");
  expect(classifyError(broken("read"), null).kind).toBe("unavailable");
  expect(classifyError(broken("write"), null).kind).toBe("unavailable");
});
