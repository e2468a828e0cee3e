import { expect, it } from "vitest";
import type { UserId } from "../../preload/contract/ids.ts";
import { takeTyped } from "./take-typed.ts";

const ben = { userId: "@ben:hs" as UserId, displayName: "Ben", avatar: null };
const far = { userId: "@far:away", displayName: null, avatar: null };

it("an empty field changes nothing", () => expect(takeTyped([ben], "  ")).toEqual([ben]));
it("a whole ID is taken without being picked", () =>
  expect(takeTyped([ben], " @far:away ")).toEqual([ben, far]));
it("where only one can be chosen, the typed one is meant", () =>
  expect(takeTyped([ben], "@far:away", { isSingle: true })).toEqual([far]));
it("who is chosen already is not taken twice", () => expect(takeTyped([ben], "@ben:hs")).toEqual([ben]));
it("half a name is nobody", () => expect(takeTyped([ben], "fa")).toBeNull());
