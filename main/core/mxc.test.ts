import fc from "fast-check";
import { expect, test } from "vitest";
import { isServerName, mxcPath, mxcsIn, parseMediaPath, parseMxc } from "./mxc.ts";

test.each([
  "matrix.org",
  "hs.example:8448",
  "1.2.3.4",
  "1.2.3.4:1234",
  "[::1]:8008",
  "[1234:5678::abcd]",
  "localhost",
  "EXAMPLE.org",
  "xn--mnchen-3ya.de",
])("%s is a server name", (name) => expect(isServerName(name)).toBe(true));

test.each([
  "",
  ".",
  "..",
  "a..b",
  ".a",
  "a.",
  "127.0.0.1/..",
  "999.1.1.1",
  "1.2.3",
  "[::1",
  "[:::]",
  "[fe80::1%eth0]",
  "a:0",
  "a:65536",
  "a:123456",
  "a:",
  "a b",
  "a_b",
  "münchen.de",
  "a@b",
  "a\n",
  `${"a".repeat(252)}.org`,
])("%j is none", (name) => expect(isServerName(name)).toBe(false));

/** Ways out of a directory or into another part of an address, as media ids, server names and whole addresses. */
const traversals = [
  "../../x",
  "..",
  ".",
  "%2e%2e",
  "%2e%2e%2fx",
  "%252e%252e",
  "..%2f..%2fx",
  "..%c0%af..",
  "%c0%ae%c0%ae",
  "\u2025",
  "..\\..\\x",
  "..%5cx",
  "a;b",
  "a b",
  "a#b",
  "a?b",
  "a/b",
  "a\u0000b",
  "a%00",
  "a\nb",
  "a:b@c",
  "a&b=c",
  "~root",
  "C:\\x",
  "\\\\server\\share",
  "CON.txt",
  "ａ",
  "",
  "x".repeat(256),
];

test.each(traversals)("the media id %j is refused, and so is the path that would stand for it", (id) => {
  expect(parseMxc(`mxc://example.org/${id}`)).toBeNull();
  expect(parseMediaPath(`media/example.org/${id}`)).toBeNull();
});

test.each([
  ...traversals.filter((text) => text !== "CON.txt"),
  "example.org/..",
  "example.org%2f..",
  "user@example.org",
])("the server name %j is refused, raw and encoded", (server) => {
  expect(parseMxc(`mxc://${server}/abc`)).toBeNull();
  expect(parseMediaPath(`media/${server}/abc`)).toBeNull();
  expect(parseMediaPath(`media/${encodeURIComponent(server)}/abc`)).toBeNull();
});

test.each([
  null,
  7,
  {},
  "",
  "mxc://",
  "mxc://a",
  "MXC://a/b",
  " mxc://a/b",
  "mxc://a/b ",
  "http://a/b",
  "mxc:a/b",
])("%j is no mxc address", (value) => expect(parseMxc(value)).toBeNull());

test.each([
  "media/a/b?width=0&height=1&method=crop",
  "media/a/b?width=1&height=4097&method=crop",
  "media/a/b?width=01&height=1&method=crop",
  "media/a/b?height=1&width=1&method=crop",
  "media/a/b?width=1&height=1&method=stretch",
  "media/a/b?width=1&height=1&method=crop&x=1",
  "media/a/b?",
  "media/a/b#c",
  "media/a/b/",
  "media//a/b",
  "/media/a/b",
  "media/%61/b",
  "media/[::1]/b",
  "media/%5b%3a%3a1%5d/b",
])("the path %s is not one that mxcPath writes", (path) => expect(parseMediaPath(path)).toBeNull());

test("an address and a path are the same thing in two spellings", () => {
  const mxc = parseMxc("mxc://[::1]:8008/aB-_9");
  expect(mxc && mxcPath(mxc)).toBe("media/%5B%3A%3A1%5D%3A8008/aB-_9");
  expect(mxc && mxcPath(mxc, { width: 71.6, height: 1e9, method: "scale" })).toBe(
    "media/%5B%3A%3A1%5D%3A8008/aB-_9?width=72&height=4096&method=scale",
  );
});

const label = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9-]{0,10}$/);
const host = fc.oneof(
  fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
  fc.ipV4(),
  fc.ipV6().map((ip) => `[${ip}]`),
);
const server = fc
  .tuple(host, fc.option(fc.integer({ min: 1, max: 65_535 })))
  .map(([name, port]) => (port === null ? name : `${name}:${port}`))
  .filter(isServerName);
const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,60}$/);
const side = fc.integer({ min: 1, max: 4096 });
const thumbnail = fc.option(
  fc.record({ width: side, height: side, method: fc.constantFrom("crop" as const, "scale" as const) }),
);

test("every sound address survives the way to a path and back", () => {
  fc.assert(
    fc.property(server, id, thumbnail, (name, mediaId, wanted) => {
      const mxc = parseMxc(`mxc://${name}/${mediaId}`);
      expect(mxc).not.toBeNull();
      if (mxc === null) return;
      const path = mxcPath(mxc, wanted ?? undefined);
      expect(path).toMatch(/^media\/[A-Za-z0-9.%-]+\/[A-Za-z0-9_-]+(\?[a-z0-9=&]+)?$/);
      expect(parseMediaPath(path)).toEqual({ mxc, thumbnail: wanted });
    }),
  );
});

test("whatever is accepted as a path is exactly what mxcPath would have written", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "media",
      "/",
      "%2f",
      "..",
      "%2e",
      "?width=1&height=1&method=crop",
      "a",
      "%5B",
      ":",
      "b_-",
    ),
    fc.string({ maxLength: 4 }),
  );
  const path = fc.array(piece, { maxLength: 8 }).map((pieces) => `media/${pieces.join("")}`);
  fc.assert(
    fc.property(path, (text) => {
      const parsed = parseMediaPath(text);
      if (parsed !== null) expect(mxcPath(parsed.mxc, parsed.thumbnail ?? undefined)).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test("every address in an event is found, wherever clients of any time wrote it", () => {
  const at = (name: string) => `mxc://example.org/${name}`;
  const content = {
    ...{ url: at("a"), avatar_url: at("b"), thumbnail_url: at("c"), file: { url: at("d") } },
    info: { thumbnail_url: at("e"), thumbnail_file: { url: at("f") } },
    formatted_body: `<img src="${at("g")}"> <img src='${at("h")}' alt=":x:"> mxc://`,
    "m.new_content": { url: at("i"), formatted_body: `<img data-x src=${at("j")}>` },
  };
  expect(
    mxcsIn({ content })
      .map((mxc) => mxc.at(-1))
      .toSorted()
      .join(""),
  ).toBe("abcdefghij");
});
