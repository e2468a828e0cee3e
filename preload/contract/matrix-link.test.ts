import { expect, test } from "vitest";
import { matrixLink, matrixUri, parseMatrixLink } from "./matrix-link.ts";

const at = (id: string, eventId: string | null = null, via: readonly string[] = []) => ({ id, eventId, via });

test.each([
  ["https://matrix.to/#/@ana:example.org", at("@ana:example.org")],
  ["https://matrix.to/#/%40ana%3Aexample.org", at("@ana:example.org")],
  ["https://matrix.to/#/#pier:example.org", at("#pier:example.org")],
  [
    "https://matrix.to/#/%23pier%3Aexample.org?via=a.org&via=b.org:8448",
    at("#pier:example.org", null, ["a.org", "b.org:8448"]),
  ],
  ["https://matrix.to/#/!abc:example.org", at("!abc:example.org")],
  [
    "https://matrix.to/#/!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM",
    at("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM"),
  ],
  [
    "https://matrix.to/#/!abc:example.org/$ev:example.org?via=a.org",
    at("!abc:example.org", "$ev:example.org", ["a.org"]),
  ],
  ["https://matrix.to/#/#pier:example.org/%24abc-_1", at("#pier:example.org", "$abc-_1")],
  ["HTTPS://MATRIX.TO/#/@ana:example.org", at("@ana:example.org")],
  ["matrix:u/ana:example.org", at("@ana:example.org")],
  ["matrix:u/ana:example.org?action=chat", at("@ana:example.org")],
  ["matrix:r/pier:example.org", at("#pier:example.org")],
  ["matrix:r/pier:example.org/e/abc?via=a.org", at("#pier:example.org", "$abc", ["a.org"])],
  [
    "matrix:roomid/abc:example.org?action=join&via=a.org&via=b.org",
    at("!abc:example.org", null, ["a.org", "b.org"]),
  ],
  ["matrix:roomid/abc:example.org/event/ev", at("!abc:example.org", "$ev")],
  ["MATRIX:u/ana:example.org", at("@ana:example.org")],
  ["https://matrix.to/#/@ana:[::1]:8448", at("@ana:[::1]:8448")],
])("%s names exactly one thing", (href, expected) => expect(parseMatrixLink(href)).toEqual(expected));

test.each([
  "https://matrix.to/#/",
  "https://matrix.to/#/@ana",
  "https://matrix.to/#/%40%E0%A4%A",
  "https://matrix.to/#/@ana:example.org/$event",
  "https://matrix.to/#/!room:example.org/$e/x",
  "https://matrix.to.evil.example/#/@ana:example.org",
  "https://evil.example/#/@ana:example.org",
  "http://matrix.to/#/@ana:example.org",
  "https://matrix.to/@ana:example.org",
  "matrix://server/u/ana:example.org",
  "matrix:u/",
  "matrix:x/ana:example.org",
  "matrix:u/ana:example.org/e/x",
  "matrix:r/pier:example.org/x/y",
  "matrix:r/pier:example.org/e/x/y",
  "matrix:u/an%0Aa:example.org",
  "javascript:alert(1)",
  `https://matrix.to/#/@${"a".repeat(300)}:example.org`,
  `matrix:u/${"a".repeat(3000)}:example.org`,
])("%s names nothing", (href) => expect(parseMatrixLink(href)).toBeNull());

test("servers that could be anything else are left out", () => {
  const link = "https://matrix.to/#/!a:b.org?via=good.org&via=%20x&via=javascript:1/2&via=%3Cscript%3E";
  expect(parseMatrixLink(link)?.via).toEqual(["good.org"]);
});

test("what is written is read back", () => {
  for (const one of [
    at("@ana:example.org"),
    at("#pi er:example.org".replace(" ", "")),
    at("!a/b?c:example.org".replace(/[/?]/g, "_"), "$x_1", ["a.org"]),
  ])
    expect([parseMatrixLink(matrixLink(one)), parseMatrixLink(matrixUri(one) ?? "")]).toEqual([one, one]);
});

test("a matrix: address has no sigils, and leads to the event through servers that know the room", () => {
  expect(matrixUri(at("!abc:example.org", "$ev-1", ["a.org", "b.org:8448"]))).toBe(
    "matrix:roomid/abc:example.org/e/ev-1?via=a.org&via=b.org%3A8448",
  );
  expect(matrixUri(at("@ana:example.org"))).toBe("matrix:u/ana:example.org");
  expect(matrixUri(at("#pier:example.org"))).toBe("matrix:r/pier:example.org");
  // Rooms of version 12 have no server in their id.
  expect(matrixUri(at("!31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM", "$x", ["a.org"]))).toBe(
    "matrix:roomid/31hneApxJ_1o-63DmFrpeqnkFfWppnzWso1JvH3ogLM/e/x?via=a.org",
  );
  expect(matrixUri(at("nothing"))).toBeNull();
});
