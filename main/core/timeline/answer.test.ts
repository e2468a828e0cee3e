import { expect, test } from "vitest";
import { withoutQuotedWords } from "./answer.ts";

const answer = { "m.in_reply_to": { event_id: "$a" } };
const old = {
  body: "> <@ben:x> first\n> second\n\nmine",
  formatted_body: "<mx-reply><blockquote>first<br>second</blockquote></mx-reply><b>mine</b>",
};

test.each([
  ["an answer", answer],
  ["an answer within a thread", { rel_type: "m.thread", event_id: "$r", is_falling_back: false, ...answer }],
  ["an edit of an answer", { rel_type: "m.replace", event_id: "$e" }],
])("%s is kept without the words it quotes", (_what, relation) => {
  const raw = { type: "m.room.message", content: { ...old, msgtype: "m.text", "m.relates_to": relation } };
  expect(withoutQuotedWords(raw)).toEqual({
    ...raw,
    content: { ...raw.content, body: "mine", formatted_body: "<b>mine</b>" },
  });
});

test.each([
  ["a message that begins with a quote of its own", { body: old.body }],
  ["an answer without a quote", { body: "mine", "m.relates_to": answer }],
  ["an answer with one's own quote", { body: "> as they say\n\nmine", "m.relates_to": answer }],
  [
    "a message of a thread",
    { ...old, "m.relates_to": { rel_type: "m.thread", is_falling_back: true, ...answer } },
  ],
  ["what has no words", { body: 5, formatted_body: {}, "m.relates_to": answer }],
])("%s stays as it is", (_what, content) => {
  const raw = { type: "m.room.message", content };
  expect(withoutQuotedWords(raw)).toBe(raw);
});
