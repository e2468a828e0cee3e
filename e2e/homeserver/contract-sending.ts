import { describe, expect, test } from "vitest";
import { ContractClient, joined, type ClientEvent } from "./contract-client.ts";
import type { ContractStage } from "./contract.test-suite.ts";

const at = (roomId: string): string => `/rooms/${encodeURIComponent(roomId)}`;

/** Transaction ids, size limit, redactions, edits. */
export function sendingContract(stage: ContractStage): void {
  describe("sending", () => {
    transactionTests(stage);
    limitTests(stage);
  });
  describe("redactions and edits", () => {
    redactionTests(stage);
    editTests(stage);
  });
}

function transactionTests(stage: ContractStage): void {
  test("the same PUT twice is one event, for the sending device marked with its transaction id", async () => {
    const account = await stage.newUser("ada");
    const ada = await ContractClient.login(stage.baseUrl(), account);
    const tablet = await ContractClient.login(stage.baseUrl(), account);
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ name: "Once", invite: [ben.userId] });
    await ben.join(roomId);
    const tokens = [ada, tablet, ben].map(async (who) => (await who.sync()).next_batch);
    const [mine, other, bens] = (await Promise.all(tokens)) as [string, string, string];

    const body = { msgtype: "m.text", body: "once" };
    const path = `${at(roomId)}/send/m.room.message/txn%2F1`;
    const first = await ada.must("PUT", path, { body });
    const second = await ada.must("PUT", path, { body });
    expect(second["event_id"]).toBe(first["event_id"]);

    const seenBy = async (who: ContractClient, since: string): Promise<ClientEvent[]> => {
      const answer = await who.syncUntil(since, (it) => joined(it, roomId).timeline.events.length > 0);
      return joined(answer, roomId).timeline.events;
    };
    const own = await seenBy(ada, mine);
    expect(own.map((event) => event.event_id)).toEqual([first["event_id"]]);
    expect(own[0]?.unsigned?.["transaction_id"]).toBe("txn/1");
    for (const [who, since] of [[tablet, other] as const, [ben, bens] as const]) {
      const [event] = await seenBy(who, since);
      expect(event?.event_id).toBe(first["event_id"]);
      expect(event?.unsigned ?? {}).not.toHaveProperty("transaction_id");
    }
  });

  test("the same transaction id of another device is another event", async () => {
    const account = await stage.newUser("ada");
    const ada = await ContractClient.login(stage.baseUrl(), account);
    const tablet = await ContractClient.login(stage.baseUrl(), account);
    const roomId = await ada.createRoom();
    const path = `${at(roomId)}/send/m.room.message/same`;
    const body = { msgtype: "m.text", body: "hi" };
    const first = await ada.must("PUT", path, { body });
    const second = await tablet.must("PUT", path, { body });
    expect(second["event_id"]).not.toBe(first["event_id"]);
  });
}

function limitTests(stage: ContractStage): void {
  test("60 kB fit into an event, 70 kB are too large", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom();
    await ada.say(roomId, "x".repeat(60_000));
    const path = `${at(roomId)}/send/m.room.message/big`;
    const body = { msgtype: "m.text", body: "x".repeat(70_000) };
    const reply = await ada.ask("PUT", path, { body });
    expect([reply.status, reply.body["errcode"]]).toEqual([413, "M_TOO_LARGE"]);
  });

  test("someone who is not in the room may neither write nor read", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom();
    const body = { msgtype: "m.text", body: "let me in" };
    const write = await ben.ask("PUT", `${at(roomId)}/send/m.room.message/t1`, { body });
    expect([write.status, write.body["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
    const read = await ben.ask("GET", `${at(roomId)}/messages`, { query: { dir: "b" } });
    expect([read.status, read.body["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
  });
}

function redactionTests(stage: ContractStage): void {
  test("a redacted message is empty and says why; the redaction names it in both places", async () => {
    const ada = await stage.person("ada");
    for (const version of ["10", "11"]) {
      const roomId = await ada.createRoom({ room_version: version });
      const since = (await ada.sync()).next_batch;
      const target = await ada.say(roomId, "a slip");
      const path = `${at(roomId)}/redact/${encodeURIComponent(target)}/r1`;
      const first = await ada.must("PUT", path, { body: { reason: "typo" } });
      expect((await ada.must("PUT", path, { body: { reason: "typo" } }))["event_id"]).toBe(first["event_id"]);

      const event = await ada.event(roomId, target);
      expect(event.content).toEqual({});
      const because = event.unsigned?.["redacted_because"] as ClientEvent | undefined;
      expect(because).toMatchObject({ type: "m.room.redaction", event_id: first["event_id"] });
      expect(because?.content["reason"]).toBe("typo");

      const isRedaction = (it: ClientEvent): boolean => it.type === "m.room.redaction";
      const answer = await ada.syncUntil(since, (it) => joined(it, roomId).timeline.events.some(isRedaction));
      const redaction = joined(answer, roomId).timeline.events.find(isRedaction);
      expect(redaction?.redacts).toBe(target);
      expect(redaction?.content["redacts"]).toBe(target);
    }
  });

  test("only moderators redact what others wrote", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ invite: [ben.userId] });
    await ben.join(roomId);
    const adas = encodeURIComponent(await ada.say(roomId, "mine"));
    const bens = encodeURIComponent(await ben.say(roomId, "his"));
    const refused = await ben.ask("PUT", `${at(roomId)}/redact/${adas}/r1`, { body: {} });
    expect([refused.status, refused.body["errcode"]]).toEqual([403, "M_FORBIDDEN"]);
    await ada.must("PUT", `${at(roomId)}/redact/${bens}/r2`, { body: {} });
  });
}

function editTests(stage: ContractStage): void {
  test("an edited message comes with its latest edit and keeps its own content", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom();
    const target = await ada.say(roomId, "helo");
    const edit = await ada.say(roomId, "* hello", {
      "m.new_content": { msgtype: "m.text", body: "hello" },
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    });
    const event = await ada.event(roomId, target);
    expect(event.content["body"]).toBe("helo");
    const relations = event.unsigned?.["m.relations"] as Record<string, ClientEvent> | undefined;
    expect(relations?.["m.replace"]?.event_id).toBe(edit);
  });
}
