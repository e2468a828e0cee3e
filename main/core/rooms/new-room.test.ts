import { describe, expect, it } from "vitest";
import type { MxcUri, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { aPlan } from "../testing/room-story.ts";
import { withChats } from "./directs.ts";
import { aliasOf, buildCreateRoom } from "./new-room.ts";

const plan = aPlan();

describe("an address of our own server", () => {
  it.each([
    ["foo", "#foo:hs"],
    ["#foo", "#foo:hs"],
    ["#foo:hs", "#foo:hs"],
    ["foo:elsewhere", null],
    ["two words", null],
    ["", null],
    ["a".repeat(251), `#${"a".repeat(251)}:hs`],
    ["a".repeat(252), null],
    // Two bytes each: 126 characters are 252 bytes.
    ["ü".repeat(126), null],
    ["ü".repeat(125), `#${"ü".repeat(125)}:hs`],
  ])("%s", (typed, expected) => {
    expect(aliasOf(typed, "hs")).toBe(expected);
  });
});

describe("the body of /createRoom", () => {
  it("has the picture among the first state", () => {
    const ship = { mxc: "mxc://hs/ship" as MxcUri, contentType: "image/png", size: 812 };
    const avatarOf = (width: number | null, height: number | null) =>
      buildCreateRoom({ ...plan, avatar: { ...ship, width, height } }, "hs").initial_state;
    const content = (info: object) => ({
      url: "mxc://hs/ship",
      info: { mimetype: "image/png", size: 812, ...info },
    });
    const state = { type: "m.room.avatar", state_key: "" };
    expect(avatarOf(60, 40)).toContainEqual({ ...state, content: content({ w: 60, h: 40 }) });
    expect(avatarOf(null, null)).toContainEqual({ ...state, content: content({}) });
  });

  it("says no more than was chosen, but always the preset, the visibility and the history", () => {
    expect(buildCreateRoom(plan, "hs")).toEqual({
      preset: "private_chat",
      visibility: "private",
      initial_state: [
        { type: "m.room.history_visibility", state_key: "", content: { history_visibility: "shared" } },
      ],
    });
  });
  it("keeps the directory and who may join apart (CRT-03)", () => {
    expect(buildCreateRoom({ ...plan, isPublished: true }, "hs")).toMatchObject({
      preset: "private_chat",
      visibility: "public",
    });
    expect(buildCreateRoom({ ...plan, preset: "public_chat" }, "hs")).toMatchObject({
      preset: "public_chat",
      visibility: "private",
    });
  });
  it("makes a space in which nobody talks, within another one", () => {
    const parentSpaceId = "!p:hs" as RoomId;
    const body = buildCreateRoom({ ...plan, kind: "space", isFederated: false, parentSpaceId }, "hs");
    expect(body).toMatchObject({
      creation_content: { type: "m.space", "m.federate": false },
      power_level_content_override: { events_default: 100 },
    });
    expect(body["initial_state"]).toContainEqual({
      type: "m.space.parent",
      state_key: parentSpaceId,
      content: { via: ["hs"], canonical: true },
    });
  });
});

it("m.direct gains a chat once, and keeps what it cannot read", () => {
  const [room, ben] = ["!r:hs" as RoomId, "@ben:hs" as UserId];
  expect(withChats({ "@ben:hs": ["!old:hs"], odd: 7 }, [[room, ben]])).toEqual({
    "@ben:hs": ["!old:hs", "!r:hs"],
    odd: 7,
  });
  expect(withChats({ "@ben:hs": ["!r:hs"] }, [[room, ben]])).toBeNull();
  expect(withChats({ "@ben:hs": "nonsense" }, [[room, ben]])).toEqual({ "@ben:hs": ["!r:hs"] });
});
