import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { aPlan, failureOf, roomStory } from "./testing/room-story.ts";

// The order of rooms, and people, through the whole core.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const { started, idOf, aRoom } = roomStory(() => server);

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
