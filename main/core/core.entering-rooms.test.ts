import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { endAll, eventually, homeserverWith, type CoreRig } from "./testing/core-rig.ts";
import { aPlan, failureOf, roomStory } from "./testing/room-story.ts";

// Rooms made, found, entered and left through the whole core.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const { started, idOf, aRoom } = roomStory(() => server);

describe("a new room", () => {
  it("is of one go what the dialog says (CRT-21, HIS-01)", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    const { roomId } = await rig.core.handlers.createRoom(
      aPlan({
        name: "Harbour",
        topic: "Ships",
        preset: "public_chat",
        isPublished: true,
        aliasLocalpart: "#harbour:dunlin.test",
        historyVisibility: "joined",
        invite: [idOf("ben")],
        isFederated: false,
      }),
    );
    await list.until((rooms) => rooms.some((room) => room.roomId === roomId && room.name === "Harbour"));
    const state = (type: string) => server.world.state(roomId, type);
    expect(state("m.room.history_visibility")).toEqual({ history_visibility: "joined" });
    expect(state("m.room.join_rules")).toEqual({ join_rule: "public" });
    expect(state("m.room.create")).toMatchObject({ "m.federate": false });
    expect(state("m.room.canonical_alias")).toEqual({ alias: "#harbour:dunlin.test" });
    expect(server.world.state(roomId, "m.room.member", idOf("ben"))).toMatchObject({ membership: "invite" });
    const [request] = server.wire.requests.filter(({ path }) => path.endsWith("/createRoom"));
    expect(request?.body).toMatchObject({ room_alias_name: "harbour", visibility: "public" });
    const page = await rig.core.handlers.loadDirectory({ server: null, term: "harb", since: null });
    expect(page.rooms).toMatchObject([{ roomId, name: "Harbour", membership: "join", memberCount: 1 }]);
  });

  it("becomes part of a space, and tells when the space does not take it", async () => {
    const own = aRoom({ creator: "ann", members: [], type: "m.space", name: "Town" });
    const others = aRoom({ type: "m.space", name: "Club" });
    const rig = await started();
    const inOwn = await rig.core.handlers.createRoom(aPlan({ parentSpaceId: own }));
    expect(inOwn.notInSpace).toBeNull();
    expect(server.world.state(own, "m.space.child", inOwn.roomId)).toEqual({ via: ["dunlin.test"] });
    expect(server.world.state(inOwn.roomId, "m.space.parent", own)).toMatchObject({ canonical: true });
    const outside = await rig.core.handlers.createRoom(aPlan({ parentSpaceId: others }));
    expect(outside.notInSpace).toMatchObject({ kind: "rejected", errcode: "M_FORBIDDEN" });
    expect(server.world.members(outside.roomId)).toEqual([idOf("ann")]);
  });

  it("with somebody the server refuses is made all the same, and tells who it is", async () => {
    const rig = await started();
    const refuse = { error: { status: 403, errcode: "M_INVITE_BLOCKED" } };
    const invite = [idOf("ben"), idOf("cy")];
    server.faults.add({ on: { method: "POST", path: /createRoom$/ }, do: refuse, times: 1 });
    server.faults.add({ on: { method: "POST", path: /\/invite$/ }, do: refuse, times: 1 });
    const plan = aPlan({ name: "Harbour", preset: "trusted_private_chat", roomVersion: "11", invite });
    const made = await rig.core.handlers.createRoom(plan);
    expect(made.notInvited).toMatchObject([
      { userId: idOf("ben"), failure: { errcode: "M_INVITE_BLOCKED" } },
    ]);
    expect(server.world.state(made.roomId, "m.room.member", idOf("ben"))).toBeUndefined();
    expect(server.world.state(made.roomId, "m.room.member", idOf("cy"))).toMatchObject({
      membership: "invite",
    });
    // Who could be invited stands as high as we do, as was chosen.
    const levels = server.world.state(made.roomId, "m.room.power_levels");
    expect(levels).toMatchObject({ users: { [idOf("ann")]: 100, [idOf("cy")]: 100 } });
  });

  it("of version 12 makes creators of those who are invited, also where somebody is refused; levels name none of them", async () => {
    const rig = await started();
    const refuse = { error: { status: 403, errcode: "M_INVITE_BLOCKED" } };
    const creators = [idOf("ben"), idOf("cy")];
    const plan = aPlan({ name: "Harbour", preset: "trusted_private_chat", invite: creators });
    server.faults.add({ on: { method: "POST", path: /createRoom$/ }, do: refuse, times: 1 });
    server.faults.add({ on: { method: "POST", path: /\/invite$/ }, do: refuse, times: 1 });
    const refused = await rig.core.handlers.createRoom(plan);
    // It is there already when the server says that somebody cannot be invited.
    server.faults.add({ on: { method: "POST", path: /createRoom$/ }, do: { answerLost: true }, times: 1 });
    const half = await rig.core.handlers.createRoom(plan);
    for (const { roomId } of [refused, half]) {
      expect(server.world.state(roomId, "m.room.create")).toMatchObject({ additional_creators: creators });
      expect(server.world.state(roomId, "m.room.power_levels")).toMatchObject({ users: {} });
    }
    expect(refused.notInvited.map(({ userId }) => userId)).toEqual([idOf("ben")]);
    expect(server.wire.count("PUT", /m\.room\.power_levels/)).toBe(0);
  });

  it("that is there although its making failed is taken for the one that was wanted", async () => {
    const rig = await started();
    server.faults.add({ on: { method: "POST", path: /createRoom$/ }, do: { answerLost: true }, times: 1 });
    const made = await rig.core.handlers.createRoom(aPlan({ name: "Harbour", invite: [idOf("ben")] }));
    expect(made.notInvited).toEqual([]);
    expect(server.wire.count("POST", /\/(createRoom|invite)$/)).toBe(1);
    expect(server.world.state(made.roomId, "m.room.member", idOf("ben"))).toMatchObject({
      membership: "invite",
    });
  });

  it("is refused where the people were not the reason, and nothing is left behind", async () => {
    const rig = await started();
    const plan = aPlan({ roomVersion: "nine hundred", invite: [idOf("ben")] });
    const refused = await failureOf(rig.core.handlers.createRoom(plan));
    expect(refused).toMatchObject({ kind: "rejected", errcode: "M_UNSUPPORTED_ROOM_VERSION" });
    expect(server.wire.count("POST", /createRoom$/)).toBe(1);
  });

  it("whose address is taken is refused with the code that says so, before and when it is made", async () => {
    aRoom({ alias: "taken" });
    const rig = await started();
    expect(await rig.core.handlers.checkAlias({ localpart: "taken" })).toEqual({
      alias: "#taken:dunlin.test",
      isFree: false,
    });
    expect(await rig.core.handlers.checkAlias({ localpart: "free" })).toMatchObject({ isFree: true });
    const refused = await failureOf(rig.core.handlers.createRoom(aPlan({ aliasLocalpart: "taken" })));
    expect(refused).toMatchObject({ kind: "rejected", errcode: "M_ROOM_IN_USE" });
    const foreign = await failureOf(rig.core.handlers.createRoom(aPlan({ aliasLocalpart: "a:elsewhere" })));
    expect(foreign.kind).toBe("invalid");
  });
});

describe("a chat between two", () => {
  it("is begun once and used again, and m.direct keeps what others wrote", async () => {
    server.world.accountData("ann", null, "m.direct", { "@old:far": ["!x:far"] });
    const rig = await started();
    const [first, again] = await Promise.all([
      rig.core.handlers.startDirectChat({ userId: idOf("ben") }),
      rig.core.handlers.startDirectChat({ userId: idOf("ben") }),
    ]);
    expect(again).toEqual(first);
    const list = rig.watch("roomList");
    await list.until((rooms) => rooms.some((room) => room.directUserId === idOf("ben")));
    expect(await rig.core.handlers.startDirectChat({ userId: idOf("ben") })).toEqual(first);
    expect(server.wire.count("POST", /\/createRoom$/)).toBe(1);
    expect(server.world.readAccountData("ann", null, "m.direct")).toEqual({
      "@old:far": ["!x:far"],
      [idOf("ben")]: [first.roomId],
    });
  });

  it("the other one has left is not used again", async () => {
    const old = aRoom({ creator: "ann", members: ["ben"], isDirect: true });
    const rig = await started();
    const room = rig.watch("room", { roomId: old });
    server.world.leave(old, "ben");
    await room.until(({ memberCount }) => memberCount === 1);
    expect((await rig.core.handlers.startDirectChat({ userId: idOf("ben") })).roomId).not.toBe(old);
  });

  it("we were invited to is written down when it is taken up, also where the first attempt fails", async () => {
    const rig = await started();
    const list = rig.watch("roomList");
    const roomId = aRoom({ members: [], invited: ["ann"], isDirect: true });
    await list.until((rooms) => rooms.some((room) => room.roomId === roomId));
    server.faults.add({
      on: { method: "PUT", path: /account_data\/m\.direct/ },
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
      times: 1,
    });
    await rig.core.handlers.acceptInvite({ roomId });
    server.world.sendMessage(roomId, "ben", "hello");
    await list.until((rooms) => rooms.some((room) => room.directUserId === idOf("ben")));
    expect(server.world.readAccountData("ann", null, "m.direct")).toEqual({ [idOf("ben")]: [roomId] });
  });
});

describe("a chat between two whose invitation is being taken up", () => {
  const DIRECT = { method: "PUT", path: /account_data\/m\.direct/ };
  const chats = () => server.world.readAccountData("ann", null, "m.direct");
  let rig: CoreRig;
  let roomId: RoomId;
  beforeEach(async () => {
    rig = await started();
    roomId = aRoom({ members: [], invited: ["ann"], isDirect: true });
    await rig.watch("roomList").until((rooms) => rooms.some((room) => room.roomId === roomId));
  });
  const written = (): Promise<void> =>
    eventually(() => JSON.stringify(chats()) === JSON.stringify({ [idOf("ben")]: [roomId] }));

  it("is one also after a kill before that was written", async () => {
    server.faults.add({ on: DIRECT, do: { drop: true } });
    await rig.core.handlers.acceptInvite({ roomId });
    const begin = rig.kill();
    server.faults.clear();
    await begin();
    await written();
  });

  it("is one also where a kill came between the server's doing and its answer", async () => {
    const held = Promise.withResolvers<undefined>();
    server.faults.add({ on: { method: "POST", path: /\/join$/ }, do: { holdAnswer: held.promise } });
    Promise.resolve(rig.core.handlers.acceptInvite({ roomId })).catch(() => undefined);
    await eventually(() => server.wire.count("POST", /\/join$/) > 0);
    const begin = rig.kill();
    held.resolve(undefined);
    server.faults.clear();
    await begin();
    await written();
  });

  it("is none where the server does not let us in, nor later when we come in another way", async () => {
    const refusal = { error: { status: 403, errcode: "M_FORBIDDEN" } } as const;
    server.faults.add({ on: { method: "POST", path: /\/join$/ }, do: refusal, times: 1 });
    await expect(Promise.resolve(rig.core.handlers.acceptInvite({ roomId }))).rejects.toThrow();
    server.world.join(roomId, "ann");
    await rig.watch("room", { roomId }).until(({ membership }) => membership === "join");
    await rig.caughtUp("ann");
    expect(chats()).toBeUndefined();
  });
});

describe("getting into rooms", () => {
  it("by an address: it is asked for once, and the servers it names are passed on (ALI-02, ALI-04)", async () => {
    const roomId = aRoom({ members: [], joinRule: "public", alias: "pier", name: "Pier" });
    const rig = await started();
    const preview = await rig.core.handlers.previewRoom({ address: "#pier:dunlin.test", via: [] });
    expect(preview).toMatchObject({ roomId, name: "Pier", membership: "leave", via: ["dunlin.test"] });
    expect(await rig.core.handlers.joinRoom({ address: "#pier:dunlin.test", via: ["far.test"] })).toEqual({
      roomId,
    });
    const [join] = server.wire.requests.filter(({ path }) => path.includes("/join/"));
    expect(join?.path).toContain(encodeURIComponent(roomId.slice(1)));
    expect(join?.query["via"]).toBe("far.test,dunlin.test");
  });

  it("by knocking: it waits among the invitations, and can be taken back", async () => {
    const roomId = aRoom({ members: [], joinRule: "knock", name: "Club" });
    const rig = await started();
    const list = rig.watch("roomList");
    await rig.core.handlers.knockRoom({ address: roomId, via: [], reason: "please" });
    await list.until((rooms) =>
      rooms.some(
        (room) => room.roomId === roomId && room.membership === "knock" && room.section === "invites",
      ),
    );
    expect(server.world.state(roomId, "m.room.member", idOf("ann"))).toMatchObject({
      membership: "knock",
      reason: "please",
    });
    await rig.core.handlers.leaveRoom({ roomId });
    await list.until((rooms) => rooms.length === 0);
  });

  it("by knocking: a yes lets us in, also where it came while we were away", async () => {
    const roomId = aRoom({ members: [], joinRule: "knock", name: "Club" });
    const rig = await started();
    const list = rig.watch("roomList");
    await rig.core.handlers.knockRoom({ address: roomId, via: [], reason: "" });
    await list.until((rooms) => rooms[0]?.membership === "knock");
    await rig.close();
    server.world.invite(roomId, "ann", "ben");
    const again = await rig.restart();
    const rooms = again.watch("roomList");
    await rooms.until((all) => all[0]?.membership === "join");
    expect(server.world.members(roomId)).toContain(idOf("ann"));
  });

  it("by knocking: a no is told with its reason, and taking it back is none", async () => {
    const club = aRoom({ members: [], joinRule: "knock", name: "Club" });
    const other = aRoom({ members: [], joinRule: "knock", name: "Other" });
    const rig = await started();
    const list = rig.watch("roomList");
    for (const address of [club, other]) await rig.core.handlers.knockRoom({ address, via: [], reason: "" });
    await list.until((rooms) => rooms.filter(({ membership }) => membership === "knock").length === 2);
    const notices = rig.watch("notices");
    await rig.core.handlers.leaveRoom({ roomId: other });
    server.world.kick(club, "ann", "ben", "members only");
    await list.until((rooms) => rooms.length === 0);
    expect(notices.value.map(({ roomId, body }) => [roomId, body])).toEqual([
      [club, "Your request to join was declined: members only"],
    ]);
  });

  it("restricted to members of a space lets those in, and tells the others why not", async () => {
    const spaceId = aRoom({ type: "m.space", name: "Town" });
    const roomId = aRoom({
      members: [],
      initialState: [
        {
          type: "m.room.join_rules",
          content: { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: spaceId }] },
        },
      ],
    });
    const rig = await started();
    await rig.core.handlers.joinRoom({ address: roomId, via: [] });
    expect(server.world.members(roomId)).toContain(idOf("ann"));
    const closed = aRoom({ members: [] });
    const refused = await failureOf(rig.core.handlers.joinRoom({ address: closed, via: [] }));
    expect(refused).toMatchObject({ kind: "rejected", errcode: "M_FORBIDDEN" });
  });

  it("that took the place of another, through the servers of the old one", async () => {
    const fresh = aRoom({ members: [], joinRule: "public", name: "New" });
    const old = aRoom({ name: "Old" });
    server.world.sendState(old, "ben", "m.room.tombstone", "", { body: "", replacement_room: fresh });
    const rig = await started();
    expect(await rig.core.handlers.followUpgrade({ roomId: old })).toEqual({ roomId: fresh });
    const [join] = server.wire.requests.filter(({ path }) => path.includes("/join/"));
    expect(join?.query["via"]).toBe("dunlin.test");
    const none = await failureOf(rig.core.handlers.followUpgrade({ roomId: aRoom() }));
    expect(none.kind).toBe("invalid");
  });
});

describe("leaving", () => {
  it("keeps the room in the archive until it is forgotten, here and there", async () => {
    const roomId = aRoom({ name: "Past" });
    server.world.sendMessage(roomId, "ben", "memories");
    const rig = await started();
    const list = rig.watch("roomList");
    await rig.core.handlers.leaveRoom({ roomId });
    await list.until((rooms) => rooms.length === 0);
    expect(await rig.core.handlers.loadArchive({})).toMatchObject([
      { roomId, name: "Past", membership: "leave" },
    ]);
    await rig.core.handlers.forgetRoom({ roomId });
    expect(await rig.core.handlers.loadArchive({})).toEqual([]);
    const timeline = rig.watch("timeline", { roomId });
    expect(timeline.value.items).toEqual([]);
    expect(server.wire.count("POST", /\/forget$/)).toBe(1);
  });

  it("an invitation and ignoring who sent it: the list of the ignored keeps those it had", async () => {
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: { "@cy:far": {} } });
    const rig = await started();
    const list = rig.watch("roomList");
    const roomId = aRoom({ members: [], invited: ["ann"] });
    await list.until((rooms) => rooms.length === 1);
    await rig.core.handlers.declineAndIgnore({ roomId });
    await list.until((rooms) => rooms.length === 0);
    expect(server.world.readAccountData("ann", null, "m.ignored_user_list")).toEqual({
      ignored_users: { "@cy:far": {}, [idOf("ben")]: {} },
    });
  });
});
