import { expect, it } from "vitest";
import { joinRulesOf } from "./join-rules.ts";

it.each([
  ["1", "public invite"],
  ["6", "public invite"],
  ["7", "public invite knock"],
  ["8", "public invite knock restricted"],
  ["9", "public invite knock restricted"],
  ["10", "public invite knock restricted knock_restricted"],
  ["12", "public invite knock restricted knock_restricted"],
  ["org.example.new", "public invite knock restricted knock_restricted"],
])("a room of version %s can be %s", (version, rules) => {
  expect(joinRulesOf(version).join(" ")).toBe(rules);
});
