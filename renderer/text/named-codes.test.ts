import { expect, it } from "vitest";
import type { Failure } from "../../preload/contract/models/failure.ts";
import {
  contactSentence,
  newPasswordSentence,
  profileSentence,
  registerProblem,
  stageSentence,
} from "./account-strings.ts";
import { roomSentence } from "./room-strings.ts";
import { failureSentence, signInSentence } from "./strings.ts";
import codes from "./testing/named-codes.json" with { type: "json" };

// Every code that the specification names for what is done to rooms and accounts has words of ours.
// e2e/openapi/error-codes.test.ts holds the list against the specification's own files.

type Sentence = (failure: Failure) => string;
const sentences: Readonly<Record<keyof typeof codes.named, Sentence>> = {
  room: roomSentence,
  contact: contactSentence,
  // The new password, and the mail that proves whose it is.
  password: (failure) =>
    failure.errcode?.startsWith("M_THREEPID") === true || failure.errcode === "M_SERVER_NOT_TRUSTED"
      ? stageSentence(failure, "email")
      : newPasswordSentence(failure),
  register: (failure) =>
    failure.errcode?.startsWith("M_THREEPID") === true || failure.errcode === "M_SERVER_NOT_TRUSTED"
      ? stageSentence(failure, "email")
      : registerProblem(failure).sentence,
  "sign-in": signInSentence,
  profile: profileSentence,
  any: failureSentence,
};
const rejected = (errcode: string, serverText?: string): Failure => ({
  kind: "rejected",
  message: "",
  errcode,
  ...(serverText !== undefined && { serverText }),
});

const cases = Object.entries(codes.named).flatMap(([area, files]) =>
  Object.entries(files).flatMap(([file, named]) =>
    named.map((code) => ({ file, code, say: sentences[area as keyof typeof sentences] })),
  ),
);
it.each(cases)("$file: $code is a sentence of its own", ({ code, say }) => {
  const sentence = say(rejected(code));
  expect(sentence).not.toBe(say(rejected("ORG.EXAMPLE.NEW")));
  expect(sentence).toMatch(/^[A-Z].*[.+]$/);
  expect(sentence).not.toContain("M_");
});

const areas = Object.entries(sentences);
it.each(areas)("%s: the codes that any endpoint may answer are sentences", (_area, say) => {
  const unknown = say(rejected("ORG.EXAMPLE.NEW"));
  expect(codes.common.filter((code) => say(rejected(code)) === unknown)).toEqual([]);
});
it.each(areas)("%s: for an unknown code the server speaks for itself", (_area, say) => {
  for (const code of ["ORG.EXAMPLE.NEW", "constructor"])
    expect(say(rejected(code, "The moon is in the wrong phase"))).toContain(
      "“The moon is in the wrong phase”",
    );
});
it("leaves M_UNKNOWN to the server's own words", () => {
  expect(roomSentence(rejected("M_UNKNOWN", "Only on Sundays"))).toContain("“Only on Sundays”");
});
it("knows that an address is taken by the status alone", () => {
  const taken = { ...rejected("M_UNKNOWN", "Room alias already exists"), status: 409 };
  expect(roomSentence(taken)).toBe("This address is taken already.");
});
it.each(["M_FORBIDDEN", "M_INVALID_PARAM"])("%s: with the server's own words where it says more", (code) => {
  expect(roomSentence(rejected(code, "Only moderators may"))).toContain("“Only moderators may”");
});
