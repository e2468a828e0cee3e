import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { RoomSummary } from "../../preload/contract/models/room.ts";
import { CoreRig, endAll, homeserverWith, roomNamed, texts } from "./testing/core-rig.ts";

// Rooms through the whole core: names, invitations, rights, receipts, typing, account data.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
type Options = Parameters<Homeserver["world"]["createRoom"]>[0];
const aRoom = (options: Partial<Options> = {}): RoomId =>
  server.world.createRoom({ creator: "ben", members: ["ann"], ...options }) as RoomId;
const summaryOf = (list: readonly RoomSummary[], roomId: RoomId): RoomSummary | undefined =>
  list.find((room) => room.roomId === roomId);
const idOf = (user: string): string => server.world.user(user).userId;

describe("the name of a room", () => {
  it("without one is that of its people, who come by lazy loading", async () => {
    const [two, three] = [aRoom(), aRoom({ members: ["ann", "cy"] })];
    for (const roomId of [two, three])
      server.world.sendMany(roomId, 60, (i) => ({ sender: "ann", content: `message ${i}` }));
    const rig = await started();
    const list = rig.watch("roomList");
    expect(summaryOf(list.value, two)?.name).toBe("Ben");
    expect(["Ben and Cy", "Cy and Ben"]).toContain(summaryOf(list.value, three)?.name);
    server.world.leave(two, "ben");
    await list.until((rooms) => summaryOf(rooms, two)?.name === "Empty room (was Ben)");
  });

  it("and its picture follow the other person of a direct chat", async () => {
    const roomId = aRoom({ isDirect: true });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    const list = rig.watch("roomList");
    expect(room.value).toMatchObject({ name: "Ben", avatar: null, directUserId: idOf("ben") });
    const avatarMxc = server.world.uploadMedia(Buffer.from("picture"), "image/png");
    server.world.setProfile("ben", { displayName: "Benedict", avatarMxc });
    await room.until(({ name, avatar }) => name === "Benedict" && avatar !== null);
    expect(summaryOf(list.value, roomId)).toMatchObject({ name: "Benedict", section: "people" });
  });

  it("set, changed and taken away again", async () => {
    const roomId = aRoom({ name: "One" });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    server.world.sendState(roomId, "ben", "m.room.name", "", { name: "Two" });
    await room.until(({ name }) => name === "Two");
    server.world.sendState(roomId, "ben", "m.room.canonical_alias", "", { alias: "#three:dunlin.test" });
    server.world.sendState(roomId, "ben", "m.room.name", "", {});
    await room.until(({ name }) => name === "#three:dunlin.test");
    server.world.sendState(roomId, "ben", "m.room.canonical_alias", "", {});
    await room.until(({ name }) => name === "Ben");
  });
});

describe("an invitation", () => {
  it("to a chat without a name is named after who invites, and becomes a room when accepted", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    const roomId = aRoom({ members: [], invited: ["ann"], isDirect: true });
    await list.until((rooms) => summaryOf(rooms, roomId)?.membership === "invite");
    expect(summaryOf(list.value, roomId)).toMatchObject({ name: "Ben", section: "invites" });
    const room = rig.watch("room", { roomId });
    expect(room.value).toMatchObject({
      composerBlock: "not-joined",
      mayDeleteOthers: false,
      invite: { inviterId: idOf("ben"), inviterName: "Ben" },
    });
    await rig.core.handlers.acceptInvite({ roomId });
    await room.until(({ composerBlock }) => composerBlock === null);
    expect(room.value.invite).toBeNull();
    expect(summaryOf(list.value, roomId)).toMatchObject({ membership: "join", name: "Ben" });
  });

  it("declined, or withdrawn, leaves the list", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    const [declined, withdrawn] = [
      aRoom({ members: [], invited: ["ann"], name: "No" }),
      aRoom({ members: [], invited: ["ann"], name: "Oh" }),
    ];
    await list.until(({ length }) => length === 2);
    await rig.core.handlers.declineInvite({ roomId: declined });
    await list.until(({ length }) => length === 1);
    server.world.kick(withdrawn, "ann");
    await list.until(({ length }) => length === 0);
    expect(server.world.members(declined)).not.toContain(idOf("ann"));
  });

  it("again after leaving stands on top as an invitation", async () => {
    const roomId = aRoom({ name: "Again" });
    aRoom({ name: "Other" });
    const rig = await started();
    const list = rig.watch("roomList");
    server.world.leave(roomId, "ann");
    await list.until(({ length }) => length === 1);
    server.world.invite(roomId, "ann");
    await list.until(({ length }) => length === 2);
    expect(list.value[0]).toMatchObject({ roomId, section: "invites", name: "Again" });
  });
});

describe("a membership that ends", () => {
  it.each([
    ["by a kick", "kick", "not-joined"],
    ["by a ban", "ban", "banned"],
  ] as const)("%s leaves the list, and the open room says why", async (_what, verb, block) => {
    const roomId = aRoom({ name: "Short" });
    server.world.sendMessage(roomId, "ben", "before");
    const rig = await started();
    const list = rig.watch("roomList");
    const room = rig.watch("room", { roomId });
    const timeline = rig.watch("timeline", { roomId });
    server.world[verb](roomId, "ann");
    await room.until(({ composerBlock }) => composerBlock === block);
    expect(list.value).toEqual([]);
    expect(texts(timeline.value)).toEqual(["before"]);
    // Over a restart too, and undone by coming back.
    const again = await rig.restart();
    expect(again.watch("room", { roomId }).value.composerBlock).toBe(block);
    server.world.join(roomId, "ann");
    await again.watch("room", { roomId }).until(({ composerBlock }) => composerBlock === null);
  });
});

describe("the composer", () => {
  it("is open or shut by power levels as they change", async () => {
    const roomId = aRoom();
    const rig = await started();
    const room = rig.watch("room", { roomId });
    expect(room.value.composerBlock).toBeNull();
    const levels = { users: { [idOf("ben")]: 100 }, events_default: 50 };
    server.world.sendState(roomId, "ben", "m.room.power_levels", "", levels);
    await room.until(({ composerBlock }) => composerBlock === "no-permission");
    const more = { ...levels, users: { ...levels.users, [idOf("ann")]: 50 } };
    server.world.sendState(roomId, "ben", "m.room.power_levels", "", more);
    await room.until(({ composerBlock }) => composerBlock === null);
  });

  it("is shut in an upgraded room, which says where it went", async () => {
    const roomId = aRoom();
    const rig = await started();
    const room = rig.watch("room", { roomId });
    server.world.sendState(roomId, "ben", "m.room.tombstone", "", {
      body: "moved",
      replacement_room: "!new",
    });
    await room.until(({ composerBlock }) => composerBlock === "upgraded");
    expect(room.value.replacementRoomId).toBe("!new");
  });

  it("is too late to stop words that wait when the room is encrypted: they stay here, and say why", async () => {
    const roomId = aRoom();
    const rig = await started();
    const outbox = rig.watch("outbox");
    const room = rig.watch("room", { roomId });
    const down = server.faults.add({ on: { path: /\/send\// }, do: { status: { code: 502 } } });
    await rig.type(roomId, "said in the open");
    await server.wire.waitFor(({ path, status }) => /\/send\//.test(path) && status === 502);
    server.world.sendState(roomId, "ben", "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
    await room.until(({ isEncrypted }) => isEncrypted);
    down.remove();
    await rig.core.handlers.networkIsBack({});
    await outbox.until(([entry]) => entry?.send.state === "unsent");
    expect(outbox.value).toMatchObject([
      {
        text: "said in the open",
        send: { reason: { code: "rejected", failure: { message: "room-encrypted" } } },
      },
    ]);
    await rig.core.handlers.retryAllSends({});
    await outbox.until(([entry]) => entry?.send.state === "unsent");
    const messages = server.world.events(roomId).filter(({ type }) => type === "m.room.message");
    expect(messages).toEqual([]);
  });

  it("is shut in an encrypted room", async () => {
    const roomId = aRoom();
    const rig = await started();
    const room = rig.watch("room", { roomId });
    server.world.sendState(roomId, "ben", "m.room.encryption", "", { algorithm: "m.megolm.v1.aes-sha2" });
    await room.until(({ composerBlock, isEncrypted }) => composerBlock === "encrypted" && isEncrypted);
  });
});

describe("typing", () => {
  it("of others is shown and cleared, by them and by a lost connection", async () => {
    const roomId = aRoom({ members: ["ann", "cy"] });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    server.world.setTyping(roomId, ["ben", "ann"]);
    await room.until(({ typing }) => typing.length === 1);
    expect(room.value.typing).toEqual(["Ben"]);
    server.world.setTyping(roomId, []);
    await room.until(({ typing }) => typing.length === 0);
    server.world.setTyping(roomId, ["cy"]);
    await room.until(({ typing }) => typing.length === 1);
    server.cut();
    await room.until(({ typing }) => typing.length === 0);
  });

  it("of ours is told unless the settings say no", async () => {
    const roomId = aRoom();
    const rig = await started();
    await rig.core.handlers.setTyping({ roomId, isTyping: true });
    await server.wire.waitFor(({ path, status }) => /\/typing\//.test(path) && status === 200);
    expect(server.world.typing(roomId)).toEqual([idOf("ann")]);
    await rig.core.handlers.setTyping({ roomId, isTyping: false });
    await server.wire.waitFor(
      ({ path, body, status }) =>
        /\/typing\//.test(path) && status === 200 && (body as { typing: boolean }).typing === false,
    );
    const { value } = rig.watch("settings");
    await rig.core.handlers.saveSettings({ settings: { ...value, sendTyping: false } });
    const before = server.wire.count("PUT", /\/typing\//);
    await rig.core.handlers.setTyping({ roomId, isTyping: true });
    await rig.caughtUp("ann");
    expect(server.wire.count("PUT", /\/typing\//)).toBe(before);
  });
});

describe("reading a room", () => {
  const newest = (roomId: RoomId): EventId => server.world.events(roomId).at(-1)?.event_id as EventId;

  it("clears its count at once, tells the server, and stays read", async () => {
    const roomId = aRoom({ members: ["ann", "cy"] });
    server.world.sendMany(roomId, 3, (i) => ({ sender: "ben", content: `message ${i}` }));
    const rig = await started();
    const list = rig.watch("roomList");
    expect(summaryOf(list.value, roomId)?.unread).toBe(3);
    const eventId = newest(roomId);
    await rig.core.handlers.markRead({ roomId, eventId });
    expect(summaryOf(list.value, roomId)?.unread).toBe(0);
    await server.wire.waitFor(({ path, status }) => path.endsWith("/read_markers") && status === 200);
    await rig.caughtUp("ann");
    expect(server.world.receipts(roomId)).toContainEqual(
      expect.objectContaining({ userId: idOf("ann"), type: "m.read", eventId }),
    );
    server.world.sendMessage(roomId, "cy", "news");
    await list.until((rooms) => summaryOf(rooms, roomId)?.unread === 1);
  });

  it("offline survives a restart; the latest of several is what the server hears, once", async () => {
    const roomId = aRoom();
    const ids = server.world.sendMany(roomId, 3, (i) => ({ sender: "ben", content: `message ${i}` }));
    const rig = await started();
    server.cut();
    for (const eventId of ids) await rig.core.handlers.markRead({ roomId, eventId: eventId as EventId });
    const again = await rig.restart();
    const list = again.watch("roomList");
    expect(summaryOf(list.value, roomId)?.unread).toBe(0);
    await again.watch("connection").until(({ state }) => state === "offline");
    // What the server says before it has heard of it is of before.
    server.faults.add({ on: { path: /\/read_markers$/ }, do: { status: { code: 502 } }, times: 1 });
    server.world.sendState(roomId, "ben", "m.room.topic", "", {
      topic: "makes the room part of the next sync",
    });
    server.mend();
    await server.wire.waitFor(({ path, status }) => path.endsWith("/read_markers") && status === 200, 20_000);
    await again.caughtUp("ann");
    expect(list.values.map((rooms) => summaryOf(rooms, roomId)?.unread).filter((n) => n !== 0)).toEqual([]);
    const told = server.wire.requests.filter(
      ({ path, status }) => path.endsWith("/read_markers") && status === 200,
    );
    expect(told.map(({ body }) => body)).toEqual([{ "m.fully_read": ids[2], "m.read": ids[2] }]);
  });

  it("in private is not told to others", async () => {
    const roomId = aRoom();
    server.world.sendMessage(roomId, "ben", "psst");
    const rig = await started();
    const { value } = rig.watch("settings");
    await rig.core.handlers.saveSettings({ settings: { ...value, readReceipts: "private" } });
    await rig.core.handlers.markRead({ roomId, eventId: newest(roomId) });
    const told = await server.wire.waitFor(({ path }) => path.endsWith("/read_markers"));
    expect(Object.keys(told.body as object).sort()).toEqual(["m.fully_read", "m.read.private"]);
  });

  it("elsewhere, by another device of ours, clears the count here", async () => {
    const roomId = aRoom();
    server.world.sendMessage(roomId, "ben", "read it there");
    const rig = await started();
    const list = rig.watch("roomList");
    expect(summaryOf(list.value, roomId)?.unread).toBe(1);
    server.world.receipt(roomId, "ann", newest(roomId));
    await list.until((rooms) => summaryOf(rooms, roomId)?.unread === 0);
  });
});

describe("account data", () => {
  const mute = (roomId: RoomId) => ({
    global: { room: [{ rule_id: roomId, actions: [], enabled: true, default: false }] },
  });

  it("that is there before the rooms sorts and mutes them from the start", async () => {
    const [direct, favourite, low, muted] = [aRoom(), aRoom(), aRoom(), aRoom({ name: "Muted" })];
    server.world.accountData("ann", null, "m.direct", { [idOf("ben")]: [direct] });
    server.world.accountData("ann", favourite, "m.tag", { tags: { "m.favourite": { order: 0.5 } } });
    server.world.accountData("ann", low, "m.tag", { tags: { "m.lowpriority": {} } });
    server.world.accountData("ann", null, "m.push_rules", mute(muted));
    const { value } = (await started()).watch("roomList");
    expect(value.map(({ roomId, section }) => [roomId, section])).toEqual([
      [favourite, "favourites"],
      [direct, "people"],
      [muted, "rooms"],
      [low, "low-priority"],
    ]);
    expect(value.filter(({ isMuted }) => isMuted).map(({ roomId }) => roomId)).toEqual([muted]);
  });

  it("that comes after the rooms moves and mutes them where they are", async () => {
    const roomId = aRoom({ name: "Moving" });
    aRoom({ name: "Other" });
    const rig = await started();
    const list = rig.watch("roomList");
    const until = (section: string) => list.until((rooms) => summaryOf(rooms, roomId)?.section === section);
    server.world.accountData("ann", null, "m.direct", { [idOf("ben")]: [roomId] });
    await until("people");
    server.world.accountData("ann", roomId, "m.tag", { tags: { "m.favourite": {} } });
    await until("favourites");
    server.world.accountData("ann", roomId, "m.tag", { tags: {} });
    await until("people");
    server.world.accountData("ann", null, "m.direct", {});
    await until("rooms");
    server.world.accountData("ann", null, "m.push_rules", mute(roomId));
    await list.until((rooms) => summaryOf(rooms, roomId)?.isMuted === true);
    expect(roomNamed(list.value, "Other")?.isMuted).toBe(false);
  });

  it("of a room that is not here yet is remembered for when it comes", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    const roomId = server.world.createRoom({ creator: "ben" }) as RoomId;
    server.world.accountData("ann", null, "m.direct", { [idOf("ben")]: [roomId] });
    await rig.caughtUp("ann");
    server.world.join(roomId, "ann");
    await list.until((rooms) => summaryOf(rooms, roomId) !== undefined);
    expect(summaryOf(list.value, roomId)).toMatchObject({ section: "people", directUserId: idOf("ben") });
  });
});

describe("settings", () => {
  it("survive a restart, a sign-out and a damaged value", async () => {
    const rig = await CoreRig.start(server);
    const settings = rig.watch("settings");
    const wanted = {
      ...settings.value,
      theme: "dark" as const,
      roomListWidth: 333,
      closeToTray: false,
      foldedSections: ["rooms"],
    };
    await rig.core.handlers.saveSettings({ settings: wanted });
    expect(settings.value).toEqual(wanted);
    expect((await rig.restart()).watch("settings").value).toEqual(wanted);
  });
});

describe("many changes", () => {
  it("keep the list in its order at every moment", async () => {
    const rooms = Array.from({ length: 12 }, (_, i) => aRoom({ name: `Room ${i}` }));
    const rig = await started();
    const list = rig.watch("roomList");
    for (const [i, roomId] of [...rooms, ...rooms].entries())
      server.world.sendMessage(roomId, "ben", `message ${i}`, {
        originServerTs: 1e12 + ((i * 7919) % 100) * 1000,
      });
    await rig.caughtUp("ann");
    for (const value of list.values) {
      const times = value
        .filter(({ section }) => section === "rooms")
        .map(({ lastActivityTs }) => lastActivityTs);
      expect(times).toEqual([...times].sort((a, b) => b - a));
      expect(new Set(value.map(({ roomId }) => roomId)).size).toBe(value.length);
    }
  });
});

it.each([
  ["as everybody, where nobody is above", { users: {}, usersDefault: 0, redact: undefined }, false],
  [
    "at the level that is asked for by default",
    { users: { ann: 50 }, usersDefault: 0, redact: undefined },
    true,
  ],
  ["just below it", { users: { ann: 49 }, usersDefault: 0, redact: undefined }, false],
  ["where nothing is asked for", { users: {}, usersDefault: 0, redact: 0 }, true],
  ["where everybody stands that high", { users: {}, usersDefault: 70, redact: 70 }, true],
  [
    "where one's own level is lower than everybody's",
    { users: { ann: 10 }, usersDefault: 70, redact: 70 },
    false,
  ],
] as const)(
  "what others wrote may be deleted %s: %j",
  async (_where, { users, usersDefault, redact }, may) => {
    const roomId = aRoom({ name: "Harbour" });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    server.world.sendState(roomId, "ben", "m.room.power_levels", "", {
      users: {
        [idOf("ben")]: 100,
        ...Object.fromEntries(Object.entries(users).map(([name, level]) => [idOf(name), level])),
      },
      users_default: usersDefault,
      ...(redact === undefined ? {} : { redact }),
    });
    await rig.caughtUp("ann");
    expect(room.value.mayDeleteOthers).toBe(may);
    // Whoever is out may nothing.
    server.world.kick(roomId, "ann");
    await room.until(({ membership }) => membership === "leave");
    expect(room.value.mayDeleteOthers).toBe(false);
  },
);
