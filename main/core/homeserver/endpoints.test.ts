import { afterEach, beforeEach, expect, test } from "vitest";
import { startHomeserver, type Homeserver } from "../../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import { fakePlatform, realClock, type FakePlatform } from "../fake-platform.ts";
import { failed, invalid, type Result } from "../failure.ts";
import { createHttp, type Http } from "./http.ts";
import { fetchLoginFlows, logout, whoami } from "./login.ts";
import { joinRoom, leaveRoom } from "./membership.ts";
import { fetchProfile } from "./profile.ts";
import { sendReadMarkers, sendReceipt, sendTyping } from "./receipts.ts";
import { fetchEvent, fetchMessages, sendEvent } from "./room-events.ts";
import { createFilter, fetchSync } from "./sync.ts";
import { fetchVersions } from "./versions.ts";

let server: Homeserver;
let platform: FakePlatform;
let http: Http;
let roomId: RoomId;
const userId = "@alice:dunlin.test" as UserId;
const signal = new AbortController().signal;

beforeEach(async () => {
  server = await startHomeserver();
  platform = fakePlatform({ clock: realClock() });
  server.world.addUser("alice", { displayName: "Alice\u202e\nA." });
  server.world.addUser("bob");
  roomId = server.world.createRoom({ creator: "bob", members: ["alice"], name: "Room" }) as RoomId;
  const { accessToken } = server.world.login("alice");
  const refresh = () => Promise.resolve(failed(invalid("none")));
  http = createHttp({ platform, baseUrl: server.baseUrl, authorise: { token: () => accessToken, refresh } });
});
afterEach(async () => {
  await server.stop();
  platform.cleanUp();
});

function value<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}
const transactionId = "txn-000001" as TransactionId;
const text = (body: string) => ({ msgtype: "m.text", body });
const send = (body: string, id = transactionId) =>
  sendEvent(http, { roomId, eventType: "m.room.message", transactionId: id, content: text(body) });

test("a message sent twice under one transaction id is one event", async () => {
  const first = value(await send("hello"));
  expect(value(await send("hello"))).toEqual(first);
  const event = value(await fetchEvent(http, { roomId, eventId: first.eventId }));
  expect(event).toMatchObject({ type: "m.room.message", content: { body: "hello" }, sender: userId });
});

test("a first sync, then only what is new, with a stored filter", async () => {
  const filter = value(await createFilter(http, { userId, filter: { room: { timeline: { limit: 5 } } } }));
  const first = value(await fetchSync(http, { since: null, filter, timeoutMs: 0, signal }));
  const { next_batch: since } = first as { next_batch: string };
  const { eventId } = value(await send("news"));
  const second = value(
    await fetchSync(http, { since, filter, timeoutMs: 1000, setPresence: "offline", signal }),
  );
  expect(JSON.stringify(second)).toContain(eventId);
  expect(server.wire.requests.at(-1)?.query).toEqual({
    since,
    filter,
    timeout: "1000",
    set_presence: "offline",
  });
});

test("a sync answer without a token to go on with is malformed", async () => {
  server.faults.add({ on: { path: /sync$/ }, do: { rewrite: () => ({ rooms: {} }) } });
  expect(await fetchSync(http, { since: null, filter: "{}", timeoutMs: 0, signal })).toMatchObject({
    failure: { kind: "malformed" },
  });
});

test("history is paged backwards to its end", async () => {
  server.world.sendMany(roomId, 25, (i) => ({ sender: "bob", content: `message ${i}` }));
  const sync = value(await fetchSync(http, { since: null, filter: "{}", timeoutMs: 0, signal }));
  let from: string | null = (sync as { next_batch: string }).next_batch;
  const seen: string[] = [];
  for (let page = 0; from !== null && page < 20; page++) {
    const answer: { chunk: readonly unknown[]; end: string | null } = value(
      await fetchMessages(http, { roomId, from, limit: 10, filter: "{}" }),
    );
    for (const event of answer.chunk as { event_id: string }[]) seen.push(event.event_id);
    from = answer.end;
  }
  expect(from).toBeNull();
  expect(seen.reverse()).toEqual(server.world.events(roomId).map((event) => event.event_id));
});

test.each([
  [
    "ends where it began",
    (from: string) => ({ chunk: [], start: from, end: from }),
    (from: string) => ({ chunk: [], start: from, end: null, state: [] }),
  ],
  ["has no chunk", () => ({ end: "x" }), null],
  [
    "has a state of the wrong type",
    () => ({ chunk: [1], end: "x", state: {} }),
    () => ({ chunk: [1], start: null, end: "x", state: [] }),
  ],
])("a page that %s", async (_what, answer, expected) => {
  const sync = value(await fetchSync(http, { since: null, filter: "{}", timeoutMs: 0, signal }));
  const from = (sync as { next_batch: string }).next_batch;
  server.faults.add({ on: { path: /messages$/ }, do: { rewrite: () => answer(from) } });
  const page = await fetchMessages(http, { roomId, from, limit: 10, filter: "{}" });
  if (expected === null) expect(page).toMatchObject({ failure: { kind: "malformed" } });
  else expect(value(page)).toEqual(expected(from));
});

test("receipts, the read marker and typing arrive as meant", async () => {
  const { eventId } = value(await send("x"));
  value(await sendReceipt(http, { roomId, eventId, type: "m.read", threadId: "main" }));
  value(await sendReadMarkers(http, { roomId, fullyRead: eventId, readPrivate: eventId }));
  value(await sendTyping(http, { roomId, userId, isTyping: true, timeoutMs: 20_000 }));
  expect(server.world.typing(roomId)).toEqual([userId]);
  value(await sendTyping(http, { roomId, userId, isTyping: false, timeoutMs: 0 }));
  expect(server.world.typing(roomId)).toEqual([]);
  const types = server.world.receipts(roomId).map((receipt) => receipt.type);
  expect(types.sort()).toEqual(["m.read", "m.read.private"]);
  expect(server.world.readAccountData("alice", roomId, "m.fully_read")).toEqual({ event_id: eventId });
});

test("an invite is accepted and a room left", async () => {
  const other = server.world.createRoom({ creator: "bob", invited: ["alice"] }) as RoomId;
  expect(value(await joinRoom(http, { roomId: other }))).toEqual({ roomId: other });
  expect(server.world.members(other)).toContain(userId);
  value(await leaveRoom(http, { roomId: other }));
  expect(server.world.members(other)).not.toContain(userId);
});

test("a profile is plain text in one line", async () => {
  expect(value(await fetchProfile(http, { userId }))).toEqual({ displayName: "Alice A.", avatarMxc: null });
  server.faults.add({
    on: { path: /profile/ },
    do: { rewrite: () => ({ displayname: 5, avatar_url: "https://tracker/x.png" }) },
  });
  expect(value(await fetchProfile(http, { userId }))).toEqual({ displayName: null, avatarMxc: null });
});

test("versions and login flows are asked without a token", async () => {
  const open = createHttp({ platform, baseUrl: server.baseUrl, authorise: null });
  server.world.unstableFeatures = { "org.a": true, "org.b": false };
  expect(value(await fetchVersions(open))).toMatchObject({ unstable: new Set(["org.a"]) });
  expect(value(await fetchLoginFlows(open))).toEqual([{ type: "m.login.password" }]);
  expect(server.wire.requests.map((request) => request.token)).toEqual([undefined, undefined]);
});

test("who am I, until I am not", async () => {
  expect(value(await whoami(http)).userId).toBe(userId);
  value(await logout(http, { timeoutMs: 5_000 }));
  expect(await whoami(http)).toMatchObject({ failure: { kind: "unauthorized", soft: false } });
});

test.each([
  "!with/slash:dunlin.test",
  "!per%cent%2F:dunlin.test",
  "!spa ce?q#f:dunlin.test",
  "!ünï☃:dunlin.test",
  "!noDomainAtAll",
])("the room id %s arrives as it is", async (id) => {
  await joinRoom(http, { roomId: id as RoomId });
  const [request] = server.wire.requests;
  expect(decodeURIComponent(request?.path.split("/")[5] ?? "")).toBe(id);
  expect(request?.path.split("/")).toHaveLength(7);
});

test.each(["", ".", ".."])("the id %j is refused here: no encoding protects it on its way", async (id) => {
  expect(await fetchEvent(http, { roomId, eventId: id as EventId })).toMatchObject({
    failure: { kind: "invalid" },
  });
  expect(server.wire.requests).toEqual([]);
});
