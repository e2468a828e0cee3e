import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { Notice } from "../../preload/contract/models/notice.ts";
import { defaultSettings, type Settings } from "../../preload/contract/models/settings.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Notifications through the whole core: who is told of what, once; what is withdrawn; what the user does with them.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): string => server.world.user(user).userId;
const aRoom = (name = "Harbour", members = ["ann", "cy"]): RoomId =>
  server.world.createRoom({ creator: "ben", members, name }) as RoomId;
const says = (roomId: string, content: string | Record<string, unknown>, sender = "ben"): EventId =>
  server.world.sendMessage(roomId, sender, content) as EventId;
const save = (rig: CoreRig, part: Partial<Settings>): unknown =>
  rig.core.handlers.saveSettings({ settings: { ...defaultSettings, ...part } });
const bodies = (notices: readonly Notice[]): string[] =>
  notices.map(({ title, body }) => `${title}: ${body}`);

/** Every notification that was ever shown, once per showing, silent ones apart. */
function watchNotices(rig: CoreRig) {
  const notices = rig.watch("notices");
  return {
    until: (isWanted: (now: readonly Notice[]) => boolean) => notices.until(isWanted),
    get now() {
      return notices.value;
    },
    get told() {
      const seen = new Map<number, Notice>();
      for (const value of notices.values) for (const notice of value) seen.set(notice.version, notice);
      return [...seen.values()];
    },
  };
}

describe("a message", () => {
  it("is told with sender, room and text; several of a room are one that counts them", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    const first = says(roomId, "hello");
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({
      tag: roomId,
      kind: "message",
      eventId: first,
      title: "Ben (Harbour)",
      body: "hello",
      count: 1,
      actions: ["reply", "mark-read"],
      isSilent: true, // the rule for rooms of many has no sound
    });
    says(roomId, { msgtype: "m.image", body: "cat.jpg", url: "mxc://dunlin.test/cat" });
    await notices.until(([now]) => now?.count === 2);
    expect(notices.now).toHaveLength(1);
    expect(notices.now[0]?.body).toMatch(/^Photo.* \(and 1 more\)$/);
  });

  it("of two has a sound and the name alone; a mention has one too", async () => {
    const two = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const notices = watchNotices(rig);
    says(two, "psst");
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ title: "Ben", body: "psst", isSilent: false });
  });

  it("says no more than the settings allow", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    await save(rig, { notificationText: "sender" });
    says(roomId, "secret");
    await notices.until(([now]) => now?.body === "New message");
    expect(notices.now[0]?.title).toBe("Ben (Harbour)");
    await save(rig, { notificationText: "none" });
    says(roomId, "secret too");
    await notices.until(([now]) => now?.title === "Dunlin");
    expect(JSON.stringify(notices.told)).not.toMatch(/secret/);
    expect(notices.now[0]).toMatchObject({ body: "2 new messages", avatar: null });
  });

  it("is not told in the room in front, while do not disturb is on, or when only mentions are wanted", async () => {
    const [front, other] = [aRoom("Front"), aRoom("Other")];
    const rig = await started();
    const notices = watchNotices(rig);
    await rig.core.handlers.attend({ roomId: front });
    says(front, "seen");
    await rig.caughtUp("ann");
    await save(rig, { doNotDisturb: true });
    says(other, "quiet");
    await rig.caughtUp("ann");
    await save(rig, { notify: "mentions" });
    says(other, "no mention");
    says(other, { msgtype: "m.text", body: "you", "m.mentions": { user_ids: [idOf("ann")] } });
    await notices.until((now) => now.length === 1);
    expect(bodies(notices.told)).toEqual(["Ben (Other): you"]);
  });

  it("that others may not raise is not told: our own, muted, edits, reactions, ignored people", async () => {
    const roomId = aRoom();
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: { [idOf("cy")]: {} } });
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "ignored", "cy");
    says(roomId, "own", "ann");
    says(roomId, { msgtype: "m.notice", body: "bot" });
    await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "mute" } });
    says(roomId, "muted");
    await rig.caughtUp("ann");
    expect(notices.told).toEqual([]);
  });

  it("carries names and words as one plain line, whatever is in them", async () => {
    server.world.setProfile("ben", { displayName: "Ben\u202e\nEvil" });
    const roomId = aRoom("Har\u0000bour\u202e");
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "<b>bold</b>\n\u202eover\u0007" + "x".repeat(5000));
    await notices.until((now) => now.length === 1);
    const text = bodies(notices.now).join();
    expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
    expect(text.length).toBeLessThan(800);
  });
});

describe("a notification is withdrawn", () => {
  it("when the message is read on another device, redacted, or the room is left", async () => {
    const [read, redacted, left] = [aRoom("A"), aRoom("B"), aRoom("C")];
    const rig = await started();
    const notices = watchNotices(rig);
    const one = says(read, "one");
    const two = says(redacted, "two");
    says(left, "three");
    await notices.until((now) => now.length === 3);
    server.world.receipt(read, "ann", one);
    await notices.until((now) => now.length === 2 && now.every(({ tag }) => tag !== read));
    server.world.redact(redacted, "ben", two);
    await notices.until((now) => now.length === 1);
    server.world.kick(left, "ann");
    await notices.until((now) => now.length === 0);
  });

  it("in part: what is left is shown silently, without the words that are gone", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "stays");
    const gone = says(roomId, "goes");
    await notices.until(([now]) => now?.count === 2);
    server.world.redact(roomId, "ben", gone);
    await notices.until(([now]) => now?.count === 1);
    expect(notices.now[0]).toMatchObject({ body: "stays", isSilent: true });
  });

  it("when the user comes to the room", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "one");
    await notices.until((now) => now.length === 1);
    await rig.core.handlers.attend({ roomId });
    expect(notices.now).toEqual([]);
  });
});

describe("what the user does with a notification", () => {
  async function withNotice() {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    const eventId = says(roomId, "hello");
    await notices.until((now) => now.length === 1);
    return { roomId, rig, notices, eventId };
  }

  it("a click leads to the room and the message, until the page has arrived", async () => {
    const { roomId, rig, notices, eventId } = await withNotice();
    const destination = rig.watch("destination");
    await rig.core.handlers.actOnNotice({ tag: roomId, act: { act: "open" } });
    expect(destination.value).toMatchObject({ roomId, eventId });
    expect(notices.now).toEqual([]);
    await rig.core.handlers.arrived({ number: destination.value?.number ?? 0 });
    expect(destination.value).toBeNull();
  });

  it("a reply is a message of the queue, and reads the room", async () => {
    const { roomId, rig } = await withNotice();
    await rig.core.handlers.actOnNotice({ tag: roomId, act: { act: "reply", body: "hi" } });
    await eventually(() => server.world.events(roomId).some(({ content }) => content["body"] === "hi"));
    const list = rig.watch("roomList");
    await list.until((rooms) => rooms.find((room) => room.roomId === roomId)?.unread === 0);
  });

  it("mark read sends the receipt", async () => {
    const { roomId, rig, eventId } = await withNotice();
    await rig.core.handlers.actOnNotice({ tag: roomId, act: { act: "mark-read" } });
    await eventually(() =>
      server.world
        .receipts(roomId)
        .some((receipt) => receipt.userId === idOf("ann") && receipt.eventId === eventId),
    );
  });

  it("on one that is gone does nothing", async () => {
    const { rig } = await withNotice();
    await rig.core.handlers.actOnNotice({ tag: "!gone:x", act: { act: "reply", body: "late" } });
  });
});

describe("nothing is told twice", () => {
  it("after a restart, or a kill at any moment; what came meanwhile is told", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "before");
    await notices.until((now) => now.length === 1);
    const revive = rig.kill();
    says(roomId, "while away");
    const again = await revive();
    const after = watchNotices(again);
    await again.live();
    await after.until((now) => now.length === 1);
    expect(bodies(after.told)).toEqual(["Ben (Harbour): while away"]);
    const third = await again.restart();
    const last = watchNotices(third);
    await third.live();
    await third.caughtUp("ann");
    expect(last.told).toEqual([]);
  });

  it("nor is what was there before a first sync", async () => {
    says(aRoom(), "long ago");
    const rig = await started();
    const notices = watchNotices(rig);
    await rig.caughtUp("ann");
    expect(notices.told).toEqual([]);
    expect(rig.watch("roomList").value.find(({ name }) => name === "Harbour")?.unread).toBe(1);
  });

  it("much that came while the app was off is one digest, which goes when all of it is read", async () => {
    const rooms = ["A", "B", "C"].map((name) => aRoom(name));
    const rig = await started();
    const revive = rig.kill();
    for (const roomId of rooms) for (const body of ["one", "two"]) says(roomId, body);
    says(rooms[0] ?? "", { msgtype: "m.text", body: "Ann", "m.mentions": { user_ids: [idOf("ann")] } });
    const again = await revive();
    const notices = watchNotices(again);
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ tag: "digest", title: "While you were away", count: 7 });
    expect(notices.now[0]?.body).toMatch(/^7 messages in 3 rooms, 1 mentions you: [ABC, ]+$/);
    // Part of it is read on another device, part is deleted: what is left is said, without a sound.
    const [first = "", second = "", third = ""] = rooms;
    server.world.receipt(first, "ann", server.world.events(first).at(-1)?.event_id ?? "");
    await notices.until(([now]) => now?.count === 4);
    expect(notices.now).toMatchObject([{ tag: "digest", isSilent: true }]);
    expect(notices.now[0]?.body).toMatch(/^4 messages in 2 rooms: (B, C|C, B)$/);
    server.world.receipt(second, "ann", server.world.events(second).at(-1)?.event_id ?? "");
    await notices.until(([now]) => now?.count === 2);
    server.world.redact(third, "ben", server.world.events(third).at(-1)?.event_id ?? "");
    await notices.until(([now]) => now?.count === 1);
    expect(notices.now[0]?.body).toBe("1 message in 1 room: C");
    for (const roomId of rooms)
      server.world.receipt(roomId, "ann", server.world.events(roomId).at(-1)?.event_id ?? "");
    await notices.until((now) => now.length === 0);
  });
});

describe("an invitation", () => {
  it("is told once and withdrawn when answered", async () => {
    const rig = await started();
    const notices = watchNotices(rig);
    const roomId = server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" }) as RoomId;
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ kind: "invite", title: "Boats", body: "Ben invites you" });
    await rig.core.handlers.acceptInvite({ roomId });
    await notices.until((now) => now.length === 0);
    const again = await rig.restart();
    const after = watchNotices(again);
    await again.live();
    expect(after.told).toEqual([]);
  });
});
