import { describe, expect, test } from "vitest";
import { joined, type ClientEvent } from "./contract-client.ts";
import type { ContractStage } from "./contract.test-suite.ts";

/** The token chain, gaps, state at the start of the timeline, lazy loading, filters, history. */
export function syncContract(stage: ContractStage): void {
  describe("sync", () => {
    chainTests(stage);
    stateTests(stage);
    lazyTests(stage);
    filterTests(stage);
  });
  describe("history", () => historyTests(stage));
}

const ids = (events: readonly ClientEvent[]): string[] => events.map((event) => event.event_id);

function chainTests(stage: ContractStage): void {
  test("following the token chain, every message comes once and in order", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Chain" });
    let since = (await ada.sync()).next_batch;
    const sent: string[] = [];
    const seen: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      sent.push(await ada.say(roomId, `a${round}`), await ada.say(roomId, `b${round}`));
      const last = sent.at(-1)!;
      while (!seen.includes(last)) {
        const body = await ada.sync({ since, timeout: 2_000 });
        seen.push(...ids(joined(body, roomId).timeline.events));
        since = body.next_batch;
      }
    }
    expect(seen).toEqual(sent);
  });

  test("a poll without news answers after its time with a token that goes on", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom();
    const first = await ada.sync();
    const quiet = await ada.sync({ since: first.next_batch, timeout: 50 });
    const eventId = await ada.say(roomId, "after the quiet");
    const body = await ada.syncUntil(quiet.next_batch, (answer) =>
      ids(joined(answer, roomId).timeline.events).includes(eventId),
    );
    expect(ids(joined(body, roomId).timeline.events)).toEqual([eventId]);
  });

  test("a token the server never gave is a bad request", async () => {
    const ada = await stage.person("ada");
    const reply = await ada.ask("GET", "/sync", { query: { since: "nonsense" } });
    expect(reply.status).toBe(400);
    expect(reply.body["errcode"]).toEqual(expect.any(String));
  });

  test("after a limited sync, prev_batch and /messages join without hole or double", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ name: "Gap", invite: [ben.userId] });
    await ben.join(roomId);
    const before = await ada.say(roomId, "before");
    const since = (await ada.sync()).next_batch;
    const sent: string[] = [];
    for (let index = 0; index < 23; index += 1) sent.push(await ben.say(roomId, `m${index}`));
    const filter = { room: { timeline: { limit: 5 } } };
    const { timeline } = joined(await ada.sync({ since, filter }), roomId);
    expect(timeline.limited).toBe(true);
    expect(ids(timeline.events)).toEqual(sent.slice(-5));
    const older = ids(await ada.pageBack(roomId, timeline.prev_batch, 7)).reverse();
    expect(older.slice(older.indexOf(before) + 1)).toEqual(sent.slice(0, -5));
    expect(new Set(older).size).toBe(older.length);
  });
}

function stateTests(stage: ContractStage): void {
  test("state is as of the start of the timeline, the change itself is in the timeline", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "State" });
    await ada.setState(roomId, "m.room.topic", { topic: "first" });
    const between = await ada.say(roomId, "between the topics");
    const change = await ada.setState(roomId, "m.room.topic", { topic: "second" });
    const filter = { room: { timeline: { limit: 2 } } };
    const room = joined(await ada.sync({ filter }), roomId);
    expect(ids(room.timeline.events)).toEqual([between, change]);
    const topics = room.state.events.filter((event) => event.type === "m.room.topic");
    expect(topics.map((event) => event.content["topic"])).toEqual(["first"]);
    const served = room.timeline.events[1];
    expect(served?.unsigned?.["prev_content"]).toMatchObject({ topic: "first" });
  });

  test("a state event that is asked for says what it replaced", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "State" });
    const first = await ada.setState(roomId, "m.room.topic", { topic: "first" });
    const second = await ada.setState(roomId, "m.room.topic", { topic: "second" });
    expect((await ada.event(roomId, first)).unsigned?.["replaces_state"]).toBeUndefined();
    expect((await ada.event(roomId, second)).unsigned?.["replaces_state"]).toBe(first);
  });

  test("state that changed inside the gap of a limited sync is in its state block", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Gap state" });
    const since = (await ada.sync()).next_batch;
    await ada.setState(roomId, "m.room.topic", { topic: "hidden in the gap" });
    for (let index = 0; index < 4; index += 1) await ada.say(roomId, `m${index}`);
    const filter = { room: { timeline: { limit: 2 } } };
    const room = joined(await ada.sync({ since, filter }), roomId);
    expect(room.timeline.limited).toBe(true);
    const topics = room.state.events.filter((event) => event.type === "m.room.topic");
    expect(topics.map((event) => event.content["topic"])).toEqual(["hidden in the gap"]);
  });

  test("the summary counts members and names heroes of a room without a name", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const cleo = await stage.person("cleo");
    const roomId = await ada.createRoom({ invite: [ben.userId, cleo.userId] });
    await ben.join(roomId);
    const filter = { room: { state: { lazy_load_members: true } } };
    const { summary } = joined(await ada.sync({ filter }), roomId);
    expect(summary?.["m.joined_member_count"]).toBe(2);
    expect(summary?.["m.invited_member_count"]).toBe(1);
    expect(new Set(summary?.["m.heroes"] as string[])).toEqual(new Set([ben.userId, cleo.userId]));
  });
}

function lazyTests(stage: ContractStage): void {
  test("lazy loading brings the members who speak and oneself, and does not repeat them", async () => {
    const [ada, ben, cleo] = [
      await stage.person("ada"),
      await stage.person("ben"),
      await stage.person("cleo"),
    ];
    const roomId = await ada.createRoom({ name: "Lazy", invite: [ben.userId, cleo.userId] });
    await ben.join(roomId);
    await cleo.join(roomId);
    await ben.say(roomId, "hello");
    const filter = { room: { timeline: { limit: 1 }, state: { lazy_load_members: true } } };
    const members = (events: readonly ClientEvent[]): (string | undefined)[] =>
      events.filter((event) => event.type === "m.room.member").map((event) => event.state_key);
    const first = await ada.sync({ filter });
    const known = members(joined(first, roomId).state.events);
    expect(new Set(known)).toEqual(new Set([ada.userId, ben.userId]));

    const second = await ben.say(roomId, "again");
    const body = await ada.syncUntil(
      first.next_batch,
      (answer) => ids(joined(answer, roomId).timeline.events).includes(second),
      filter,
    );
    expect(members(joined(body, roomId).state.events)).toEqual([]);

    const third = await cleo.say(roomId, "me too");
    const last = await ada.syncUntil(
      body.next_batch,
      (answer) => ids(joined(answer, roomId).timeline.events).includes(third),
      filter,
    );
    expect(members(joined(last, roomId).state.events)).toEqual([cleo.userId]);
  });

  test("lazy loading in /messages brings the members of the page", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    const roomId = await ada.createRoom({ name: "Lazy", invite: [ben.userId] });
    await ben.join(roomId);
    await ben.say(roomId, "hello");
    const filter = JSON.stringify({ lazy_load_members: true });
    const page = await ada.messages(roomId, { dir: "b", limit: "1", filter });
    expect(page.state?.map((event) => event.state_key)).toEqual([ben.userId]);
  });
}

function filterTests(stage: ContractStage): void {
  test("a stored filter is given back and obeyed by its id", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Filter" });
    await ada.setState(roomId, "m.room.topic", { topic: "not wanted here" });
    const eventId = await ada.say(roomId, "wanted");
    const filter = { room: { timeline: { types: ["m.room.mess*"], limit: 20 } } };
    const path = `/user/${encodeURIComponent(ada.userId)}/filter`;
    const filterId = (await ada.must("POST", path, { body: filter }))["filter_id"] as string;
    expect(filterId.startsWith("{")).toBe(false);
    expect(await ada.must("GET", `${path}/${filterId}`)).toMatchObject(filter);
    const body = await ada.must("GET", "/sync", { query: { filter: filterId } });
    const rooms = body["rooms"] as { join: Record<string, { timeline: { events: ClientEvent[] } }> };
    expect(ids(rooms.join[roomId]?.timeline.events ?? [])).toEqual([eventId]);
  });

  test("a filter id the server does not know is refused", async () => {
    const ada = await stage.person("ada");
    const reply = await ada.ask("GET", "/sync", { query: { filter: "987654321" } });
    expect([400, 404]).toContain(reply.status);
    const path = `/user/${encodeURIComponent(ada.userId)}/filter/987654321`;
    expect((await ada.ask("GET", path)).status).toBe(404);
  });
}

function historyTests(stage: ContractStage): void {
  test("paging back ends at the room's creation, where end is left out", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Start" });
    const sent: string[] = [];
    for (let index = 0; index < 9; index += 1) sent.push(await ada.say(roomId, `m${index}`));
    const all = await ada.pageBack(roomId, undefined, 4);
    expect(all.at(-1)?.type).toBe("m.room.create");
    expect(new Set(ids(all)).size).toBe(all.length);
    expect(ids(all).slice(0, 9).reverse()).toEqual(sent);
  });

  test("start repeats the token sent, and forward from an end token meets the same events", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Both ways" });
    for (let index = 0; index < 6; index += 1) await ada.say(roomId, `m${index}`);
    const { timeline } = joined(await ada.sync({ filter: { room: { timeline: { limit: 1 } } } }), roomId);
    const back = await ada.messages(roomId, { dir: "b", limit: "3", from: timeline.prev_batch });
    expect(back.start).toBe(timeline.prev_batch);
    const forward = await ada.messages(roomId, { dir: "f", limit: "3", from: back.end ?? "" });
    expect(ids(forward.chunk)).toEqual(ids(back.chunk).reverse());
  });

  test("the context of an event has what came before, newest first, and what came after", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Context" });
    const sent: string[] = [];
    for (let index = 0; index < 7; index += 1) sent.push(await ada.say(roomId, `m${index}`));
    const path = `/rooms/${encodeURIComponent(roomId)}/context/${encodeURIComponent(sent[3]!)}`;
    const body = await ada.must("GET", path, { query: { limit: "4" } });
    expect((body["event"] as ClientEvent).event_id).toBe(sent[3]);
    expect(ids(body["events_before"] as ClientEvent[])).toEqual([sent[2], sent[1]]);
    expect(ids(body["events_after"] as ClientEvent[])).toEqual([sent[4], sent[5]]);
    const older = await ada.messages(roomId, { dir: "b", limit: "1", from: body["start"] as string });
    expect(ids(older.chunk)).toEqual([sent[0]]);
    const newer = await ada.messages(roomId, { dir: "f", limit: "1", from: body["end"] as string });
    expect(ids(newer.chunk)).toEqual([sent[6]]);
  });

  test("the context of an event without neighbours names where history goes on before it", async () => {
    const ada = await stage.person("ada");
    const roomId = await ada.createRoom({ name: "Context" });
    const sent: string[] = [];
    for (let index = 0; index < 4; index += 1) sent.push(await ada.say(roomId, `m${index}`));
    const path = `/rooms/${encodeURIComponent(roomId)}/context/${encodeURIComponent(sent[2]!)}`;
    const body = await ada.must("GET", path, { query: { limit: "0" } });
    const older = await ada.messages(roomId, { dir: "b", limit: "2", from: body["start"] as string });
    expect(ids(older.chunk)).toEqual([sent[1], sent[0]]);
  });

  test("whoever joins later sees shared history, but none from before with visibility joined", async () => {
    const ada = await stage.person("ada");
    const ben = await stage.person("ben");
    for (const visibility of ["shared", "joined"]) {
      const content = { history_visibility: visibility };
      const initial = [{ type: "m.room.history_visibility", state_key: "", content }];
      const roomId = await ada.createRoom({ preset: "public_chat", initial_state: initial });
      const early = await ada.say(roomId, "before Ben");
      await ben.join(roomId);
      const late = await ada.say(roomId, "with Ben");
      const seen = ids(await ben.pageBack(roomId, undefined, 10));
      expect(seen).toContain(late);
      expect(seen.includes(early)).toBe(visibility === "shared");
    }
  });
}
