import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { defaultSettings, type Settings } from "../../preload/contract/models/settings.ts";
import { pngOf } from "./media/pictures.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { bodies, noticeStory, watchNotices } from "./testing/notice-story.ts";

// Notifications through the whole core: who is told of what; what is withdrawn; what the user does with them.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): string => server.world.user(user).userId;
const { aRoom, says } = noticeStory(() => server);
const save = (rig: CoreRig, part: Partial<Settings>): unknown =>
  rig.core.handlers.saveSettings({ settings: { ...defaultSettings, ...part } });
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

describe("after the connection was lost for a while", () => {
  it("a room's notification counts what it stood for before, and a digest what the one before it did", async () => {
    const rooms = ["A", "B"].map((name) => aRoom(name));
    const [first = "", second = ""] = rooms;
    const rig = await started();
    const notices = watchNotices(rig);
    says(first, "one");
    await notices.until((now) => now.length === 1);
    const offline = async (said: () => void): Promise<void> => {
      const connection = rig.watch("connection");
      server.cut();
      await connection.until(({ state }) => state !== "live");
      said();
      server.mend();
      await rig.core.handlers.networkIsBack({});
      await connection.until(({ state }) => state === "live");
      connection.stop();
    };
    await offline(() => says(first, "two"));
    await notices.until(([now]) => now?.count === 2);
    await offline(() => ["a", "b", "c", "d"].forEach((body) => says(second, body)));
    await notices.until((now) => now.some(({ tag, count }) => tag === "digest" && count === 4));
    await offline(() => ["e", "f", "g", "h"].forEach((body) => says(second, body)));
    await notices.until((now) => now.some(({ tag, count }) => tag === "digest" && count === 8));
    expect(notices.now.map(({ tag, count }) => [tag, count]).toSorted()).toEqual(
      [
        [first, 2],
        ["digest", 8],
      ].toSorted(),
    );
  });
});

describe("what the settings of this machine say", () => {
  it("without sounds nothing sounds: a message, a digest, an invitation", async () => {
    const two = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const notices = watchNotices(rig);
    await save(rig, { notificationSound: false });
    says(two, "psst");
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" });
    await notices.until((now) => now.length === 2);
    expect(notices.now.map(({ isSilent }) => isSilent)).toEqual([true, true]);
    const revive = rig.kill();
    for (const body of ["one", "two", "three", "four"]) says(two, body);
    const again = await revive();
    const after = watchNotices(again);
    await after.until((now) => now.length === 1);
    expect(after.now[0]).toMatchObject({ tag: "digest", isSilent: true });
    await save(again, { notificationSound: true });
    says(two, "aloud");
    await after.until((now) => now.length === 2);
    expect(after.now.find(({ tag }) => tag === two)).toMatchObject({ body: "aloud", isSilent: false });
  });

  it("with none wanted there is none: message, mention, invitation, call; and none of them later", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    await save(rig, { notify: "none" });
    says(roomId, "a word");
    says(roomId, { msgtype: "m.text", body: "you", "m.mentions": { user_ids: [idOf("ann")] } });
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" });
    await rig.caughtUp("ann");
    const list = rig.watch("roomList").value.find((room) => room.roomId === roomId);
    // The badge counts all the same.
    expect([list?.unread, list?.highlight]).toEqual([2, 1]);
    await save(rig, { notify: "all" });
    const again = await rig.restart();
    const after = watchNotices(again);
    await again.live();
    await again.caughtUp("ann");
    expect([...notices.told, ...after.told]).toEqual([]);
  });

  it("what stands is not dropped by reading a part of it while do not disturb is on", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    const first = says(roomId, "one");
    says(roomId, "two");
    await notices.until(([now]) => now?.count === 2);
    await save(rig, { doNotDisturb: true });
    server.world.receipt(roomId, "ann", first);
    await notices.until(([now]) => now?.count === 1);
    expect(notices.now).toMatchObject([{ body: "two", isSilent: true }]);
  });
});

describe("the picture of a notification", () => {
  const picture = (name: string): string => server.world.uploadMedia(pngOf(16, 16), "image/png", name);
  const small = (mxc: string): string => `media/${mxc.slice("mxc://".length)}?width=96&height=96&method=crop`;

  it("is the room's, the sender's where the room has none, and in a chat of two always the sender's", async () => {
    const [ofBen, ofRoom, ofPair] = [picture("ben"), picture("room"), picture("pair")];
    server.world.setProfile("ben", { avatarMxc: ofBen });
    const make = (name: string, more: object): RoomId =>
      server.world.createRoom({ creator: "ben", name, ...more }) as RoomId;
    const pictured = make("Pictured", { members: ["ann", "cy"], avatarMxc: ofRoom });
    const plain = make("Plain", { members: ["ann", "cy"] });
    const pair = make("Pair", { members: ["ann"], isDirect: true, avatarMxc: ofPair });
    const rig = await started();
    const notices = watchNotices(rig);
    for (const roomId of [pictured, plain, pair]) says(roomId, "hello");
    says(plain, "hello", "cy");
    await notices.until((now) => now.length === 3 && now.some(({ count }) => count === 2));
    const avatars = new Map(notices.told.map(({ tag, title, avatar }) => [`${tag} ${title}`, avatar]));
    expect(avatars.get(`${pictured} Ben (Pictured)`)).toBe(small(ofRoom));
    expect(avatars.get(`${pair} Ben`)).toBe(small(ofBen));
    // Cy has none.
    expect(notices.now.find(({ tag }) => tag === plain)).toMatchObject({ title: "Cy (Plain)", avatar: null });
    // It can be loaded as what it says.
    const answer = await rig.core.media(small(ofBen));
    expect(answer).toMatchObject({ ok: true, file: { contentType: "image/png" } });
  });

  it("of a call is the caller's, of an invitation the room's, and there is none where nothing may be said", async () => {
    const [ofBen, ofRoom] = [picture("ben"), picture("room")];
    server.world.setProfile("ben", { avatarMxc: ofBen });
    const pair = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const notices = watchNotices(rig);
    const rings = (call_id: string): unknown =>
      server.world.sendMessage(
        pair,
        "ben",
        { call_id, version: "1", party_id: "P", lifetime: 60_000, offer: { type: "offer", sdp: "v=0" } },
        { type: "m.call.invite" },
      );
    rings("call-one");
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ kind: "call", avatar: small(ofBen) });
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats", avatarMxc: ofRoom });
    await notices.until((now) => now.length === 2);
    expect(notices.now.find(({ kind }) => kind === "invite")).toMatchObject({ avatar: small(ofRoom) });
    await save(rig, { notificationText: "none" });
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Ships", avatarMxc: ofRoom });
    await notices.until((now) => now.length === 3);
    expect(notices.now.at(-1)).toMatchObject({ kind: "invite", avatar: null });
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
