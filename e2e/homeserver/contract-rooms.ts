import { describe, expect, test } from "vitest";
import type { ContractStage } from "./contract.test-suite.ts";
import type { JsonObject } from "./json.ts";

const enc = encodeURIComponent;
const at = (roomId: string): string => `/rooms/${enc(roomId)}`;
/** The client of the suite asks below v3; these endpoints are below v1. */
const v1 = (path: string): string => `/../v1${path}`;

/** Directory, summaries, spaces, upgrades, restricted rooms, tags and account data. */
export function roomContract(stage: ContractStage): void {
  describe("running rooms", () => {
    listingTests(stage);
    spaceTests(stage);
    upgradeTests(stage);
  });
}

function listingTests(stage: ContractStage): void {
  test("a room is published and withdrawn, and found by a word of its name meanwhile", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const word = ada.userId.slice(1, ada.userId.indexOf(":"));
    const roomId = await ada.createRoom({ preset: "public_chat", name: `Quay ${word}`, topic: "Ships" });
    const place = `/directory/list/room/${enc(roomId)}`;
    expect(await ben.must("GET", place)).toEqual({ visibility: "private" });
    await ada.must("PUT", place, { body: { visibility: "public" } });
    expect(await ben.must("GET", place)).toEqual({ visibility: "public" });
    const search = { filter: { generic_search_term: word }, limit: 5 };
    const found = await ben.must("POST", "/publicRooms", { body: search });
    expect(found["chunk"]).toMatchObject([
      { room_id: roomId, name: `Quay ${word}`, topic: "Ships", join_rule: "public", num_joined_members: 1 },
    ]);
    await ada.must("PUT", place, { body: { visibility: "private" } });
    expect((await ben.must("POST", "/publicRooms", { body: search }))["chunk"]).toEqual([]);
    const refused = await ben.ask("PUT", place, { body: { visibility: "public" } });
    expect(refused.status).toBe(403);
  });

  test("an address is added once, listed, and taken away by who made it", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({});
    const server = ada.userId.slice(ada.userId.indexOf(":") + 1);
    const alias = `#${ada.userId.slice(1, ada.userId.indexOf(":"))}-b:${server}`;
    const place = `/directory/room/${enc(alias)}`;
    await ada.must("PUT", place, { body: { room_id: roomId } });
    expect((await ada.ask("PUT", place, { body: { room_id: roomId } })).status).toBe(409);
    expect(await ada.must("GET", `${at(roomId)}/aliases`)).toEqual({ aliases: [alias] });
    await ada.must("DELETE", place);
    expect((await ada.ask("GET", place)).status).toBe(404);
  });

  test("of a public room anybody may know what it is, of a private one nobody outside", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const open = await ada.createRoom({ preset: "public_chat", name: "Open" });
    const closed = await ada.createRoom({ name: "Closed" });
    const summary = (roomId: string) => ben.ask("GET", v1(`/room_summary/${enc(roomId)}`));
    expect((await summary(open)).body).toMatchObject({
      room_id: open,
      name: "Open",
      join_rule: "public",
      num_joined_members: 1,
      world_readable: false,
    });
    expect((await summary(closed)).status).toBe(404);
  });
}

function spaceTests(stage: ContractStage): void {
  const inSpace = async (): Promise<JsonObject> => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const server = ada.userId.slice(ada.userId.indexOf(":") + 1);
    const spaceId = await ada.createRoom({ creation_content: { type: "m.space" }, name: "Town" });
    const open = await ada.createRoom({ preset: "public_chat", name: "Open" });
    const closed = await ada.createRoom({ name: "Closed" });
    const members = await ada.createRoom({
      name: "Members",
      room_version: "11",
      initial_state: [
        {
          type: "m.room.join_rules",
          state_key: "",
          content: { join_rule: "restricted", allow: [{ type: "m.room_membership", room_id: spaceId }] },
        },
      ],
    });
    for (const [roomId, order] of [
      [open, "b"],
      [closed, "c"],
      [members, "a"],
    ] as const)
      await ada.must("PUT", `${at(spaceId)}/state/m.space.child/${enc(roomId)}`, {
        body: { via: [server], order },
      });
    return { ada, ben, spaceId, open, closed, members };
  };
  test("a space lists what the reader may know of, in its order, and its members may join", async () => {
    const { ada, ben, spaceId, open, members } = (await inSpace()) as unknown as {
      ada: Awaited<ReturnType<ContractStage["person"]>>;
      ben: Awaited<ReturnType<ContractStage["person"]>>;
      spaceId: string;
      open: string;
      members: string;
    };
    const join = await ben.ask("POST", `/join/${enc(members)}`, { body: {} });
    expect(join.status).toBe(403);
    await ada.must("POST", `${at(spaceId)}/invite`, { body: { user_id: ben.userId } });
    await ben.join(spaceId);
    const page = await ben.must("GET", v1(`/rooms/${enc(spaceId)}/hierarchy`), { query: { max_depth: "1" } });
    const rooms = page["rooms"] as JsonObject[];
    expect(rooms.map((room) => room["room_id"])).toEqual([spaceId, members, open]);
    expect(rooms[0]).toMatchObject({ room_type: "m.space", name: "Town" });
    expect((rooms[0]?.["children_state"] as unknown[]).length).toBe(3);
    const query = { max_depth: "1", limit: "2" };
    const first = await ben.must("GET", v1(`/rooms/${enc(spaceId)}/hierarchy`), { query });
    expect((first["rooms"] as unknown[]).length).toBe(2);
    const from = String(first["next_batch"]);
    const rest = await ben.must("GET", v1(`/rooms/${enc(spaceId)}/hierarchy`), { query: { ...query, from } });
    expect((rest["rooms"] as JsonObject[]).map((room) => room["room_id"])).toEqual([open]);
    await ben.join(members);
  });
}

function upgradeTests(stage: ContractStage): void {
  test("an upgraded room names its successor, which names it and has its name and addresses", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const localpart = `${ada.userId.slice(1, ada.userId.indexOf(":"))}-up`;
    const old = await ada.createRoom({ name: "Old", room_version: "10", room_alias_name: localpart });
    const refused = await ben.ask("POST", `${at(old)}/upgrade`, { body: { new_version: "11" } });
    expect(refused.status).toBe(403);
    const answer = await ada.must("POST", `${at(old)}/upgrade`, { body: { new_version: "11" } });
    const next = String(answer["replacement_room"]);
    expect(await ada.must("GET", `${at(old)}/state/m.room.tombstone`)).toMatchObject({
      replacement_room: next,
    });
    expect(await ada.must("GET", `${at(next)}/state/m.room.create`)).toMatchObject({
      room_version: "11",
      predecessor: { room_id: old },
    });
    expect(await ada.must("GET", `${at(next)}/state/m.room.name`)).toEqual({ name: "Old" });
    const server = ada.userId.slice(ada.userId.indexOf(":") + 1);
    const found = await ada.must("GET", `/directory/room/${enc(`#${localpart}:${server}`)}`);
    expect(found["room_id"]).toBe(next);
    const unknown = await ada.ask("POST", `${at(next)}/upgrade`, { body: { new_version: "none" } });
    expect([unknown.status, unknown.body["errcode"]]).toEqual([400, "M_UNSUPPORTED_ROOM_VERSION"]);
  });

  test("tags and lists of one's own are kept, and a report is taken", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ invite: [ben.userId] });
    const mine = `/user/${enc(ada.userId)}`;
    const tags = `${mine}${at(roomId)}/tags`;
    await ada.must("PUT", `${tags}/m.favourite`, { body: {} });
    expect(await ada.must("GET", tags)).toEqual({ tags: { "m.favourite": {} } });
    await ada.must("DELETE", `${tags}/m.favourite`);
    expect(await ada.must("GET", tags)).toEqual({ tags: {} });
    const list = `${mine}/account_data/m.ignored_user_list`;
    expect((await ada.ask("GET", list)).status).toBe(404);
    await ada.must("PUT", list, { body: { ignored_users: { [ben.userId]: {} } } });
    expect(await ada.must("GET", list)).toEqual({ ignored_users: { [ben.userId]: {} } });
    await ada.must("POST", `${at(roomId)}/report`, { body: { reason: "test" } });
    await ada.must("POST", `/users/${enc(ben.userId)}/report`, { body: { reason: "test" } });
    const event = `${at(roomId)}/report/${enc(await ada.say(roomId, "hello"))}`;
    await ada.must("POST", event, { body: { reason: "test" } });
    expect((await ben.ask("POST", event, { body: { reason: "test" } })).status).toBe(404);
  });
}
