import { describe, expect, it } from "vitest";
import { fieldOf, readAlias } from "./new-room.ts";

describe("a typed address", () => {
  it.each([
    ["foo", "foo", null],
    ["#foo:hs", "foo", null],
    ["", "", null],
    ["foo:other.org", "foo:other.org", "foreign"],
    ["two words", "two words", "invalid"],
    ["half:", "half:", "invalid"],
    ["a".repeat(251), "a".repeat(251), null],
    ["ü".repeat(126), "ü".repeat(126), { tooLong: 1 }],
  ])("%s", (typed, localpart, problem) => {
    expect(readAlias(typed, "hs")).toEqual({ localpart, alias: `#${localpart}:hs`, problem });
  });
});

describe("an error of /createRoom stands", () => {
  it.each([
    ["M_ROOM_IN_USE", undefined, "alias"],
    ["M_EXCLUSIVE", undefined, "alias"],
    ["M_UNSUPPORTED_ROOM_VERSION", undefined, "version"],
    ["M_INVITE_BLOCKED", undefined, "people"],
    ["M_INVALID_PARAM", "Invalid characters in room alias", "alias"],
    ["M_INVALID_PARAM", "something else", "form"],
    ["M_FORBIDDEN", "You are not allowed to create this alias", "alias"],
    ["M_UNKNOWN", "Invalid user_id: @nobody", "people"],
    ["M_INVALID_PARAM", "Invalid MXID: '@a b:c'", "people"],
    ["M_BAD_JSON", "invite: expected a list", "people"],
    ["M_FORBIDDEN", "Not allowed to publish room", "published"],
    ["M_FORBIDDEN", "You are not permitted to add rooms to the room directory", "published"],
    ["M_UNKNOWN", "Your homeserver does not support this room version", "version"],
    ["M_FORBIDDEN", "You are not permitted to create rooms", "form"],
    ["M_INVALID_ROOM_STATE", undefined, "form"],
    ["ORG.EXAMPLE.UNKNOWN", "whatever", "form"],
  ])("%s %s: at %s", (errcode, serverText, field) => {
    const told = serverText === undefined ? {} : { serverText };
    expect(fieldOf({ kind: "rejected", message: "", errcode, ...told })).toBe(field);
  });
  it("offline: at the form", () => {
    expect(fieldOf({ kind: "offline", message: "" })).toBe("form");
  });
});
