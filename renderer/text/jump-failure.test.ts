import { expect, it } from "vitest";
import type { Failure } from "../../preload/contract/models/failure.ts";
import { jumpFailure } from "./jump-failure.ts";

const rejected = (errcode: string): Failure => ({ kind: "rejected", message: "", status: 403, errcode });

it.each([
  [rejected("M_NOT_FOUND"), "It may be from before you joined."],
  [rejected("M_FORBIDDEN"), "You have no permission to read it in this room."],
  [{ kind: "offline", message: "" } satisfies Failure, "there is no connection to the server"],
  [rejected("M_LIMIT_EXCEEDED"), "Too many attempts."],
])("a message that is not shown says why (HIS-10): %o", (failure, words) => {
  expect(jumpFailure(failure)).toContain(words);
});
