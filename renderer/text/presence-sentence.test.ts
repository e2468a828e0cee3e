import { expect, test } from "vitest";
import type { UserId } from "../../preload/contract/ids.ts";
import type { PresenceView } from "../../preload/contract/models/attention.ts";
import { presenceSentence } from "./attention-strings.ts";

const NOW = Date.UTC(2026, 4, 4, 12);
const presence = (said: Partial<PresenceView>): PresenceView => ({
  ...{ userId: "@ben:x" as UserId, state: "online", lastActiveTs: null, isActiveNow: false, status: null },
  ...said,
});

test("how long ago somebody was active ages here, without a word from the server (PRE-09)", () => {
  const seen = presence({ state: "idle", lastActiveTs: NOW - 10_000 });
  const at = (laterMs: number) => presenceSentence(seen, NOW + laterMs);
  expect(at(0)).toContain("1 minute ago");
  expect(at(2 * 60_000)).toContain("2 minutes ago");
  expect(at(10 * 60_000)).toContain("10 minutes ago");
  // A clock that went back makes nobody active in the future.
  expect(at(-3_600_000)).toBe(at(0));
});

test("who is active now does not age, and of whom nothing is known nothing is said", () => {
  const here = presence({ isActiveNow: true, lastActiveTs: NOW - 3_600_000 });
  expect(presenceSentence(here, NOW)).toBe(presenceSentence(here, NOW + 3_600_000));
  expect(presenceSentence(presence({ state: "unknown" }), NOW)).toBeNull();
});
