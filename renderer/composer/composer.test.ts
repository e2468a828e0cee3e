import * as fc from "fast-check";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { MAX_DRAFT_LENGTH } from "../../preload/contract/draft-limit.ts";
import {
  MAX_BODY_BYTES as CONTRACT_MAX,
  MAX_EDIT_BYTES as EDIT_MAX,
  requestSchemas,
} from "../../preload/contract/schemas.ts";
import { DRAFT_MS, DraftKeeper } from "./draft-keeper.ts";
import { prepareFormatting } from "./formatting.ts";
import { MAX_BODY_BYTES, MAX_EDIT_BYTES, toContent } from "./to-content.ts";
import { typedSince } from "./typed-since.ts";
import { IDLE_MS, REPEAT_MS, TypingNotice } from "./typing-notice.ts";

beforeAll(() => prepareFormatting());
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.each([
  ["hello", "m.text", "hello"],
  ["  indented\n  code", "m.text", "  indented\n  code"],
  ["\n \n hello \n\n", "m.text", " hello"],
  ["/me waves", "m.emote", "waves"],
  ["/ME waves\ntwice", "m.emote", "waves\ntwice"],
  ["/plain /me is text", "m.text", "/me is text"],
  ["//me is text", "m.text", "/me is text"],
  ["/usr/bin/env", "m.text", "/usr/bin/env"],
  ["/ is a slash", "m.text", "/ is a slash"],
  ["/2 of them", "m.text", "/2 of them"],
])("%j is sent as %s %j", (typed, msgtype, body) => {
  expect(toContent(typed)).toEqual({ content: { msgtype, body, "m.mentions": {} } });
});

test.each(["", "   ", "\n\n\t "])("%j is nothing to send, and nothing to complain about", (typed) => {
  expect(toContent(typed)).toEqual({ content: null, problem: null });
});

test.each([
  ["/shrugg", /no command \/shrugg/],
  ["/me", /\/me needs some text/],
  ["/me   ", /\/me needs some text/],
  ["ü".repeat(30_001), /60,002 of at most 60,000 bytes/],
])("%.20s is refused in words", (typed, words) => {
  const written = toContent(typed);
  expect(written.content).toBeNull();
  expect(written).toHaveProperty("problem", expect.stringMatching(words));
});

test("what is too long can go as a file, what looks like a command as words, and an edit as neither", () => {
  const long = "ü".repeat(30_001);
  const edit = { mentions: [], canMentionRoom: false, isEdit: true };
  expect(toContent(long)).toHaveProperty("instead", "file");
  expect(toContent(`/me ${long}`)).toHaveProperty("instead", "file");
  expect(toContent(`/plain ${long}`)).toHaveProperty("instead", "file");
  // Short as it stands, too long as HTML.
  expect(toContent(`**a** ${"&".repeat(15_000)}`)).toHaveProperty("instead", "file");
  expect(toContent("/nonsense")).toHaveProperty("instead", "words");
  expect(toContent(long, edit)).not.toHaveProperty("instead");
  expect(toContent("/me")).not.toHaveProperty("instead");
});

test("our limit is the contract's, and what passes here passes there", () => {
  expect(MAX_BODY_BYTES).toBe(CONTRACT_MAX);
  for (const two of ["ü", '"', "\\"]) {
    const { content } = toContent(`/plain ${two.repeat(MAX_BODY_BYTES / 2)}`);
    const params = { roomId: "!a:b", transactionId: crypto.randomUUID(), content };
    expect(requestSchemas.sendMessage.safeParse(params).success).toBe(true);
    const larger = { ...params, content: { msgtype: "m.text", body: two.repeat(MAX_BODY_BYTES / 2 + 1) } };
    expect(requestSchemas.sendMessage.safeParse(larger).success).toBe(false);
  }
});

test("the longest draft that is kept is one that the core takes", () => {
  const params = (length: number) => ({ roomId: "!a:b", draft: { body: "x".repeat(length) } });
  expect(requestSchemas.saveDraft.safeParse(params(MAX_DRAFT_LENGTH)).success).toBe(true);
  expect(requestSchemas.saveDraft.safeParse(params(MAX_DRAFT_LENGTH + 1)).success).toBe(false);
});

test("an edit has half the room, as its words go out twice", () => {
  expect(MAX_EDIT_BYTES).toBe(EDIT_MAX);
  const edit = { mentions: [], canMentionRoom: false, isEdit: true };
  const longest = `/plain ${"ü".repeat(MAX_EDIT_BYTES / 2)}`;
  const { content } = toContent(longest, edit);
  const target = { eventId: "$event", transactionId: null };
  const params = { roomId: "!a:b", transactionId: crypto.randomUUID(), target, content };
  expect(requestSchemas.editMessage.safeParse(params).success).toBe(true);
  expect(toContent(`${longest}ü`, edit)).toMatchObject({ content: null });
  const larger = toContent(`${longest}ü`).content;
  expect(requestSchemas.editMessage.safeParse({ ...params, content: larger }).success).toBe(false);
});

test("sixty thousand quotes are refused before they are sent: the server would count two bytes for each", () => {
  expect(toContent('"'.repeat(30_001))).toMatchObject({ content: null });
});

test.each([
  ["hello", "hello", ""],
  ["hello", "hello wor", " wor"],
  ["hello", "oh hello", "oh "],
  ["hello", "heXllo", "X"],
  ["hello", "", ""],
  ["", "new", "new"],
  ["aa", "aaa", "a"],
  ["hello", "hell", ""],
  // No longer those words with others in between: whatever looks alike may have been typed anew.
  ["hello", "help", "help"],
  ["long ago", "lately so", "lately so"],
])("the field held %j, holds %j: %j was typed meanwhile", (then, now, typed) => {
  expect(typedSince(then, now)).toBe(typed);
});

test("keys pressed anywhere while a message is being stored are all kept", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), fc.string(), (then, at, keys) => {
      const cut = at % (then.length + 1);
      expect(typedSince(then, then.slice(0, cut) + keys + then.slice(cut)).length).toBe(keys.length);
    }),
  );
});

test("typing is told at most every four seconds, and ends after six without a key", () => {
  const told: boolean[] = [];
  const notice = new TypingNotice((isTyping) => told.push(isTyping));
  for (let ms = 0; ms < 2 * REPEAT_MS; ms += 100) {
    notice.typed();
    vi.advanceTimersByTime(100);
  }
  expect(told).toEqual([true, true]);
  vi.advanceTimersByTime(IDLE_MS - 200);
  expect(told).toEqual([true, true]);
  vi.advanceTimersByTime(200);
  expect(told).toEqual([true, true, false]);
  vi.advanceTimersByTime(10 * IDLE_MS);
  expect(told).toHaveLength(3);
});

test("sending ends typing at once, and the next key begins it at once", () => {
  const told: boolean[] = [];
  const notice = new TypingNotice((isTyping) => told.push(isTyping));
  notice.stop();
  expect(told).toEqual([]);
  notice.typed();
  notice.stop();
  notice.typed();
  expect(told).toEqual([true, false, true]);
});

test("a draft is stored once after the last key, and at once when the room is left", () => {
  const save = vi.fn(() => Promise.resolve());
  const keeper = new DraftKeeper(save);
  keeper.open();
  keeper.changed("h");
  vi.advanceTimersByTime(DRAFT_MS - 1);
  keeper.changed("he");
  vi.advanceTimersByTime(DRAFT_MS - 1);
  expect(save).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(save).toHaveBeenCalledExactlyOnceWith({ body: "he" });
  keeper.changed("");
  keeper.flush();
  keeper.flush();
  expect(save.mock.calls).toEqual([[{ body: "he" }], [null]]);
  vi.advanceTimersByTime(DRAFT_MS);
  expect(save).toHaveBeenCalledTimes(2);
});

test("a draft that could not be stored is stored with the next occasion", async () => {
  const save = vi.fn((_draft: unknown) => Promise.reject(new Error("full")));
  const keeper = new DraftKeeper(save);
  keeper.open();
  keeper.changed("words");
  keeper.flush();
  await vi.advanceTimersByTimeAsync(0);
  keeper.changed("words");
  keeper.flush();
  await vi.advanceTimersByTimeAsync(0);
  expect(save).toHaveBeenCalledTimes(2);
  // Leaving the room is one, too.
  keeper.flush();
  await vi.advanceTimersByTimeAsync(0);
  expect(save).toHaveBeenCalledTimes(3);
  // What was typed since takes its place.
  keeper.changed("other words");
  keeper.flush();
  keeper.changed("newest words");
  await vi.advanceTimersByTimeAsync(0);
  keeper.flush();
  expect(save).toHaveBeenLastCalledWith({ body: "newest words" });
});
