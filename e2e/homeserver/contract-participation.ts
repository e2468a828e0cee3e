import { describe, expect, test } from "vitest";
import { joined, type ContractClient, type SyncBody } from "./contract-client.ts";
import type { JsonObject } from "./json.ts";
import type { ContractStage } from "./contract.test-suite.ts";

const at = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}`;

function ephemeral(body: SyncBody, roomId: string, type: string): JsonObject | undefined {
  return joined(body, roomId).ephemeral?.events.find((event) => event.type === type)?.content;
}

/** Two people in one room. */
async function pair(stage: ContractStage): Promise<[ContractClient, ContractClient, string]> {
  const ada = await stage.person("ada");
  const ben = await stage.person("ben");
  const roomId = await ada.createRoom({ name: "Pair", invite: [ben.userId] });
  await ben.join(roomId);
  return [ada, ben, roomId];
}

/** Typing, receipts, unread counts, account data. */
export function participationContract(stage: ContractStage): void {
  describe("typing", () => typingTests(stage));
  describe("receipts", () => receiptTests(stage));
  describe("account data", () => accountDataTests(stage));
}

function typingTests(stage: ContractStage): void {
  test("typing is shown to others and taken back", async () => {
    const [ada, ben, roomId] = await pair(stage);
    const since = (await ada.sync()).next_batch;
    const path = `${at(roomId)}/typing/${encodeURIComponent(ben.userId)}`;
    await ben.must("PUT", path, { body: { typing: true, timeout: 30_000 } });
    const typing = await ada.syncUntil(since, (it) => ephemeral(it, roomId, "m.typing") !== undefined);
    expect(ephemeral(typing, roomId, "m.typing")).toEqual({ user_ids: [ben.userId] });
    await ben.must("PUT", path, { body: { typing: false } });
    const done = await ada.syncUntil(
      typing.next_batch,
      (it) => ephemeral(it, roomId, "m.typing") !== undefined,
    );
    expect(ephemeral(done, roomId, "m.typing")).toEqual({ user_ids: [] });
  });

  test("nobody types for somebody else", async () => {
    const [ada, ben, roomId] = await pair(stage);
    const path = `${at(roomId)}/typing/${encodeURIComponent(ben.userId)}`;
    const reply = await ada.ask("PUT", path, { body: { typing: true, timeout: 1_000 } });
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
  });
}

function receiptTests(stage: ContractStage): void {
  test("a read receipt reaches the others and clears one's own unread count", async () => {
    const [ada, ben, roomId] = await pair(stage);
    const since = (await ben.sync()).next_batch;
    const adaSince = (await ada.sync()).next_batch;
    const eventId = await ada.say(roomId, "read me");
    const unread = (it: SyncBody): number | undefined =>
      joined(it, roomId).unread_notifications?.notification_count;
    const counted = await ben.syncUntil(since, (it) => unread(it) === 1);
    await ben.must("POST", `${at(roomId)}/receipt/m.read/${encodeURIComponent(eventId)}`, { body: {} });
    const told = await ada.syncUntil(adaSince, (it) => ephemeral(it, roomId, "m.receipt") !== undefined);
    const receipt = ephemeral(told, roomId, "m.receipt") as Record<
      string,
      { "m.read": Record<string, { ts: number }> }
    >;
    expect(receipt[eventId]?.["m.read"][ben.userId]?.ts).toEqual(expect.any(Number));
    await ben.syncUntil(counted.next_batch, (it) => unread(it) === 0);
  });

  test("a private receipt clears the count and is shown to nobody else", async () => {
    const [ada, ben, roomId] = await pair(stage);
    const adaSince = (await ada.sync()).next_batch;
    const since = (await ben.sync()).next_batch;
    const eventId = await ada.say(roomId, "read me quietly");
    const receiptPath = `${at(roomId)}/receipt/m.read.private/${encodeURIComponent(eventId)}`;
    await ben.must("POST", receiptPath, { body: {} });
    await ben.syncUntil(since, (it) => {
      const content = ephemeral(it, roomId, "m.receipt");
      return JSON.stringify(content ?? {}).includes("m.read.private");
    });
    const later = await ben.say(roomId, "a later message");
    let seen = "";
    await ada.syncUntil(adaSince, (it) => {
      seen += JSON.stringify(ephemeral(it, roomId, "m.receipt") ?? {});
      return joined(it, roomId).timeline.events.some((event) => event.event_id === later);
    });
    expect(seen).not.toContain("m.read.private");
  });

  test("the fully read marker is account data of the room", async () => {
    const [ada, , roomId] = await pair(stage);
    const since = (await ada.sync()).next_batch;
    const eventId = await ada.say(roomId, "up to here");
    await ada.must("POST", `${at(roomId)}/read_markers`, { body: { "m.fully_read": eventId } });
    const marker = (it: SyncBody) =>
      joined(it, roomId).account_data?.events.find((event) => event.type === "m.fully_read");
    const body = await ada.syncUntil(since, (it) => marker(it) !== undefined);
    expect(marker(body)?.content["event_id"]).toBe(eventId);
  });
}

function accountDataTests(stage: ContractStage): void {
  test("account data and tags are kept and come by sync", async () => {
    const [ada, , roomId] = await pair(stage);
    const since = (await ada.sync()).next_batch;
    const mine = `/user/${encodeURIComponent(ada.userId)}`;
    await ada.must("PUT", `${mine}/account_data/org.example.shore`, { body: { tide: "low" } });
    await ada.must("PUT", `${mine}${at(roomId)}/tags/m.favourite`, { body: { order: 0.5 } });
    expect(await ada.must("GET", `${mine}/account_data/org.example.shore`)).toEqual({ tide: "low" });
    expect(await ada.must("GET", `${mine}${at(roomId)}/tags`)).toEqual({
      tags: { "m.favourite": { order: 0.5 } },
    });
    const own = new Set<string>();
    await ada.syncUntil(since, (it) => {
      for (const event of it.account_data?.events ?? []) own.add(event.type);
      for (const event of joined(it, roomId).account_data?.events ?? []) own.add(event.type);
      return own.has("m.tag") && own.has("org.example.shore");
    });
    const missing = await ada.ask("GET", `${mine}/account_data/org.example.none`);
    expect([missing.status, missing.body["errcode"]]).toEqual([404, "M_NOT_FOUND"]);
  });
}
