import { describe, expect, it } from "vitest";
import { computeRoomName, type NameFacts } from "./name.ts";

const facts = (given: Partial<NameFacts>): NameFacts => ({
  stateName: null,
  canonicalAlias: null,
  heroNames: [],
  memberCount: 1,
  inviterName: null,
  ...given,
});

describe("the name of a room", () => {
  it.each([
    ["its own name stands over everything", { stateName: "Birds", canonicalAlias: "#b:x" }, "Birds"],
    ["the canonical alias comes next", { canonicalAlias: "#b:x", heroNames: ["Ana"] }, "#b:x"],
    ["one other person", { heroNames: ["Ana"], memberCount: 2 }, "Ana"],
    ["two others", { heroNames: ["Ana", "Bo"], memberCount: 3 }, "Ana and Bo"],
    ["three others", { heroNames: ["Ana", "Bo", "Cy"], memberCount: 4 }, "Ana, Bo and Cy"],
    ["more people than heroes", { heroNames: ["Ana", "Bo"], memberCount: 12 }, "Ana, Bo and 9 more"],
    ["everybody else has left", { heroNames: ["Ana"], memberCount: 1 }, "Empty room (was Ana)"],
    ["nobody was ever there", {}, "Empty room"],
    ["an invite without anything", { inviterName: "Ana", memberCount: 0 }, "Ana"],
  ])("%s", (_situation, given, expected) => {
    expect(computeRoomName(facts(given))).toBe(expected);
  });
});
