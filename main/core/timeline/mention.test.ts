import { expect, test } from "vitest";
import type { UserId } from "../../../preload/contract/ids.ts";
import { externalUrlIn, isMentionOf } from "./mention.ts";

const own = "@me:example.org" as UserId;
const yes = () => true;
const no = () => false;

test("we are meant by our id, or with the room by who may do that", () => {
  expect(isMentionOf({ "m.mentions": { user_ids: [own] } }, own, no)).toBe(true);
  expect(isMentionOf({ "m.mentions": { room: true } }, own, yes)).toBe(true);
  expect(isMentionOf({ "m.mentions": { room: true } }, own, no)).toBe(false);
  expect(isMentionOf({ "m.mentions": { room: "true", user_ids: own } }, own, yes)).toBe(false);
  expect(isMentionOf({ body: own }, own, yes)).toBe(false);
});

test.each([
  ["https://example.org/a?b#c", "https://example.org/a?b#c"],
  ["http://example.org", "http://example.org/"],
  ["<12345@mail.example.org>", null],
  ["javascript:alert(1)", null],
  ["https:\\\\evil.example", null],
  ["ftp://example.org/x", null],
  ["https://", null],
  [7, null],
  [`https://example.org/${"x".repeat(3000)}`, null],
])("external_url %j opens %j (BRDG-01, BRDG-02)", (value, url) => {
  expect(externalUrlIn({ external_url: value })).toBe(url);
});
