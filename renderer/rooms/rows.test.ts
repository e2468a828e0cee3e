import { expect, test } from "vitest";
import type { RoomPreview } from "../../preload/contract/models/room.ts";
import { aRoom } from "../state/builders.ts";
import { filterRooms } from "./filter.ts";
import { badgeCount, badgeLabel, badgeOf, previewText, rowTime } from "./row-text.ts";
import { buildRows, isUnread, neighbour } from "./rows.ts";

const names = (rooms: readonly { name: string }[]): string[] => rooms.map((room) => room.name);
const list = [
  aRoom("invited", { section: "invites", membership: "invite" }),
  aRoom("ana", { section: "people", unread: 2 }),
  aRoom("bob", { section: "people", highlight: 1, unread: 1 }),
  aRoom("garden"),
];

test("every section that has rooms gets a heading before them", () => {
  expect(buildRows(list, new Set()).map((row) => row.key)).toEqual([
    "section:invites",
    "!invited:example.org",
    "section:people",
    "!ana:example.org",
    "!bob:example.org",
    "section:rooms",
    "!garden:example.org",
  ]);
});

test("a folded section shows its heading with what it hides, and no rooms", () => {
  const rows = buildRows(list, new Set(["people"]));
  expect(rows.map((row) => row.key)).not.toContain("!ana:example.org");
  expect(rows.find((row) => row.key === "section:people")).toMatchObject({
    isFolded: true,
    count: 2,
    unreadRooms: 2,
    highlight: 1,
  });
});

test("no rooms, no headings", () => {
  expect(buildRows([], new Set())).toEqual([]);
});

test("a filter finds every word anywhere, without case or accents, beginnings first", () => {
  const rooms = ["Old Zürich", "zur See", "Bazurka", "Berlin"].map((name) => aRoom(name, { name }));
  expect(names(filterRooms(rooms, "zur"))).toEqual(["zur See", "Old Zürich", "Bazurka"]);
  expect(names(filterRooms(rooms, "ZÜR old"))).toEqual(["Old Zürich"]);
  expect(filterRooms(rooms, "nothing")).toEqual([]);
  expect(filterRooms(rooms, "  ")).toBe(rooms);
});

test("the filter follows a room that was renamed", () => {
  expect(names(filterRooms([aRoom("x", { name: "Alpha" })], "alpha"))).toEqual(["Alpha"]);
  expect(names(filterRooms([aRoom("x", { name: "Beta" })], "alpha"))).toEqual([]);
});

test("next and previous go round the ends, and skip what is not wanted", () => {
  const at = (name: string) => list.find((room) => room.name === name)?.roomId ?? null;
  const any = (): boolean => true;
  expect(neighbour(list, at("ana"), 1, any)?.name).toBe("bob");
  expect(neighbour(list, at("garden"), 1, any)?.name).toBe("invited");
  expect(neighbour(list, at("invited"), -1, any)?.name).toBe("garden");
  expect(neighbour(list, null, 1, any)?.name).toBe("invited");
  expect(neighbour(list, null, -1, any)?.name).toBe("garden");
  expect(neighbour(list, at("bob"), 1, isUnread)?.name).toBe("invited");
  expect(neighbour([aRoom("only")], aRoom("only").roomId, 1, any)).toBeNull();
});

test("a muted room wants nothing until someone means us", () => {
  expect(isUnread(aRoom("m", { isMuted: true, unread: 9 }))).toBe(false);
  expect(isUnread(aRoom("m", { isMuted: true, unread: 9, highlight: 1 }))).toBe(true);
});

test("a row shows the most urgent thing only", () => {
  expect(badgeOf(aRoom("a", { unsent: 1, highlight: 2, unread: 3 }))).toBe("unsent");
  expect(badgeOf(aRoom("a", { highlight: 2, unread: 3 }))).toBe("mention");
  expect(badgeOf(aRoom("a", { unread: 3 }))).toBe("unread");
  expect(badgeOf(aRoom("a", { unread: 3, isMuted: true }))).toBe("muted");
  expect(badgeOf(aRoom("a"))).toBeNull();
  expect(badgeCount(999)).toBe("999");
  expect(badgeCount(1_234)).toBe("1.2K");
});

test("those who do not see the badge hear all of it", () => {
  expect(badgeLabel(aRoom("a", { unread: 3, highlight: 1, unsent: 1, isMuted: true }))).toBe(
    "3 unread messages, 1 mention, 1 unsent message, muted",
  );
  expect(badgeLabel(aRoom("a"))).toBe("");
});

test("the time gets shorter to say the longer ago it is", () => {
  const midnight = new Date(2026, 4, 5).getTime();
  expect(rowTime(new Date(2026, 4, 5, 9, 30).getTime(), midnight)).toMatch(/9:30/);
  expect(rowTime(new Date(2026, 4, 3, 9).getTime(), midnight)).toBe("Sun");
  expect(rowTime(new Date(2026, 2, 3).getTime(), midnight)).toBe("Mar 3");
  expect(rowTime(new Date(2024, 2, 3).getTime(), midnight)).toBe("3/3/24");
  expect(rowTime(0, midnight)).toBe("");
  expect(rowTime(1e300, midnight)).toBe("");
});

test("a preview names who said it where that is known, and its kind where there is no text", () => {
  const image = { sender: "Bo", isOwn: false, kind: "image", text: "" } as const;
  expect(previewText(aRoom("r", { preview: image }))).toMatchObject({ sender: "Bo", text: "Photo" });
  expect(previewText(aRoom("r", { preview: { ...image, sender: null } })).sender).toBeNull();
  const own = { sender: null, isOwn: true, kind: "text", text: "hi" } as const;
  expect(previewText(aRoom("r", { preview: own }))).toMatchObject({ sender: "You", text: "hi" });
  const emote = { sender: "Bo", isOwn: false, kind: "emote", text: "waves" } as const;
  expect(previewText(aRoom("r", { preview: emote })).text).toBe("Bo waves");
});

test.each<[string, NonNullable<RoomPreview["call"]>]>([
  ["Call", { isVideo: false, outcome: "open", durationMs: null }],
  ["Call · 3 min", { isVideo: false, outcome: "ended", durationMs: 180_000 }],
  ["Video call", { isVideo: true, outcome: "ended", durationMs: null }],
  ["Missed call", { isVideo: false, outcome: "missed", durationMs: null }],
  ["Missed video call", { isVideo: true, outcome: "missed", durationMs: null }],
  ["Call: no answer", { isVideo: false, outcome: "unanswered", durationMs: null }],
  ["Video call declined", { isVideo: true, outcome: "declined", durationMs: null }],
  ["Call cancelled", { isVideo: false, outcome: "cancelled", durationMs: null }],
])("a call in the list says: %s", (text, call) => {
  const preview: RoomPreview = { sender: null, isOwn: false, kind: "call", text: "", call };
  expect(previewText(aRoom("r", { preview }))).toEqual({ sender: null, text, isKind: true });
});
