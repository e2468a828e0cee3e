import * as fc from "fast-check";
import { expect, test } from "vitest";
import { linkify, safeHref } from "./linkify.ts";

/** "[text](href)" for a link. */
const draw = (text: string): string =>
  linkify(text)
    .map((piece) => (piece.type === "link" ? `[${piece.text}](${piece.href})` : piece.text))
    .join("");

test.each([
  ["nothing to see", "nothing to see"],
  ["", ""],
  ["see https://example.org/a?b=c#d.", "see [https://example.org/a?b=c#d](https://example.org/a?b=c#d)."],
  ["(http://example.org/a_(b))", "([http://example.org/a_(b)](http://example.org/a_(b)))"],
  [
    "http://a.example, http://b.example!",
    "[http://a.example](http://a.example/), [http://b.example](http://b.example/)!",
  ],
  ["www.example.org", "[www.example.org](https://www.example.org/)"],
  ["HTTPS://EXAMPLE.ORG", "[HTTPS://EXAMPLE.ORG](https://example.org/)"],
  ["mail ben@example.org, please", "mail [ben@example.org](mailto:ben@example.org), please"],
  ["mailto:ben@example.org", "[mailto:ben@example.org](mailto:ben@example.org)"],
  ["@ana:example.org is an id", "@ana:example.org is an id"],
  ["#room:example.org", "#room:example.org"],
  ["a://b https:// x", "a://b https:// x"],
  ["<https://example.org>", "<[https://example.org](https://example.org/)>"],
  ["„https://example.org/ü“", "„[https://example.org/ü“](https://example.org/%C3%BC%E2%80%9C)"],
])("%s", (text, expected) => {
  expect(draw(text)).toBe(expected);
});

test.each([
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "java\tscript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "blob:x",
  "smb://example.org/x",
  "sftp://example.org/x",
  "magnet:",
  "ftp:",
  "ftp://",
  "https:javascript:alert(1)//",
  "//example.org/x",
  "http://",
])("%s is no link", (text) => {
  expect(linkify(text).every((piece) => piece.type === "text")).toBe(true);
  expect(safeHref(text)).toBeNull();
});

test.each(["ftp://example.org/x", "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a"])(
  "%s is followed where a sender made it a link, and never made one of by itself",
  (address) => {
    expect(safeHref(address)).toBe(address);
    expect(linkify(address).every((piece) => piece.type === "text")).toBe(true);
  },
);

test("characters that turn the direction of text end an address", () => {
  expect(draw("https://example.org/\u202Egpj.exe")).toBe(
    "[https://example.org/](https://example.org/)\u202Egpj.exe",
  );
});

test("no text is lost or changed, and every link is one of three schemes", () => {
  const bits = fc.constantFrom(
    "https://",
    "www.",
    "a@b.cd",
    "mailto:",
    "(",
    ")",
    ".",
    " ",
    "\n",
    "x",
    "é",
    "😀",
    "@",
    "javascript:",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(bits, fc.string({ maxLength: 5 })), { maxLength: 15 }), (parts) => {
      const text = parts.join("");
      const pieces = linkify(text);
      expect(pieces.map((piece) => piece.text).join("")).toBe(text);
      for (const piece of pieces) if (piece.type === "link") expect(piece.href).toMatch(/^(https?|mailto):/);
    }),
    { numRuns: 3000 },
  );
});

test("long hostile text takes no more than its length", () => {
  // Exponential or quadratic matching would never end here.
  for (const part of ["a@", "www.", "a.", "https://(", "))))", "x@a.b."]) {
    expect(linkify(part.repeat(30_000)).length).toBeGreaterThan(0);
  }
});

test("matrix: addresses that name something are links, others are text", () => {
  expect(linkify("see matrix:u/ana:example.org.")).toEqual([
    { type: "text", text: "see " },
    { type: "link", text: "matrix:u/ana:example.org", href: "matrix:u/ana:example.org" },
    { type: "text", text: "." },
  ]);
  expect(linkify("matrix:u/nobody").every(({ type }) => type === "text")).toBe(true);
});
