import { describe, expect, test } from "vitest";
import { joined, type ClientEvent } from "./contract-client.ts";
import type { ContractStage } from "./contract.test-suite.ts";

const at = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}`;

/** Invites, joining, leaving, kicks and bans, aliases. */
export function membershipContract(stage: ContractStage): void {
  describe("membership", () => {
    inviteTests(stage);
    leavingTests(stage);
    directoryTests(stage);
  });
}

function inviteTests(stage: ContractStage): void {
  test("an invite comes with stripped state, joining makes it a joined room", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const since = (await ben.sync()).next_batch;
    const roomId = await ada.createRoom({ name: "Invited", is_direct: true, invite: [ben.userId] });
    const invited = await ben.syncUntil(since, (it) => it.rooms?.invite?.[roomId] !== undefined);
    const events = invited.rooms?.invite?.[roomId]?.invite_state.events ?? [];
    const find = (type: string, stateKey: string): ClientEvent | undefined =>
      events.find((event) => event.type === type && event.state_key === stateKey);
    expect(find("m.room.name", "")?.content["name"]).toBe("Invited");
    expect(find("m.room.member", ben.userId)).toMatchObject({
      sender: ada.userId,
      content: { membership: "invite", is_direct: true },
    });
    expect(find("m.room.member", ada.userId)?.content["membership"]).toBe("join");

    await ben.join(roomId);
    const body = await ben.syncUntil(invited.next_batch, (it) => it.rooms?.join?.[roomId] !== undefined, {
      room: { timeline: { limit: 50 } },
    });
    const room = joined(body, roomId);
    const all = [...room.state.events, ...room.timeline.events].map((event) => event.type);
    expect(all).toContain("m.room.create");
    expect(body.rooms?.invite?.[roomId]).toBeUndefined();
  });

  test("declining an invite shows as leaving", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ name: "Declined", invite: [ben.userId] });
    const since = (await ben.sync()).next_batch;
    await ben.must("POST", `${at(roomId)}/leave`, { body: {} });
    const body = await ben.syncUntil(since, (it) => it.rooms?.leave?.[roomId] !== undefined);
    expect(body.rooms?.invite?.[roomId]).toBeUndefined();
    expect(body.rooms?.join?.[roomId]).toBeUndefined();
  });

  test("a private room cannot be joined without an invite", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom();
    const reply = await ben.ask("POST", `/join/${encodeURIComponent(roomId)}`, { body: {} });
    expect([reply.status, reply.body["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
  });
}

function leavingTests(stage: ContractStage): void {
  test("whoever leaves is told so by sync and can write no more", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Left" });
    const since = (await ada.sync()).next_batch;
    await ada.must("POST", `${at(roomId)}/leave`, { body: {} });
    const body = await ada.syncUntil(since, (it) => it.rooms?.leave?.[roomId] !== undefined);
    const last = body.rooms?.leave?.[roomId]?.timeline.events.at(-1);
    expect(last).toMatchObject({ type: "m.room.member", content: { membership: "leave" } });
    const message = { msgtype: "m.text", body: "still here?" };
    const reply = await ada.ask("PUT", `${at(roomId)}/send/m.room.message/t`, { body: message });
    expect([reply.status, reply.body["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
  });

  test("a kick and a ban carry their reason, and only the unbanned come back", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ preset: "public_chat" });
    await ben.join(roomId);
    const target = { user_id: ben.userId, reason: "too loud" };
    await ada.must("POST", `${at(roomId)}/kick`, { body: target });
    const member = `${at(roomId)}/state/m.room.member/${encodeURIComponent(ben.userId)}`;
    expect(await ada.must("GET", member)).toMatchObject({ membership: "leave", reason: "too loud" });
    await ben.join(roomId);
    await ada.must("POST", `${at(roomId)}/ban`, { body: target });
    const reply = await ben.ask("POST", `/join/${encodeURIComponent(roomId)}`, { body: {} });
    // M_FORBIDDEN by the specification; Synapse says M_BAD_STATE to the banned.
    expect(reply.status).toBe(403);
    expect(["M_FORBIDDEN", "M_BAD_STATE"]).toContain(reply.body["errcode"]);
    await ada.must("POST", `${at(roomId)}/unban`, { body: { user_id: ben.userId } });
    await ben.join(roomId);
  });

  test("members are listed, those who left only when asked for", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ invite: [ben.userId] });
    await ben.join(roomId);
    await ben.must("POST", `${at(roomId)}/leave`, { body: {} });
    const list = async (query: Record<string, string>): Promise<string[]> => {
      const body = await ada.must("GET", `${at(roomId)}/members`, { query });
      return (body["chunk"] as ClientEvent[]).map((event) => event.state_key ?? "");
    };
    expect(new Set(await list({}))).toEqual(new Set([ada.userId, ben.userId]));
    expect(await list({ not_membership: "leave" })).toEqual([ada.userId]);
  });
}

function directoryTests(stage: ContractStage): void {
  test("a public room is found and joined by its alias", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const localpart = ada.userId.slice(1, ada.userId.indexOf(":"));
    const alias = `#${localpart}-room:${ada.userId.slice(ada.userId.indexOf(":") + 1)}`;
    const roomId = await ada.createRoom({ preset: "public_chat", room_alias_name: `${localpart}-room` });
    const found = await ben.must("GET", `/directory/room/${encodeURIComponent(alias)}`);
    expect(found["room_id"]).toBe(roomId);
    await ben.join(alias);
    const unknown = await ben.ask("GET", `/directory/room/${encodeURIComponent(`#no-${alias.slice(1)}`)}`);
    expect([unknown.status, unknown.body["errcode"]]).toEqual([404, "M_NOT_FOUND"]);
  });
}
