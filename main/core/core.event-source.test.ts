import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { EventSource } from "../../preload/contract/models/event-source.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import { FailureError } from "./failure.ts";
import { pngOf } from "./media/pictures.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { refuseSends } from "./testing/room-story.ts";
import { sourceOfRow } from "./timeline/event-source.ts";

// "View source" through the whole core: true at every moment of a message's life.

let server: Homeserver;
let roomId: RoomId;
let rig: CoreRig;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ann", members: ["ben"], name: "Garden" }) as RoomId;
  rig = await (await CoreRig.start(server)).signIn("ann");
});
afterEach(endAll);

const at = (eventId: string): MessageTarget => ({ eventId: eventId as EventId, transactionId: null });
const waiting = (transactionId: TransactionId): MessageTarget => ({ eventId: null, transactionId });
const sourceOf = async (target: MessageTarget): Promise<EventSource> =>
  rig.core.handlers.loadEventSource({ roomId, target });
const parsed = ({ source }: EventSource): unknown => JSON.parse(source);
const sentAs = (body: string) =>
  server.world.events(roomId).find(({ content }) => content["body"] === body)?.event_id;
const txn = (name: string) => `source-${name}` as TransactionId;
const content = { msgtype: "m.text", body: "words" } as const;

it("is the event as the server gave it, with what we do not know", async () => {
  const eventId = server.world.sendMessage(roomId, "ben", {
    ...{ msgtype: "m.text", body: "hello", "org.example.key": { deep: [1] } },
  });
  await rig.caughtUp("ann");
  const found = await sourceOf(at(eventId));
  expect(found).toMatchObject({ send: null, missing: [] });
  expect(parsed(found)).toMatchObject({
    ...{ type: "m.room.message", event_id: eventId, sender: server.world.user("ben").userId },
    content: { "org.example.key": { deep: [1] } },
  });
  expect(found.source).toContain('\n  "');
  await expect(sourceOf(at("$none"))).rejects.toThrow(FailureError);
});

it("of a message that waits is what will be sent, under its transaction id, and says so after a restart", async () => {
  server.cut();
  const transactionId = await rig.type(roomId, "soon");
  rig = await rig.restart();
  // An attempt has failed, and the next is to come.
  await rig.watch("outbox").until((entries) => entries[0]?.send.state === "queued");
  const found = await sourceOf(waiting(transactionId));
  expect(found.send).toMatchObject({ state: "queued" });
  expect(found.missing).toEqual([]);
  const body = { msgtype: "m.text", body: "soon" };
  const known = { type: "m.room.message", room_id: roomId, transaction_id: transactionId };
  expect(parsed(found)).toEqual({ ...known, content: body });
  server.mend();
  await rig.core.handlers.networkIsBack({});
  await eventually(() => sentAs("soon") !== undefined);
  const put = server.wire.requests.find(({ path }) => path.includes(transactionId));
  expect(put?.body).toEqual(body);
});

it("that speaks of one not sent yet leaves out the id nobody knows, and names it as soon as it is known", async () => {
  server.cut();
  const thread = waiting(await rig.type(roomId, "the root"));
  await rig.core.handlers.sendMessage({ roomId, transactionId: txn("one"), content, thread });
  const replyTo = waiting(txn("one"));
  await rig.core.handlers.sendMessage({ roomId, transactionId: txn("two"), content, thread, replyTo });
  for (const name of ["one", "two"]) {
    const found = await sourceOf(waiting(txn(name)));
    expect(found.missing).toEqual(["event-id"]);
    expect(parsed(found)).toMatchObject({ content: { body: "words" } });
    expect(found.source).toContain('"m.in_reply_to": {}');
    expect(found.source).not.toContain("~unsent");
    expect(found.source).not.toContain("event_id");
  }
  // The root goes out, the rest is refused.
  server.faults.add({
    on: { method: "PUT", path: /source-/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  server.mend();
  await rig.core.handlers.networkIsBack({});
  const outbox = rig.watch("outbox");
  await outbox.until((entries) => entries.length === 2 && entries.every((e) => e.send.state === "unsent"));
  const refused = await sourceOf(waiting(txn("one")));
  expect(refused).toMatchObject({ missing: [], send: { state: "unsent", reason: { code: "rejected" } } });
  expect(parsed(refused)).toMatchObject({ content: { "m.relates_to": { event_id: sentAs("the root") } } });
});

it("of a file that waits says that its address is still to come", async () => {
  server.cut();
  const bytes = pngOf(4, 3);
  const stagedId = "staged-for-source-0001" as StagedId;
  const body = (async function* () {
    yield await Promise.resolve(bytes);
  })();
  const path = `staged/${stagedId}?name=hill.png`;
  const answer = await rig.core.stage({ path, contentType: "image/png", length: bytes.length, body });
  expect(answer.ok).toBe(true);
  await rig.core.handlers.sendAttachment({
    ...{ roomId, transactionId: txn("file") },
    attachment: {
      ...{ stagedId, caption: "", thumbnail: null, width: null, height: null, durationMs: null },
      ...{ blurhash: null, voice: null },
    },
  });
  const found = await sourceOf(waiting(txn("file")));
  expect(found.missing).toEqual(["file"]);
  expect(parsed(found)).toMatchObject({ content: { msgtype: "m.image", body: "hill.png" } });
});

it("of what was sent and is not shown back yet has its event id, by either name; then it is the server's", async () => {
  // Nor is a sync under way that would show it.
  server.cut();
  const transactionId = await rig.type(roomId, "on its way");
  const rule = server.faults.add({ on: { path: /\/sync/ }, do: { status: { code: 502 } } });
  server.mend();
  await rig.core.handlers.networkIsBack({});
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until(({ items }) =>
    items.some((item) => "eventId" in item && item.id === transactionId && item.eventId !== null),
  );
  const eventId = sentAs("on its way") as EventId;
  for (const target of [{ eventId, transactionId }, at(eventId), waiting(transactionId)]) {
    const found = await sourceOf(target);
    expect(found.send).toEqual({ state: "sent" });
    expect(parsed(found)).toMatchObject({
      ...{ event_id: eventId, transaction_id: transactionId, content: { body: "on its way" } },
    });
  }
  rule.remove();
  await rig.core.handlers.networkIsBack({});
  await rig.caughtUp("ann");
  for (const target of [{ eventId, transactionId }, waiting(transactionId)]) {
    const found = await sourceOf(target);
    expect(found.send).toBeNull();
    expect(parsed(found)).toMatchObject({ event_id: eventId, unsigned: { transaction_id: transactionId } });
  }
});

it("of what was deleted before it went out is nothing any more", async () => {
  refuseSends(server);
  const transactionId = await rig.type(roomId, "never mind");
  await rig.watch("outbox").until((entries) => entries[0]?.send.state === "unsent");
  expect(await sourceOf(waiting(transactionId))).toMatchObject({ send: { state: "unsent" } });
  expect(await rig.core.handlers.deleteSend({ roomId, transactionId })).toEqual({ isDeleted: true });
  await expect(sourceOf(waiting(transactionId))).rejects.toThrow(FailureError);
});

it("of what this version cannot read is what is stored, as it stands", () => {
  const found = sourceOfRow(
    roomId,
    {
      ...{
        transactionId: txn("odd"),
        eventType: "m.room.message",
        queuedAt: 1,
        eventId: null,
        relation: null,
      },
      content: { msgtype: "m.text", body: "{ half a" },
      send: { state: "unsent", reason: { code: "unreadable" } },
    },
    false,
  );
  expect(parsed(found)).toMatchObject({ transaction_id: txn("odd"), content: "{ half a" });
  expect(found.missing).toEqual([]);
});
