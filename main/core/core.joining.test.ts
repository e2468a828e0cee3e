import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { CoreRig } from "./testing/core-rig.ts";
import { endAll, homeserverWith } from "./testing/core-rig.ts";
import { roomStory } from "./testing/room-story.ts";

// Getting into rooms, and out of them and back.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const { started, idOf, aRoom } = roomStory(() => server);

describe("a room found", () => {
  it("that lets in members of others says whether we are one", async () => {
    const [ours, theirs] = [aRoom(), aRoom({ members: [] })];
    const limited = (to: RoomId): RoomId => {
      const roomId = aRoom({ members: [] });
      const allow = [{ type: "m.room_membership", room_id: to }];
      server.world.sendState(roomId, "ben", "m.room.join_rules", "", {
        join_rule: "knock_restricted",
        allow,
      });
      return roomId;
    };
    const rig = await started();
    const look = (address: RoomId) => rig.core.handlers.previewRoom({ address, via: [] });
    expect(await look(limited(ours))).toMatchObject({ joinRule: "knock_restricted", isLetIn: true });
    expect(await look(limited(theirs))).toMatchObject({ joinRule: "knock_restricted", isLetIn: false });
    expect(await look(aRoom({ members: [], joinRule: "public" }))).toMatchObject({ isLetIn: null });
  });
});

describe("a room that everybody may read", () => {
  const peek = (rig: CoreRig, roomId: RoomId, from: string | null = null) =>
    rig.core.handlers.peekRoom({ roomId, via: [], from, isForward: false });

  it("is read from outside page by page, as its words are now, without those of people who are ignored", async () => {
    const roomId = aRoom({ members: ["cy"], historyVisibility: "world_readable", name: "Square" });
    server.world.sendMessage(roomId, "ben", "the first");
    for (let index = 0; index < 39; index += 1) server.world.sendMessage(roomId, "ben", `shout ${index}`);
    server.world.sendMessage(roomId, "cy", "unheard");
    const old = server.world.sendMessage(roomId, "ben", "two\nlinse");
    server.world.sendMessage(roomId, "ben", {
      ...{ msgtype: "m.text", body: "* two\nlines" },
      "m.new_content": { msgtype: "m.text", body: "two\nlines" },
      "m.relates_to": { rel_type: "m.replace", event_id: old },
    });
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: { [idOf("cy")]: {} } });
    const rig = await started();
    const last = await peek(rig, roomId);
    expect(last.messages.at(-1)).toMatchObject({ senderName: "Ben", kind: "text", text: "two\nlines" });
    expect(last.messages.map(({ text }) => text)).not.toContain("unheard");
    const before = await peek(rig, roomId, last.older);
    expect(before.messages[0]?.text).toBe("the first");
    expect(server.world.members(roomId)).not.toContain(idOf("ann"));
    expect(rig.watch("roomList").value.map((room) => room.roomId)).not.toContain(roomId);
  });

  it("is followed: what comes, what is edited and what is deleted, while it lets itself be read", async () => {
    const roomId = aRoom({ members: ["cy"], historyVisibility: "world_readable", name: "Square" });
    const first = server.world.sendMessage(roomId, "ben", "frist");
    const gone = server.world.sendMessage(roomId, "cy", "in haste");
    const rig = await started();
    const read = await peek(rig, roomId);
    const next = (from: string | null) =>
      rig.core.handlers.peekRoom({ roomId, via: [], from, isForward: true });
    const nothing = await next(read.newer);
    expect(nothing).toMatchObject({ messages: [], changes: [], older: null, newer: read.newer });
    server.world.sendMessage(roomId, "ben", "second");
    server.world.sendMessage(roomId, "ben", {
      ...{ msgtype: "m.text", body: "* first" },
      "m.new_content": { msgtype: "m.text", body: "first" },
      "m.relates_to": { rel_type: "m.replace", event_id: first },
    });
    server.world.redact(roomId, "cy", gone);
    server.world.sendMessage(roomId, "cy", "third");
    const news = await next(nothing.newer);
    expect(news.messages.map(({ senderName, text }) => [senderName, text])).toEqual([
      ["Ben", "second"],
      ["Cy", "third"],
    ]);
    expect(news.changes).toEqual([
      { eventId: first, senderId: idOf("ben"), said: { kind: "text", text: "first" } },
      { eventId: gone, senderId: idOf("cy"), said: null },
    ]);
    expect(await next(news.newer)).toMatchObject({ messages: [], changes: [] });
    // Whether it may be read is not asked each time.
    expect(server.wire.count("GET", /summary/)).toBe(1);
    server.world.sendState(roomId, "ben", "m.room.history_visibility", "", { history_visibility: "shared" });
    server.world.sendMessage(roomId, "ben", "among ourselves");
    await expect(next(news.newer)).rejects.toMatchObject({ failure: { errcode: "M_FORBIDDEN" } });
  });

  it("is another one than a room whose members alone read it: that is not asked for its history (HIS-02)", async () => {
    const roomId = aRoom({ members: [], joinRule: "public" });
    const rig = await started();
    await expect(peek(rig, roomId)).rejects.toMatchObject({ failure: { kind: "invalid" } });
    expect(server.wire.count("GET", /\/messages$/)).toBe(0);
  });
});

describe("servers that help to join", () => {
  it("are also the one a room began on, where nobody of it is known any more", async () => {
    const rig = await started();
    const via = await rig.core.handlers.loadVia({ roomId: "!gone:elsewhere.test" as RoomId });
    expect(via).toEqual({ via: ["dunlin.test", "elsewhere.test"] });
  });

  it("for an older room never seen: that of whoever upgraded it", async () => {
    const roomId = aRoom();
    const create = server.world.state(roomId, "m.room.create");
    server.world.sendState(roomId, "ben", "m.room.create", "", {
      ...create,
      predecessor: { room_id: "!old:far", event_id: "$x" },
    });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const known = await details.until((view) => view !== null && view.predecessor !== null);
    expect(known?.predecessor).toEqual({ roomId: "!old:far", via: ["dunlin.test"], isKnown: false });
  });
});

describe("writing to somebody who has asked us to talk", () => {
  it("takes up their invitation instead of beginning a second chat", async () => {
    const chat = server.world.createRoom({ creator: "ben" }) as RoomId;
    server.world.invite(chat, "ann", "ben", { isDirect: true });
    const rig = await started();
    const list = rig.watch("roomList");
    await list.until((rooms) => rooms.some((room) => room.roomId === chat));
    expect(await rig.core.handlers.startDirectChat({ userId: idOf("ben") })).toEqual({
      ...{ roomId: chat, notInvited: null },
    });
    await list.until((rooms) => rooms.some((room) => room.roomId === chat && room.membership === "join"));
    expect(server.world.readAccountData("ann", null, "m.direct")).toEqual({ [idOf("ben")]: [chat] });
    expect(server.wire.count("POST", /createRoom/)).toBe(0);
  });

  it("begins a new one where the invitation does not let us in any more; offline it begins none", async () => {
    const chat = server.world.createRoom({ creator: "ben" }) as RoomId;
    server.world.invite(chat, "ann", "ben", { isDirect: true });
    const rig = await started();
    const list = rig.watch("roomList");
    await list.until((rooms) => rooms.some((room) => room.roomId === chat));
    const cut = server.faults.add({ on: { method: "POST", path: /\/join$/ }, do: { drop: true } });
    await expect(
      Promise.resolve(rig.core.handlers.startDirectChat({ userId: idOf("ben") })),
    ).rejects.toThrow();
    expect(server.wire.count("POST", /createRoom/)).toBe(0);
    cut.remove();
    server.faults.add({
      on: { method: "POST", path: /\/join$/ },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    const { roomId } = await rig.core.handlers.startDirectChat({ userId: idOf("ben") });
    expect(roomId).not.toBe(chat);
  });
});

describe("a chat with somebody who cannot be invited", () => {
  const chats = () => server.world.readAccountData("ann", null, "m.direct");
  const refused = { error: { status: 403, errcode: "M_INVITE_BLOCKED" } } as const;

  it("is none where no room was made: that is told, and nothing is left", async () => {
    const rig = await started();
    server.faults.add({ on: { method: "POST", path: /createRoom$/ }, do: refused });
    const begun = Promise.resolve(rig.core.handlers.startDirectChat({ userId: idOf("ben") }));
    await expect(begun).rejects.toMatchObject({ failure: { errcode: "M_INVITE_BLOCKED" } });
    expect([rig.watch("roomList").value, chats()]).toEqual([[], undefined]);
  });

  it("whose room is there is no chat until they are invited after all, and can be left without a trace", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    const permit = (user: string, default_action: string) =>
      server.world.accountData(user, null, "m.invite_permission_config", { default_action });
    for (const user of ["ben", "cy"]) permit(user, "block");
    const userId = idOf("ben");
    const { roomId, notInvited } = await rig.core.handlers.startDirectChat({ userId });
    expect(notInvited).toMatchObject({ kind: "rejected", errcode: "M_INVITE_BLOCKED" });
    expect(chats()).toBeUndefined();
    expect(await rig.core.handlers.startDirectChat({ userId, within: roomId })).toMatchObject({
      ...{ roomId, notInvited: { errcode: "M_INVITE_BLOCKED" } },
    });
    permit("ben", "allow");
    expect(await rig.core.handlers.startDirectChat({ userId, within: roomId })).toEqual({
      ...{ roomId, notInvited: null },
    });
    expect(chats()).toEqual({ [userId]: [roomId] });
    const { roomId: empty } = await rig.core.handlers.startDirectChat({ userId: idOf("cy") });
    await list.until((rooms) => rooms.some((room) => room.roomId === empty));
    await rig.core.handlers.leaveRoom({ roomId: empty });
    await rig.core.handlers.forgetRoom({ roomId: empty });
    await list.until((rooms) => rooms.length === 1);
    expect(await rig.core.handlers.loadArchive({})).toEqual([]);
  });

  it("is one where only the answer was lost: they are invited, and it is not begun again", async () => {
    const rig = await started();
    server.faults.add({ on: { method: "POST", path: /createRoom$/ }, do: { answerLost: true }, times: 1 });
    const userId = idOf("ben");
    const { roomId, notInvited } = await rig.core.handlers.startDirectChat({ userId });
    expect([notInvited, chats()]).toEqual([null, { [userId]: [roomId] }]);
    expect(server.wire.count("POST", /createRoom$/)).toBe(1);
  });
});

describe("rooms left before", () => {
  const names = async (rig: CoreRig): Promise<string[]> =>
    (await rig.core.handlers.loadArchive({})).map(({ name }) => name).sort();

  it("come back after everything was loaded anew: listed, readable up to the leave, and to be forgotten (MEM-13, MEM-14)", async () => {
    const [old, banned, kept] = [aRoom({ name: "Old" }), aRoom({ name: "Banned" }), aRoom({ name: "Kept" })];
    server.world.sendMany(old, 150, (n) => ({ sender: "ben", content: `${n}` }));
    server.world.kick(old, "ann", "ben");
    server.world.ban(banned, "ann", "ben");
    server.world.sendMany(old, 1, () => ({ sender: "ben", content: "Behind our back" }));
    const rig = await started();
    expect(await names(rig)).toEqual([]);
    await rig.core.handlers.fetchArchive({});
    expect(await names(rig)).toEqual(["Banned", "Old"]);
    await rig.core.handlers.resetCache({});
    await rig.live();
    expect(await names(rig)).toEqual([]);
    const list = rig.watch("roomList");
    await rig.core.handlers.fetchArchive({});
    expect(await names(rig)).toEqual(["Banned", "Old"]);
    // Nothing of it is news, and nothing of it is in the list.
    expect(list.value.map(({ roomId, unread }) => [roomId, unread])).toEqual([[kept, 0]]);

    const timeline = rig.watch("timeline", { roomId: old });
    const texts = (): string[] =>
      timeline.value.items.flatMap((item) => (item.kind === "message" ? [item.body.text] : []));
    while (timeline.value.older !== "exhausted")
      await rig.core.handlers.paginate({ roomId: old, direction: "backward" });
    expect(texts()).toEqual(Array.from({ length: 150 }, (_, n) => `${n}`));
    await rig.core.handlers.forgetRoom({ roomId: old });
    expect(await names(rig)).toEqual(["Banned"]);
    // The server is asked once.
    const asked = server.wire.count("GET", /\/sync$/);
    await rig.core.handlers.fetchArchive({});
    expect(
      server.wire.requests.filter(
        ({ path, query }) => path.endsWith("/sync") && query["since"] === undefined,
      ),
    ).toHaveLength(4);
    expect(server.wire.count("GET", /\/sync$/)).toBeGreaterThanOrEqual(asked);
  });

  it("that could not be asked for are asked for again, and rooms entered meanwhile stay rooms we are in", async () => {
    const back = aRoom({ name: "Back", joinRule: "public" });
    server.world.kick(back, "ann", "ben");
    const rig = await started();
    const refusal = server.faults.add({
      on: { method: "POST", path: /\/filter$/ },
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
    });
    await expect(Promise.resolve(rig.core.handlers.fetchArchive({}))).rejects.toThrow();
    refusal.remove();
    let enter = (): void => {};
    const held = new Promise<void>((resolve) => (enter = resolve));
    server.faults.add({
      on: { method: "GET", path: /\/sync$/ },
      times: 1,
      do: { holdAnswer: held },
    });
    const list = rig.watch("roomList");
    const fetching = rig.core.handlers.fetchArchive({});
    await rig.core.handlers.joinRoom({ address: back, via: [] });
    await list.until((rooms) => rooms.some(({ roomId }) => roomId === back));
    enter();
    await fetching;
    expect(list.value.map(({ roomId }) => roomId)).toContain(back);
    expect(await names(rig)).toEqual([]);
  });
});

describe("a room that is left", () => {
  it("is listed no more, also where the server still calls it joined while it tells that we are out", async () => {
    const [roomId, back] = [aRoom({ name: "Old" }), aRoom({ name: "Back", joinRule: "public" })];
    const rig = await started();
    const list = rig.watch("roomList");
    await list.until((rooms) => rooms.length === 2);
    const joined = (json: unknown): unknown => {
      const { rooms, ...rest } = json as { rooms: Record<"join" | "leave", object> };
      return { ...rest, rooms: { ...rooms, join: { ...rooms.join, ...rooms.leave }, leave: {} } };
    };
    server.faults.add({ on: { method: "GET", path: /\/sync$/ }, do: { rewrite: joined } });
    await rig.core.handlers.leaveRoom({ roomId });
    await list.until((rooms) => rooms.every((room) => room.roomId !== roomId));
    await rig.core.handlers.leaveRoom({ roomId: back });
    await list.until((rooms) => rooms.length === 0);
    await rig.core.handlers.joinRoom({ address: back, via: [] });
    await list.until((rooms) => rooms.some((room) => room.roomId === back));
  });
});

describe("the reason of an invitation", () => {
  it("reaches who is invited, and is shown to us as plain text (MEM-08)", async () => {
    const roomId = aRoom({ creator: "ann", members: [] });
    const theirs = server.world.createRoom({ creator: "ben", name: "Guild" }) as RoomId;
    server.world.invite(theirs, "ann", "ben", { reason: "We need\u202e you" });
    const rig = await started();
    await rig.core.handlers.inviteToRoom({ roomId, userId: idOf("cy"), reason: "Come and see" });
    const sent = server.wire.requests.find(({ path }) => path.endsWith("/invite"));
    expect(sent?.body).toEqual({ user_id: idOf("cy"), reason: "Come and see" });
    const room = rig.watch("room", { roomId: theirs });
    const { invite } = await room.until((view) => view.invite !== null);
    expect(invite?.reason).toContain("We need");
    expect(invite?.reason).not.toContain("\u202e");
  });
});
