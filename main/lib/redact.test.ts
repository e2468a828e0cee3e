import { expect, test } from "vitest";
import { redact } from "./redact.ts";

test.each([
  ["Authorization: Bearer syt_YWxpY2U_abcDEFghi_1a2b3c"],
  ['{"access_token":"hunter2-x","user":"a"}'],
  ["GET http://127.0.0.1:4000/?token=hunter2-x&homeserver=y failed"],
  ["{ password: 'hunter2-x', user: 'a' }"],
  ["refresh_token=hunter2-x"],
  ["cookie: dunlin-4000=hunter2-x"],
  ["token was syt_YWxpY2U_hunterABCDEFG_1a2b3c here"],
])("hides the secret in %s", (text) => {
  expect(redact(text)).toContain("[redacted]");
  expect(redact(text)).not.toMatch(/hunter|syt_|1a2b3c/);
});

test("hides what V8 quotes of a text it cannot parse, also in a line of the log", () => {
  for (const text of [
    "my hunter words",
    '{"body": hunter}',
    '{"a":1,"body":"the old man and his hunter, by the sea" x}',
  ]) {
    let message = "";
    try {
      JSON.parse(text);
    } catch (error) {
      message = String(error);
    }
    expect(message).not.toBe("");
    for (const line of [message, JSON.stringify({ at: "2026", event: "bug", message, roomId: "!a:x" })])
      expect(redact(line)).not.toContain("hunter");
    expect(redact(JSON.stringify({ message, roomId: "!a:x" }))).toContain('"roomId":"!a:x"');
  }
});

test("leaves ids, paths and numbers as they are", () => {
  const text =
    "sync-failed roomId=!abc:example.org eventId=$xyz attempt=3 at /home/a/main.js:10:5 next_batch";
  expect(redact(text)).toBe(text);
});
