import { expect, it } from "vitest";
import type { RoomId } from "../../../preload/contract/ids.ts";
import { orderOf, placeSpaces, sortChildren } from "./tree.ts";

const space = (roomId: string, ...children: string[]) => ({
  roomId: roomId as RoomId,
  children: children as RoomId[],
});
const placed = (...spaces: ReturnType<typeof space>[]) =>
  placeSpaces(spaces).map(({ roomId, depth, rooms }) => [roomId, depth, rooms.join(" ")]);

it.each([
  ["one by itself", [space("!a", "!r")], [["!a", 0, "!r"]]],
  [
    "one within another, whose rooms are the outer one's too",
    [space("!b", "!s"), space("!a", "!b", "!r")],
    [
      ["!a", 0, "!b !s !r"],
      ["!b", 1, "!s"],
    ],
  ],
  ["one that names itself", [space("!a", "!a", "!r")], [["!a", 0, "!r"]]],
  [
    "two in a circle: the first is taken for the outer one",
    [space("!a", "!b"), space("!b", "!a", "!r")],
    [
      ["!a", 0, "!b !r"],
      ["!b", 1, "!a !r"],
    ],
  ],
  [
    "one in two others stands once",
    [space("!a", "!c"), space("!b", "!c"), space("!c", "!r")],
    [
      ["!a", 0, "!c !r"],
      ["!c", 1, "!r"],
      ["!b", 0, "!c !r"],
    ],
  ],
])("places spaces: %s", (_situation, spaces, expected) => {
  expect(placed(...spaces)).toEqual(expected);
});

it("sorts children by their order, then by id; what is no order counts as none", () => {
  const child = (roomId: string, order: unknown) => ({ roomId: roomId as RoomId, order: orderOf(order) });
  const children = [
    child("!z", null),
    child("!a", "ü"),
    child("!c", "b"),
    child("!b", "b"),
    child("!d", "a"),
  ];
  expect(sortChildren(children)).toEqual(["!d", "!b", "!c", "!a", "!z"]);
  expect(orderOf("x".repeat(51))).toBeNull();
});
