import { expect, it } from "vitest";
import { roomSentence } from "./room-strings.ts";

// Every code that the specification (data/api/client-server) names for what is done to rooms has words of ours.

const named: Readonly<Record<string, readonly string[]>> = {
  "create_room.yaml": [
    ...["M_BAD_JSON", "M_NOT_JSON", "M_INVALID_ROOM_STATE", "M_INVITE_BLOCKED", "M_ROOM_IN_USE"],
    "M_UNSUPPORTED_ROOM_VERSION",
  ],
  "joining.yaml": ["M_FORBIDDEN", "M_INCOMPATIBLE_ROOM_VERSION", "M_UNABLE_TO_AUTHORISE_JOIN"],
  "knocking.yaml": ["M_FORBIDDEN", "M_NOT_FOUND"],
  "kicking.yaml, banning.yaml": ["M_FORBIDDEN"],
  "inviting.yaml, third_party_membership.yaml": [
    "M_FORBIDDEN",
    "M_INVITE_BLOCKED",
    "M_UNSUPPORTED_ROOM_VERSION",
  ],
  "leaving.yaml": ["M_CANNOT_LEAVE_SERVER_NOTICE_ROOM"],
  "directory.yaml": ["M_FORBIDDEN", "M_INVALID_PARAM", "M_NOT_FOUND"],
  "room_state.yaml": ["M_BAD_ALIAS", "M_FORBIDDEN", "M_INVALID_PARAM", "M_INVITE_BLOCKED"],
  "list_public_rooms.yaml, room_summary.yaml, report_content.yaml": ["M_NOT_FOUND"],
  "space_hierarchy.yaml": ["M_FORBIDDEN", "M_INVALID_PARAM"],
  "room_upgrades.yaml": ["M_UNSUPPORTED_ROOM_VERSION", "M_FORBIDDEN"],
  "all of them": [
    "M_LIMIT_EXCEEDED",
    "M_UNRECOGNIZED",
    "M_MISSING_PARAM",
    "M_TOO_LARGE",
    "M_GUEST_ACCESS_FORBIDDEN",
  ],
};
const cases = Object.entries(named).flatMap(([file, codes]) => codes.map((code) => [file, code] as const));
const rejected = (errcode: string, serverText?: string) =>
  roomSentence({ kind: "rejected", message: "", errcode, ...(serverText !== undefined && { serverText }) });
const unknown = rejected("ORG.EXAMPLE.NEW");

it.each(cases)("%s: %s is a sentence of its own", (_file, code) => {
  const sentence = rejected(code);
  expect(sentence).not.toBe(unknown);
  expect(sentence).toMatch(/^[A-Z].*\.$/);
  expect(sentence).not.toContain("M_");
});

it.each(["ORG.EXAMPLE.NEW", "M_UNKNOWN", "constructor"])("%s: the server's own words", (code) => {
  expect(rejected(code, "The moon is in the wrong phase")).toContain("“The moon is in the wrong phase”");
  expect(rejected(code)).toBe(unknown);
});
it.each(["M_FORBIDDEN", "M_INVALID_PARAM"])("%s: with the server's own words where it says more", (code) => {
  expect(rejected(code, "Only moderators may")).toContain("“Only moderators may”");
});
