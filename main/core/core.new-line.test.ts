import { afterEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Where what is new begins, through the whole core: also where that is further back than what is loaded.

let server: Homeserver;
afterEach(endAll);

it("names the last event read while it is not loaded, and stands there when history brings it", async () => {
  server = await homeserverWith("Ann", "Ben");
  const roomId = server.world.createRoom({ creator: "ann", members: ["ben"] }) as RoomId;
  const say = (body: string): EventId => server.world.sendMessage(roomId, "ben", body) as EventId;
  const read = say("the last one read");
  server.world.receipt(roomId, "ann", read);
  for (let i = 0; i < 150; i++) say(`wave ${i}`);
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const timeline = rig.watch("timeline", { roomId });
  await rig.core.handlers.visitRoom({ roomId });
  expect(timeline.value.newAfter).toBe(read);
  // It stays while the end is being read.
  const newest = server.world.events(roomId).at(-1)?.event_id as EventId;
  await rig.core.handlers.markRead({ roomId, eventId: newest });
  await rig.caughtUp("ann");
  expect(timeline.value.newAfter).toBe(read);
  for (let page = 0; page < 8 && timeline.value.newAfter !== null; page++)
    await rig.core.handlers.paginate({ roomId });
  expect(timeline.value.newAfter).toBeNull();
  const at = timeline.value.items.findIndex((item) => item.kind === "read-marker");
  const [before, after] = [timeline.value.items[at - 1], timeline.value.items[at + 1]];
  expect([before, after]).toMatchObject([{ eventId: read }, { kind: "message", body: { text: "wave 0" } }]);
  // The next visit finds nothing new.
  await rig.core.handlers.visitRoom({ roomId });
  expect(timeline.value).toMatchObject({ newAfter: null });
  expect(timeline.value.items.some((item) => item.kind === "read-marker")).toBe(false);
});

/** The words right below the line; null where there is none. */
const firstNew = ({ items }: Topics["timeline"]["snapshot"]): string | null => {
  const at = items.findIndex(({ kind }) => kind === "read-marker");
  const item = items[at + 1];
  return at < 0 || item?.kind !== "message" ? null : item.body.text;
};

it("stands where the user marks a room as unread from, without a connection and after a restart, until read again", async () => {
  server = await homeserverWith("Ann", "Ben");
  const roomId = server.world.createRoom({ creator: "ann", members: ["ben"] }) as RoomId;
  const say = (body: string): EventId => server.world.sendMessage(roomId, "ben", body) as EventId;
  const [, two, , four] = [say("one"), say("two"), say("three"), say("four")];
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const timeline = rig.watch("timeline", { roomId });
  await rig.core.handlers.visitRoom({ roomId });
  await rig.core.handlers.markRead({ roomId, eventId: four });
  await rig.core.handlers.visitRoom({ roomId });
  expect(firstNew(timeline.value)).toBeNull();
  const mark = () => server.world.readAccountData("ann", roomId, "m.marked_unread");
  server.cut();
  await rig.core.handlers.markUnread({ roomId, isUnread: true, from: two });
  expect(firstNew(timeline.value)).toBe("two");
  // What is said meanwhile moves nothing.
  server.mend();
  await rig.core.handlers.networkIsBack({});
  await eventually(() => mark()?.["unread"] === true);
  expect(mark()).toEqual({ unread: true, "org.dunlin.from": two });
  say("five");
  await rig.caughtUp("ann");
  expect(firstNew(timeline.value)).toBe("two");

  const again = await rig.restart();
  const later = again.watch("timeline", { roomId });
  await again.core.handlers.visitRoom({ roomId });
  expect(firstNew(later.value)).toBe("two");
  const newest = server.world.events(roomId).at(-1)?.event_id as EventId;
  await again.core.handlers.markRead({ roomId, eventId: newest });
  await eventually(() => mark()?.["unread"] === false);
  expect(mark()).toEqual({ unread: false });
  // Whoever reads still sees it; the next visit finds all read.
  expect(firstNew(later.value)).toBe("two");
  await again.core.handlers.visitRoom({ roomId });
  expect(firstNew(later.value)).toBeNull();
});

it("does not go back to what was read before, which the server says late", async () => {
  server = await homeserverWith("Ann", "Ben");
  const roomId = server.world.createRoom({ creator: "ann", members: ["ben"] }) as RoomId;
  const say = (body: string): EventId => server.world.sendMessage(roomId, "ben", body) as EventId;
  const [one, , three] = [say("one"), say("two"), say("three")];
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const timeline = rig.watch("timeline", { roomId });
  await rig.core.handlers.visitRoom({ roomId });
  let tell = (): void => undefined;
  const holdBefore = new Promise<void>((resolve) => (tell = resolve));
  server.faults.add({ on: { path: /\/read_markers$/ }, do: { holdBefore }, times: 1 });
  await rig.core.handlers.markRead({ roomId, eventId: three });
  server.world.receipt(roomId, "ann", one, "m.fully_read");
  await rig.caughtUp("ann");
  await rig.core.handlers.visitRoom({ roomId });
  expect(firstNew(timeline.value)).toBeNull();
  // Nor by an event of ours that was seen again.
  await rig.core.handlers.markRead({ roomId, eventId: one });
  await rig.core.handlers.visitRoom({ roomId });
  expect(firstNew(timeline.value)).toBeNull();
  tell();
});

it("stands where another device of ours marked the room as unread from, also before that is loaded", async () => {
  server = await homeserverWith("Ann", "Ben");
  const roomId = server.world.createRoom({ creator: "ann", members: ["ben"] }) as RoomId;
  const say = (body: string): EventId => server.world.sendMessage(roomId, "ben", body) as EventId;
  say("the last one read");
  const first = say("wave 0");
  for (let i = 1; i < 150; i++) say(`wave ${i}`);
  server.world.receipt(roomId, "ann", server.world.events(roomId).at(-1)?.event_id ?? "");
  server.world.accountData("ann", roomId, "m.marked_unread", { unread: true, "org.dunlin.from": first });
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const timeline = rig.watch("timeline", { roomId });
  await rig.core.handlers.visitRoom({ roomId });
  expect(timeline.value.newAfter).toBe(first);
  for (let page = 0; page < 8 && timeline.value.newAfter !== null; page++)
    await rig.core.handlers.paginate({ roomId });
  expect(firstNew(timeline.value)).toBe("wave 0");
});

it.each([
  ["a place that is no event", 7],
  ["too long a name", `$${"x".repeat(300)}`],
  ["an alias", "#a:b"],
])(
  "%s in the mark is nowhere: the room is unread, the line stands where reading ended",
  async (_what, from) => {
    server = await homeserverWith("Ann", "Ben");
    const roomId = server.world.createRoom({ creator: "ann", members: ["ben"] }) as RoomId;
    server.world.receipt(roomId, "ann", server.world.sendMessage(roomId, "ben", "one"));
    server.world.sendMessage(roomId, "ben", "two");
    server.world.accountData("ann", roomId, "m.marked_unread", { unread: true, "org.dunlin.from": from });
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const timeline = rig.watch("timeline", { roomId });
    expect(firstNew(timeline.value)).toBe("two");
    expect(rig.watch("roomList").value[0]?.isMarkedUnread).toBe(true);
  },
);
