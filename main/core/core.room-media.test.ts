import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId, UserId } from "../../preload/contract/ids.ts";
import type { RoomMediaKind, RoomMediaView } from "../../preload/contract/models/room-media.ts";
import { CoreRig, endAll } from "./testing/core-rig.ts";
import { garden } from "./testing/room-story.ts";

// The pictures, files, links and recordings of a room: from what is stored, and where that ends, from the server.

let server: Homeserver;
let roomId: RoomId;
let rig: CoreRig;
beforeEach(async () => void ({ server, roomId } = await garden()));
afterEach(endAll);

const url = "mxc://dunlin.test/abc";
const send = (content: Parameters<Homeserver["world"]["sendMessage"]>[2]): string =>
  server.world.sendMessage(roomId, "ben", content);
const file = (msgtype: string, body: string): string => send({ msgtype, body, url, info: { size: 7 } });
const start = async (): Promise<void> => void (rig = await (await CoreRig.start(server)).signIn("ann"));
const watch = (kind: RoomMediaKind) => rig.watch("roomMedia", { roomId, kind });
const bodies = ({ entries }: RoomMediaView): string[] => entries.map(({ body }) => body.text);
const isDone = ({ older }: RoomMediaView): boolean => older === "exhausted";

it("lists each in its place, newest first, and nothing of other rooms", async () => {
  const other = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Other" });
  server.world.sendMessage(other, "ben", { msgtype: "m.image", body: "elsewhere.png", url });
  file("m.image", "one.png");
  send("words only");
  file("m.file", "notes.txt");
  send("see https://example.org/a and be amazed");
  file("m.video", "waves.webm");
  file("m.audio", "gulls.ogg");
  await start();
  expect(bodies(await watch("pictures").until(isDone))).toEqual(["waves.webm", "one.png"]);
  expect(bodies(await watch("files").until(isDone))).toEqual(["notes.txt"]);
  expect(bodies(await watch("links").until(isDone))).toEqual(["see https://example.org/a and be amazed"]);
  const { entries } = await watch("voice").until(isDone);
  expect(entries).toMatchObject([
    { sender: { name: "Ben", isOwn: false }, body: { type: "audio", media: { name: "gulls.ogg", size: 7 } } },
  ]);
});

it("keeps the order of an album whose pictures all have one time, as bridges send them", async () => {
  const originServerTs = Date.now() - 60_000;
  const names = Array.from({ length: 8 }, (_, i) => `${i}.png`);
  for (const body of names)
    server.world.sendMessage(roomId, "ben", { msgtype: "m.image", body, url }, { originServerTs });
  await start();
  expect(bodies(await watch("pictures").until(isDone))).toEqual(names.toReversed());
});

it.each([
  ["an empty room", false],
  ["a room whose first words are here", true],
])("shows the first picture of %s while it is open", async (_, hasWords) => {
  if (hasWords) send("words only");
  await start();
  const list = watch("pictures");
  await list.until(isDone);
  file("m.image", "one.png");
  await list.until((view) => bodies(view).join() === "one.png");
});

it("follows what comes, what is edited and what is deleted", async () => {
  const first = file("m.image", "one.png");
  await start();
  const list = watch("pictures");
  await list.until((view) => bodies(view).length === 1);
  file("m.image", "two.png");
  await list.until((view) => bodies(view).join() === "two.png,one.png");
  const picture = { msgtype: "m.image", filename: "one.png", url };
  send({
    ...{ ...picture, body: "* The first" },
    "m.new_content": { ...picture, body: "The first" },
    "m.relates_to": { rel_type: "m.replace", event_id: first },
  });
  await list.until((view) => bodies(view).join() === "two.png,The first");
  server.world.redact(roomId, "ben", first);
  await list.until((view) => bodies(view).join() === "two.png");
});

it("goes on page by page, and from the server where nothing more is stored", async () => {
  // A second apart: of several in one millisecond, which comes first no time says.
  const { world } = server;
  const begin = world.now() - 300_000;
  for (let i = 0; i < 150; i++) world.at(begin + i * 1000, () => file("m.file", `file ${i}`));
  for (let i = 0; i < 60; i++) send(`word ${i}`);
  await start();
  const list = watch("files");
  const first = await list.until(({ older }) => older !== "loading");
  expect(first.entries.length).toBeLessThan(150);
  let view = first;
  while (!isDone(view)) {
    await rig.core.handlers.moreRoomMedia({ roomId, kind: "files" });
    view = await list.until(({ older }) => older !== "loading");
  }
  expect(bodies(view)).toEqual(Array.from({ length: 150 }, (_, i) => `file ${149 - i}`));
});

it("offline it shows what is here, and says why there is no more", async () => {
  for (let i = 0; i < 30; i++) file("m.image", `${i}.png`);
  for (let i = 0; i < 5; i++) send(`word ${i}`);
  await start();
  server.cut();
  const { older, entries } = await watch("pictures").until(
    (view) => typeof view.older === "object" && view.entries.length > 5,
  );
  expect(["offline", "unavailable"]).toContain((older as { failed: { kind: string } }).failed.kind);
  expect(entries.length).toBeLessThan(30);
});

describe("in an open list", () => {
  const day = 86_400_000;
  const longAgo = (days: number, act: () => void): void =>
    server.world.at(server.world.now() - days * day, act);
  const talk = (count: number): void => {
    for (let i = 0; i < count; i++) send(`word ${i}`);
  };

  it("what the timeline brings when it is scrolled back appears, as far as was asked for", async () => {
    for (let i = 0; i < 70; i++) longAgo(90 - i, () => void file("m.image", `${i}.png`));
    talk(30);
    await start();
    server.faults.add({
      on: { method: "GET", path: /messages/ },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
      times: 1,
    });
    const list = watch("pictures");
    // Nothing is here, and the server gives no more: the end of what is stored.
    await list.until(({ older }) => typeof older === "object");
    const timeline = rig.watch("timeline", { roomId });
    while (timeline.value.older !== "exhausted") await rig.core.handlers.paginate({ roomId });
    const names = (from: number, to: number): string[] =>
      Array.from({ length: from - to }, (_, i) => `${from - 1 - i}.png`);
    // Indexed in any order, and what was shown once stays: of more than were asked for the newest are here.
    await list.until((view) => bodies(view).slice(0, 60).join() === names(70, 10).join());
    await rig.core.handlers.moreRoomMedia({ roomId, kind: "pictures" });
    expect(bodies(await list.until(isDone))).toEqual(names(70, 0));
  });

  it("what another server sends after days stands in its place", async () => {
    longAgo(20, () => void file("m.image", "first.png"));
    file("m.image", "last.png");
    await start();
    const list = watch("pictures");
    await list.until(isDone);
    longAgo(10, () => void file("m.image", "late.png"));
    await list.until((view) => bodies(view).join() === "last.png,late.png,first.png");
  });

  it("a hole that opens is not its end, and what fills it appears", async () => {
    file("m.image", "before.png");
    await start();
    const list = watch("pictures");
    await list.until(isDone);
    server.cut();
    longAgo(2, () => void file("m.image", "in the hole.png"));
    talk(60);
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await list.until(({ older }) => older === "idle");
    rig.watch("timeline", { roomId });
    await rig.core.handlers.paginate({ roomId });
    await list.until((view) => bodies(view).join() === "before.png,in the hole.png");
  });

  it("the pictures of somebody ignored go, and come back with them", async () => {
    longAgo(9, () => void file("m.image", "old.png"));
    await start();
    const list = watch("pictures");
    await list.until(isDone);
    const userId = server.world.user("ben").userId as UserId;
    await rig.core.handlers.setIgnored({ userId, isIgnored: true });
    await list.until((view) => bodies(view).length === 0);
    await rig.core.handlers.setIgnored({ userId, isIgnored: false });
    await list.until((view) => bodies(view).join() === "old.png");
  });
});
