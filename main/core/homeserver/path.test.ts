import fc from "fast-check";
import { expect, test } from "vitest";
import { path, pathSegment } from "./path.ts";

test.each([
  ["!room:example.org", "%21room%3Aexample.org"],
  ["@user/x:h", "%40user%2Fx%3Ah"],
  ["#alias 100%:h", "%23alias%20100%25%3Ah"],
  ["@Üser:h", "%40%C3%9Cser%3Ah"],
  ["a'b(c)*", "a%27b%28c%29%2A"],
  ["..a", "..a"],
])("%s is sent as %s", (identifier, segment) => expect(pathSegment(identifier)).toBe(segment));

test.each(["", ".", "..", "\ud800"])("%j cannot be a segment", (identifier) => {
  expect(pathSegment(identifier)).toBeNull();
  expect(path`/_matrix/client/v3/rooms/${identifier}/join`).toBeNull();
});

test("the server gets every identifier as it was, after one decoding, and no other path", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "grapheme", minLength: 1 }),
      fc.string({ minLength: 1 }),
      (first, second) => {
        const whole = path`/_matrix/client/v3/rooms/${first}/send/${second}/x`;
        if (whole === null) return;
        const url = new URL(`https://example.org${whole}`);
        expect(url.pathname).toBe(whole);
        const segments = url.pathname.split("/").map(decodeURIComponent);
        expect(segments).toEqual(["", "_matrix", "client", "v3", "rooms", first, "send", second, "x"]);
        expect(url.search + url.hash).toBe("");
      },
    ),
  );
});
