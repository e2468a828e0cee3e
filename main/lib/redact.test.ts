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

test("leaves ids, paths and numbers as they are", () => {
  const text =
    "sync-failed roomId=!abc:example.org eventId=$xyz attempt=3 at /home/a/main.js:10:5 next_batch";
  expect(redact(text)).toBe(text);
});
