import { expect, test } from "vitest";
import { isInsecure, parseAddress, parseBaseUrl } from "./address.ts";

test.each([
  ["matrix.org", { kind: "name", serverName: "matrix.org", user: null }],
  ["  matrix.org/ ", { kind: "name", serverName: "matrix.org", user: null }],
  ["hs.example:8448", { kind: "name", serverName: "hs.example:8448", user: null }],
  ["[::1]:8008", { kind: "name", serverName: "[::1]:8008", user: null }],
  ["münchen.example", { kind: "name", serverName: "xn--mnchen-3ya.example", user: null }],
  ["@alice:hs.example", { kind: "name", serverName: "hs.example", user: "@alice:hs.example" }],
  ["@a/B=ü x:hs:8448", { kind: "name", serverName: "hs:8448", user: "@a/B=ü x:hs:8448" }],
  ["http://127.0.0.1:8008/", { kind: "url", baseUrl: "http://127.0.0.1:8008" }],
  ["HTTPS://Example.org/matrix/", { kind: "url", baseUrl: "https://example.org/matrix" }],
  ["https://x.org/_matrix/client/versions?a#b", { kind: "url", baseUrl: "https://x.org" }],
])("%s", (input, expected) => expect(parseAddress(input)).toEqual(expected));

test.each([
  "",
  " ",
  "@alice",
  "alice@example.org",
  "@:",
  "ftp://x",
  "javascript:alert(1)",
  "https://u:p@x.org",
  "a b",
])("%j is no address", (input) => expect(parseAddress(input)).toBeNull());

test.each([
  ["http://localhost:1", false],
  ["http://127.9.9.9", false],
  ["http://[::1]:8008", false],
  ["https://example.org", false],
  ["http://example.org", true],
  ["http://192.168.1.2:8008", true],
  ["http://127.0.0.1.example.org", true],
  ["http://localhost.example.org", true],
])("%s crosses a network unprotected: %s", (baseUrl, expected) => expect(isInsecure(baseUrl)).toBe(expected));

test.each([null, 5, "", "x", "file:///etc", "https://", "ws://x"])("%j is no base URL", (value) => {
  expect(parseBaseUrl(value)).toBeNull();
});
