import { describe, expect, it } from "vitest";
import { readPersonId } from "./person-id.ts";

describe("typed as a person", () => {
  it.each(["@ben:dunlin.test", "@ben:[::1]:8448", "@Ünal=1:far.example:443", "  @ben:dunlin.test "])(
    "%s is a whole ID",
    (typed) => expect(readPersonId(typed)).toBe(typed.trim()),
  );
  it.each([
    "",
    "ben",
    "@ben",
    "@ben:",
    "@:dunlin.test",
    "ben:dunlin.test",
    "@b en:dunlin.test",
    "@ben:two words",
    `@${"ü".repeat(125)}:a.bc`,
    "@\ud800:dunlin.test",
  ])("%s is none", (typed) => expect(readPersonId(typed)).toBeNull());
});
