import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId, UserId } from "../../preload/contract/ids.ts";
import type { NewRoom } from "../../preload/contract/models/new-room.ts";
import { FailureError, type Failure } from "./failure.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Rooms made, found, run and left through the whole core.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): UserId => server.world.user(user).userId as UserId;
type Options = Parameters<Homeserver["world"]["createRoom"]>[0];
const aRoom = (options: Partial<Options> = {}): RoomId =>
  server.world.createRoom({ creator: "ben", members: ["ann"], ...options }) as RoomId;
const aPlan = (plan: Partial<NewRoom> = {}): NewRoom => ({
  kind: "room",
  name: "",
  topic: "",
  avatar: null,
  preset: "private_chat",
  isPublished: false,
  aliasLocalpart: null,
  invite: [],
  historyVisibility: "shared",
  roomVersion: null,
  isFederated: true,
  parentSpaceId: null,
  ...plan,
});
async function failureOf(work: unknown): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof FailureError) return error.failure;
    throw error;
  }
  throw new Error("it did not fail");
}

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

describe("the details of a room", () => {
  it("follow its state, its rights and one's own membership", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"], name: "One", topic: "Old" });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    expect(details.value).toMatchObject({
      name: "One",
      topic: "Old",
      joinRule: "invite",
      historyVisibility: "shared",
      ownLevel: 100,
      version: "11",
      creator: { userId: idOf("ann"), name: "Ann" },
      people: [{ userId: idOf("ann"), level: 100 }],
    });
    const change = (what: Parameters<CoreRig["core"]["handlers"]["changeRoom"]>[0]["change"]) =>
      rig.core.handlers.changeRoom({ roomId, change: what });
    await change({ what: "name", name: "Two" });
    await change({ what: "topic", topic: "" });
    await change({ what: "join-rule", rule: "knock", allow: [] });
    await change({ what: "history", visibility: "invited" });
    await change({ what: "person-level", userId: idOf("ben"), level: 50 });
    await change({ what: "add-alias", alias: "#two:dunlin.test" });
    await change({ what: "canonical-alias", alias: "#two:dunlin.test" });
    await change({ what: "published", isPublished: true });
    await details.until((view) => view?.canonicalAlias === "#two:dunlin.test");
    expect(details.value).toMatchObject({
      name: "Two",
      topic: "",
      joinRule: "knock",
      historyVisibility: "invited",
    });
    expect(server.world.state(roomId, "m.room.topic")).toEqual({});
    expect(server.world.state(roomId, "m.room.power_levels")).toMatchObject({
      users: { [idOf("ann")]: 100, [idOf("ben")]: 50 },
      kick: 50,
    });
    expect(await rig.core.handlers.loadRoomListing({ roomId })).toEqual({
      isPublished: true,
      aliases: ["#two:dunlin.test"],
    });
    await change({ what: "remove-alias", alias: "#two:dunlin.test" });
    expect(server.world.state(roomId, "m.room.canonical_alias")).toEqual({ alt_aliases: [] });
    server.world.kick(roomId, "ann", "ben", "enough");
    await details.until((view) => view?.membership === "leave");
    expect(Object.values(details.value?.may ?? {})).not.toContain(true);
  });

  it("an address that our directory does not have goes from the room's state alone", async () => {
    const roomId = aRoom({ creator: "ann" });
    const names = { alias: "#main:far.test", alt_aliases: ["#old:far.test", "#other:far.test"] };
    server.world.sendState(roomId, "ann", "m.room.canonical_alias", "", names);
    const rig = await started();
    const change = { what: "remove-other-alias", alias: "#old:far.test" } as const;
    await rig.core.handlers.changeRoom({ roomId, change });
    const left = { alias: "#main:far.test", alt_aliases: ["#other:far.test"] };
    expect(server.world.state(roomId, "m.room.canonical_alias")).toEqual(left);
    expect(server.wire.count("DELETE", /directory/)).toBe(0);
  });

  it("a message is reported, and one the server does not know is refused", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"] });
    const eventId = server.world.sendMessage(roomId, "ben", "pirates") as EventId;
    const rig = await started();
    await rig.core.handlers.reportMessage({ roomId, eventId, reason: "rude" });
    const sent = server.wire.requests.find(({ path }) => path.includes("/report/"));
    expect(sent?.body).toEqual({ reason: "rude" });
    const unknown = rig.core.handlers.reportMessage({ roomId, eventId: "$nothing" as EventId, reason: "" });
    await expect(unknown).rejects.toMatchObject({ failure: { errcode: "M_NOT_FOUND" } });
  });

  it("creators of a room of version 12 stand above levels, and their level is nobody's to set", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"], version: "12" });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    expect(details.value).toMatchObject({ ownLevel: "creator", may: { levels: true, upgrade: true } });
    const change = { what: "person-level", userId: idOf("ann"), level: 50 } as const;
    expect((await failureOf(rig.core.handlers.changeRoom({ roomId, change }))).kind).toBe("invalid");
    await rig.core.handlers.changeRoom({
      roomId,
      change: { what: "person-level", userId: idOf("ben"), level: 100 },
    });
    expect(server.world.state(roomId, "m.room.power_levels")).toMatchObject({
      users: { [idOf("ben")]: 100 },
    });
  });

  it("an upgrade closes the room and names the new one", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"], name: "Old", alias: "moves" });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    const next = await rig.core.handlers.upgradeRoom({ roomId, version: "11" });
    await room.until(({ replacementRoomId }) => replacementRoomId === next.roomId);
    expect(await failureOf(rig.core.handlers.upgradeRoom({ roomId, version: "no" }))).toMatchObject({
      errcode: "M_UNSUPPORTED_ROOM_VERSION",
    });
  });

  it("state can be read, and written where it is a JSON object", async () => {
    const roomId = aRoom({ creator: "ann", members: [], name: "Raw" });
    const rig = await started();
    const state = await rig.core.handlers.loadRoomState({ roomId });
    expect(state.find(({ type }) => type === "m.room.name")).toMatchObject({
      content: '{\n  "name": "Raw"\n}',
    });
    const put = { roomId, type: "org.example.x", stateKey: "k", content: '{"a":1}' };
    await rig.core.handlers.putRoomState(put);
    expect(server.world.state(roomId, "org.example.x", "k")).toEqual({ a: 1 });
    expect((await failureOf(rig.core.handlers.putRoomState({ ...put, content: "[1]" }))).kind).toBe(
      "invalid",
    );
  });
});

describe("the members", () => {
  it("are asked for once, come highest first and by name, and in pages", async () => {
    const roomId = aRoom({ creator: "ben" });
    for (let i = 0; i < 250; i += 1)
      server.world.join(roomId, `@m${String(i).padStart(3, "0")}:far.test`, { displayName: `Member ${i}` });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const load = (query: string, from: number) =>
      rig.core.handlers.loadMembers({ roomId, group: "join", query, from });
    await load("", 0);
    await details.until((view) => view?.members === "whole");
    const first = await load("", 0);
    expect(first.total).toBe(252);
    expect(first.members).toHaveLength(100);
    expect(first.members[0]).toMatchObject({ userId: idOf("ben"), level: 100 });
    expect(first.members[1]).toMatchObject({ userId: idOf("ann"), isOwn: true });
    const rest = [...(await load("", 100)).members, ...(await load("", 200)).members];
    expect(new Set([...first.members, ...rest].map(({ userId }) => userId)).size).toBe(252);
    expect((await load("MEMBER 17", 0)).members.map(({ displayName }) => displayName)).toEqual([
      "Member 17",
      ...Array.from({ length: 10 }, (_, i) => `Member ${170 + i}`),
    ]);
    expect(server.wire.count("GET", /\/members$/)).toBe(1);
  });

  it("are found by any part of name or id, however it is written, as they are called now", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"] });
    const names = ["Zoë", "Élan Vital", "ÖMER", "zoe bell", "Vitali"];
    for (const [i, displayName] of names.entries())
      server.world.join(roomId, `@guest${i}:far.test`, { displayName });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const found = async (query: string): Promise<readonly (string | null)[]> => {
      const page = await rig.core.handlers.loadMembers({ roomId, group: "join", query, from: 0 });
      expect(page.total).toBe(page.members.length);
      return page.members.map(({ displayName }) => displayName);
    };
    await found("");
    await details.until((view) => view?.members === "whole");
    expect(await found("ZOE")).toEqual(["zoe bell", "Zoë"]);
    expect(await found("élan")).toEqual(["Élan Vital"]);
    expect(await found("ömer")).toEqual(["ÖMER"]);
    expect(await found("vital")).toEqual(["Vitali", "Élan Vital"]);
    expect(await found("guest3:far")).toEqual(["zoe bell"]);
    expect(await found("nobody")).toEqual([]);
    // The same list goes on while people come, go and are renamed.
    server.world.join(roomId, "@guest1:far.test", { displayName: "Anna Vital" });
    server.world.leave(roomId, "@guest4:far.test");
    server.world.join(roomId, "@guest9:far.test", { displayName: "Vitalia" });
    await rig.caughtUp("ann");
    expect(await found("vital")).toEqual(["Anna Vital", "Vitalia"]);
    expect(await found("élan")).toEqual([]);
  });

  it("are no longer found by a name that was taken back (RED-02)", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"] });
    const joined = server.world.join(roomId, "@rude:far.test", { displayName: "Rude words" });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const total = async (query: string): Promise<number> =>
      (await rig.core.handlers.loadMembers({ roomId, group: "join", query, from: 0 })).total;
    await total("");
    await details.until((view) => view?.members === "whole");
    expect(await total("words")).toBe(1);
    server.world.redact(roomId, "ann", joined);
    await rig.caughtUp("ann");
    expect(await total("words")).toBe(0);
    expect(await total("rude")).toBe(1);
  });

  it("are found in pages, those above the rest first", async () => {
    const roomId = aRoom({ creator: "ben", powerLevels: { users: { "@m149:far.test": 50 } } });
    for (let i = 0; i < 150; i += 1)
      server.world.join(roomId, `@m${String(i).padStart(3, "0")}:far.test`, { displayName: `Wader ${i}` });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const page = (query: string, from: number) =>
      rig.core.handlers.loadMembers({ roomId, group: "join", query, from });
    await page("", 0);
    await details.until((view) => view?.members === "whole");
    const first = await page("wader", 0);
    const second = await page("wader", 100);
    expect([first.total, second.total]).toEqual([150, 150]);
    expect(first.members[0]?.displayName).toBe("Wader 149");
    expect(second.members).toHaveLength(50);
    expect(new Set([...first.members, ...second.members].map(({ userId }) => userId)).size).toBe(150);
  });

  it("that came after a gap are asked for again", async () => {
    const roomId = aRoom();
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const page = () => rig.core.handlers.loadMembers({ roomId, group: "join", query: "", from: 0 });
    await page();
    await details.until((view) => view?.members === "whole");
    server.cut();
    server.world.join(roomId, "cy");
    server.world.sendMany(roomId, 60, (i) => ({ sender: "ben", content: `message ${i}` }));
    server.mend();
    await details.until((view) => view?.members === "partial");
    await page();
    await details.until((view) => view?.members === "whole");
    expect((await page()).members.map(({ userId }) => userId)).toContain(idOf("cy"));
  });

  it("the server does not tell of are those known here, with the reason", async () => {
    const roomId = aRoom();
    const rig = await started();
    server.faults.add({
      on: { path: /\/members$/ },
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
      times: 1,
    });
    const details = rig.watch("roomDetails", { roomId });
    const page = () => rig.core.handlers.loadMembers({ roomId, group: "join", query: "", from: 0 });
    expect((await page()).members).not.toEqual([]);
    await details.until((view) => typeof view?.members === "object");
    await page();
    await details.until((view) => view?.members === "whole");
  });

  it("are removed, banned and let back in, with a reason, where our level is above theirs", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben", "cy"] });
    const rig = await started();
    const about = { roomId, userId: idOf("cy"), reason: "loud" };
    await rig.core.handlers.kickMember(about);
    expect(server.world.state(roomId, "m.room.member", idOf("cy"))).toMatchObject({
      membership: "leave",
      reason: "loud",
    });
    await rig.core.handlers.banMember(about);
    const details = rig.watch("roomDetails", { roomId });
    const banned = async () =>
      (await rig.core.handlers.loadMembers({ roomId, group: "ban", query: "", from: 0 })).total;
    await banned();
    await details.until((view) => view?.members === "whole");
    expect(await banned()).toBe(1);
    await rig.core.handlers.unbanMember({ ...about, reason: "" });
    expect(server.world.state(roomId, "m.room.member", idOf("cy"))).toEqual({ membership: "leave" });
    await rig.core.handlers.inviteToRoom({ roomId, userId: idOf("cy"), reason: "" });
    const page = await rig.core.handlers.loadMembers({ roomId, group: "join", query: "", from: 0 });
    expect(page.members.map(({ isOwn, mayBan }) => [isOwn, mayBan])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  describe("their messages are deleted", () => {
    const redactedIds = () =>
      server.wire.requests
        .filter(({ method, path }) => method === "PUT" && path.includes("/redact/"))
        .map(({ path }) => decodeURIComponent(path.split("/redact/")[1] ?? "").split("/"));
    const about = (roomId: RoomId) => ({ roomId, userId: idOf("ben"), reason: "spam" });
    function spam(count: number): RoomId {
      const roomId = aRoom({ creator: "ann", members: ["ben"] });
      for (let i = 0; i < count; i += 1) server.world.sendMessage(roomId, "ben", `message ${i}`);
      return roomId;
    }

    it("one after the other, none twice, and the details tell how far it has come", async () => {
      const roomId = spam(7);
      const rig = await started();
      const details = rig.watch("roomDetails", { roomId });
      expect(await rig.core.handlers.redactMessagesOf(about(roomId))).toEqual({ total: 7 });
      expect(details.value?.redactions).toMatchObject([{ userId: idOf("ben"), total: 7, refused: 0 }]);
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      expect(await rig.core.handlers.redactMessagesOf(about(roomId))).toEqual({ total: 0 });
      expect(new Set(redactedIds().map(([eventId]) => eventId)).size).toBe(7);
      expect(redactedIds()).toHaveLength(7);
      const body = server.wire.requests.find(({ path }) => path.includes("/redact/"))?.body;
      expect(body).toEqual({ reason: "spam" });
    });

    it("also after a kill in the middle: what was under way goes again under the same transaction id", async () => {
      const roomId = spam(3);
      const rig = await started();
      server.faults.add({ on: { method: "PUT", path: /redact/ }, do: { answerLost: true } });
      await rig.core.handlers.redactMessagesOf(about(roomId));
      await eventually(() => redactedIds().length > 0);
      const revive = rig.kill();
      server.faults.clear();
      const again = await revive();
      const details = again.watch("roomDetails", { roomId });
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      const sent = new Map(redactedIds().map(([eventId, transactionId]) => [eventId, transactionId]));
      for (const [eventId, transactionId] of redactedIds()) expect(sent.get(eventId)).toBe(transactionId);
      const deletions = server.world.events(roomId).filter(({ type }) => type === "m.room.redaction");
      expect(deletions).toHaveLength(3);
    });

    it("until it is cancelled, while one's own messages go ahead of them", async () => {
      const roomId = spam(5);
      const rig = await started();
      let release: (value: unknown) => void = () => undefined;
      const held = new Promise((resolve) => (release = resolve));
      server.faults.add({ on: { method: "PUT", path: /redact/ }, do: { holdBefore: held } });
      await rig.core.handlers.redactMessagesOf(about(roomId));
      await rig.core.handlers.sendMessage({
        ...{ roomId, transactionId: "mine" as TransactionId },
        content: { msgtype: "m.text", body: "cleaning up" },
      });
      await eventually(() => server.wire.count("PUT", /\/send\//) === 1);
      await rig.core.handlers.cancelRedactionsOf({ roomId, userId: idOf("ben") });
      release(null);
      const details = rig.watch("roomDetails", { roomId });
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      await rig.caughtUp("ann");
      expect(redactedIds()).toHaveLength(1);
    });

    it("but those that the server refuses, which are counted", async () => {
      const roomId = spam(2);
      const rig = await started();
      server.faults.add({
        ...{ on: { method: "PUT", path: /redact/ }, times: 1 },
        do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
      });
      await rig.core.handlers.redactMessagesOf(about(roomId));
      const details = rig.watch("roomDetails", { roomId });
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      expect(details.value?.redactions).toMatchObject([{ total: 2, refused: 1 }]);
    });
  });
});

describe("order", () => {
  it("favourites stand as other clients have put them, and keep their places when others are added", async () => {
    const [low, high, none] = [aRoom({ name: "Low" }), aRoom({ name: "High" }), aRoom({ name: "None" })];
    const tag = (roomId: RoomId, order: number) =>
      server.world.accountData("ann", roomId, "m.tag", { tags: { "m.favourite": { order }, "u.work": {} } });
    tag(low, 0.9);
    tag(high, 0.1);
    const rig = await started();
    const list = rig.watch("roomList");
    await rig.core.handlers.setRoomTag({ roomId: none, tag: "m.favourite" });
    await rig.core.handlers.setRoomTag({ roomId: low, tag: "m.favourite" });
    server.world.sendMessage(low, "ben", "the newest");
    await rig.caughtUp("ann");
    const shown = list.value.filter(({ section }) => section === "favourites").map(({ name }) => name);
    expect(shown).toEqual(["High", "Low", "None"]);
    // What we do not set is not ours to take away.
    const tags = server.world.readAccountData("ann", low, "m.tag")?.["tags"];
    expect(tags).toEqual({ "m.favourite": { order: 0.9 }, "u.work": {} });
  });

  it("a favourite is no low-priority room at the same time", async () => {
    const roomId = aRoom({ name: "Room" });
    const rig = await started();
    const list = rig.watch("roomList");
    const section = (wanted: string) => list.until((rooms) => rooms[0]?.section === wanted);
    await rig.core.handlers.setRoomTag({ roomId, tag: "m.lowpriority" });
    await section("low-priority");
    await rig.core.handlers.setRoomTag({ roomId, tag: "m.favourite" });
    await section("favourites");
    await rig.core.handlers.setRoomTag({ roomId, tag: null });
    await section("rooms");
    await eventually(
      () => JSON.stringify(server.world.readAccountData("ann", roomId, "m.tag")) === '{"tags":{}}',
    );
  });

  it("spaces stand in their own topic with what is in them, not in the list", async () => {
    const room = aRoom({ name: "Quay" });
    const other = aRoom({ members: [], joinRule: "public", name: "Market" });
    const inner = aRoom({ creator: "ann", members: [], type: "m.space", name: "Docks" });
    const rig = await started();
    const spaces = rig.watch("spaces");
    const list = rig.watch("roomList");
    const { roomId: town } = await rig.core.handlers.createRoom(aPlan({ kind: "space", name: "Town" }));
    for (const roomId of [other, inner])
      await rig.core.handlers.setSpaceChild({ spaceId: town, roomId, isChild: true });
    await rig.core.handlers.setSpaceChild({ spaceId: inner, roomId: room, isChild: true });
    await spaces.until((all) => all.find(({ roomId }) => roomId === town)?.rooms.length === 3);
    await spaces.until((all) => all.find(({ roomId }) => roomId === inner)?.rooms.length === 1);
    expect(spaces.value.map(({ name, depth }) => [name, depth])).toEqual([
      ["Town", 0],
      ["Docks", 1],
    ]);
    expect(list.value.map(({ name }) => name)).toEqual(["Quay"]);
    const page = await rig.core.handlers.browseSpace({ roomId: town, from: null });
    expect(page.rooms.map(({ name, kind, membership }) => [name, kind, membership]).sort()).toEqual([
      ["Docks", "space", "join"],
      ["Market", "room", "leave"],
    ]);
    expect(server.world.state(town, "m.space.child", other)).toEqual({ via: ["dunlin.test"] });
    await rig.core.handlers.setSpaceChild({ spaceId: town, roomId: inner, isChild: false });
    await spaces.until((all) => all.every(({ depth }) => depth === 0));
  });
});

describe("people", () => {
  it("are found by name, and by their full id where the directory does not know them", async () => {
    const rig = await started();
    const named = await rig.core.handlers.searchPeople({ term: "be" });
    expect(named.people).toEqual([{ userId: idOf("ben"), displayName: "Ben", avatar: null }]);
    const unknown = await rig.core.handlers.searchPeople({ term: "@far:away.test" });
    expect(unknown.people).toEqual([{ userId: "@far:away.test", displayName: null, avatar: null }]);
  });

  it.each([
    [403, "M_FORBIDDEN"],
    [404, "M_UNRECOGNIZED"],
    [429, "M_LIMIT_EXCEEDED"],
  ])("are found by their full id also where the directory answers %i", async (status, errcode) => {
    const rig = await started();
    server.faults.add({ on: { path: /user_directory/ }, do: { error: { status, errcode } } });
    const known = await rig.core.handlers.searchPeople({ term: ` ${idOf("ben")} ` });
    expect(known.people).toEqual([{ userId: idOf("ben"), displayName: "Ben", avatar: null }]);
    const unknown = await rig.core.handlers.searchPeople({ term: "@far:away.test" });
    expect(unknown).toEqual({
      people: [{ userId: "@far:away.test", displayName: null, avatar: null }],
      isLimited: false,
    });
    expect((await failureOf(rig.core.handlers.searchPeople({ term: "be" }))).errcode).toBe(errcode);
  });

  it("may not invite us where we said so, on every device, until we take it back", async () => {
    server.world.accountData("ann", null, "m.invite_permission_config", { "org.example.kept": true });
    const roomId = aRoom({ members: [] });
    const rig = await started();
    const ben = await (await CoreRig.start(server)).signIn("ben");
    const invite = () => ben.core.handlers.inviteToRoom({ roomId, userId: idOf("ann"), reason: "" });
    const setting = () => server.world.readAccountData("ann", null, "m.invite_permission_config");
    const told = rig.watch("boundaries");
    await rig.core.handlers.setInvitesBlocked({ areBlocked: true });
    expect(setting()).toEqual({ "org.example.kept": true, default_action: "block" });
    await told.until(({ areInvitesBlocked }) => areInvitesBlocked);
    expect((await failureOf(invite())).errcode).toBe("M_INVITE_BLOCKED");
    await rig.core.handlers.setInvitesBlocked({ areBlocked: false });
    expect(setting()).toEqual({ "org.example.kept": true });
    await told.until(({ areInvitesBlocked }) => !areInvitesBlocked);
    await invite();
    expect(server.world.state(roomId, "m.room.member", idOf("ann"))).toMatchObject({ membership: "invite" });
  });

  it("have a card with the rooms in common, the chat with them, and can be ignored and reported", async () => {
    aRoom({ name: "Shared" });
    const direct = aRoom({ creator: "ann", members: ["ben"], isDirect: true });
    const rig = await started();
    const card = () => rig.core.handlers.loadPerson({ userId: idOf("ben") });
    expect(await card()).toMatchObject({
      displayName: "Ben",
      directRoomId: direct,
      isIgnored: false,
      sharedCount: 2,
    });
    await rig.core.handlers.setIgnored({ userId: idOf("ben"), isIgnored: true });
    await rig.caughtUp("ann");
    expect((await card()).isIgnored).toBe(true);
    await rig.core.handlers.setIgnored({ userId: idOf("ben"), isIgnored: false });
    await rig.caughtUp("ann");
    expect((await card()).isIgnored).toBe(false);
    await rig.core.handlers.reportPerson({ userId: idOf("ben"), reason: "rude" });
    expect(server.wire.count("POST", /\/users\/.*\/report$/)).toBe(1);
  });
});
