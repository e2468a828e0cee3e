import { describe, expect, it } from "vitest";
import { parsePresence } from "./presence.ts";

const NOW = 1_000_000;

describe("presence as it is stored", () => {
  it.each([
    ["online", "online"],
    ["unavailable", "idle"],
    ["offline", "offline"],
    ["free_for_chat", "online"],
    ["hidden", "offline"],
    ["zzz", "unknown"],
    ["constructor", "unknown"],
    [undefined, "unknown"],
    [7, "unknown"],
  ])("%j is %s (PRE-03…08)", (presence, state) => {
    expect(parsePresence({ presence }, NOW).state).toBe(state);
  });

  it.each([
    [{ last_active_ago: 10_000 }, NOW - 10_000],
    [{}, null],
    [{ last_active_ago: -5 }, null],
    [{ last_active_ago: "10" }, null],
    [{ last_active_ago: 10_000, currently_active: true }, NOW],
    [{ last_active_ago: 1e300 }, 0],
  ])("%j was last active at %j (PRE-09)", (content, lastActiveTs) => {
    expect(parsePresence({ presence: "online", ...content }, NOW).lastActiveTs).toBe(lastActiveTs);
  });

  it("takes the status as one plain line of bounded length", () => {
    const { status } = parsePresence({ presence: "online", status_msg: `a\n\u202eb${"x".repeat(999)}` }, NOW);
    expect(status).toMatch(/^a bx+$/);
    expect(status?.length).toBeLessThanOrEqual(200);
  });
});
