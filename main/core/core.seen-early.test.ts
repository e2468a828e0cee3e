import { afterEach, describe, expect, it } from "vitest";
import { startHomeserver, type Homeserver, type HomeserverOptions } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { CoreRig, endAll, texts } from "./testing/core-rig.ts";

// A message of ours comes back beside /sync, before its echo: somebody has jumped to a message near it. It has no place in
// the room's timeline yet, and must not leave the screen for that.

let server: Homeserver;
let roomId: RoomId;
let first: string;
async function started(options: HomeserverOptions = {}): Promise<CoreRig> {
  server = await startHomeserver(options);
  server.world.addUser("ann", { displayName: "Ann" });
  server.world.addUser("ben", { displayName: "Ben" });
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Garden" }) as RoomId;
  first = server.world.sendMessage(roomId, "ben", "first");
  return (await CoreRig.start(server)).signIn("ann");
}
afterEach(async () => {
  await endAll();
  await server.stop();
});

type View = Topics["timeline"]["snapshot"];
const SEND = /\/send\//;
const messageNamed = (view: View, text: string): MessageItem | undefined =>
  view.items.find((item): item is MessageItem => item.kind === "message" && item.body.text === text);
const isSent = (view: View, text: string): boolean => messageNamed(view, text)?.send?.state === "sent";

async function opened(rig: CoreRig) {
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until(({ older }) => older === "exhausted");
  return timeline;
}

/** From here on /sync says nothing, until `syncs`. */
async function holdSync(rig: CoreRig): Promise<void> {
  server.cut();
  server.faults.add({ on: { path: /\/sync$/ }, do: { status: { code: 502 } } });
  server.mend();
  await rig.core.handlers.networkIsBack({});
}
async function syncs(rig: CoreRig): Promise<void> {
  server.faults.clear();
  await rig.core.handlers.networkIsBack({});
  await rig.live();
  await rig.caughtUp("ann");
}

/** What the server has around the event is here now. */
async function jumpTo(rig: CoreRig, eventId: string) {
  const focused = rig.watch("timeline", { roomId, focus: eventId as EventId });
  await focused.until(({ focus }) => focus?.state === "shown" || focus?.state === "live");
  return focused;
}

describe("a message of ours near one that somebody jumps to", () => {
  it.each([
    ["with its transaction id", {}],
    ["on a server that leaves those out", { omitTransactionId: true }],
  ])("stays at the live end until its echo has come, and is there once: %s", async (_name, options) => {
    const rig = await started(options);
    const timeline = await opened(rig);
    await holdSync(rig);
    const theirs = server.world.sendMessage(roomId, "ben", "theirs");
    const id = await rig.type(roomId, "mine");
    await timeline.until((view) => isSent(view, "mine"));
    const focused = await jumpTo(rig, theirs);
    expect(texts(focused.value)).toEqual(["first", "theirs", "mine"]);
    // What makes the queue look at its rows again.
    await rig.type(roomId, "next");
    await timeline.until((view) => isSent(view, "next"));
    expect(texts(timeline.value)).toEqual(["first", "mine", "next"]);
    const again = await rig.restart();
    const stored = again.watch("timeline", { roomId });
    expect(texts(stored.value)).toEqual(["first", "mine", "next"]);
    await syncs(again);
    expect(texts(stored.value)).toEqual(["first", "theirs", "mine", "next"]);
    expect(messageNamed(stored.value, "mine")?.id).toBe(id);
    for (const view of stored.values) expect(texts(view).filter((text) => text === "mine")).toHaveLength(1);
    expect(server.wire.count("PUT", SEND)).toBe(2);
  });

  it("stays though the answer to it comes after", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    await holdSync(rig);
    const answer = Promise.withResolvers<void>();
    server.faults.add({ on: { path: SEND }, do: { holdAnswer: answer.promise }, times: 1 });
    const theirs = server.world.sendMessage(roomId, "ben", "theirs");
    await rig.type(roomId, "mine");
    await server.wire.waitFor(({ path }) => SEND.test(path));
    await jumpTo(rig, theirs);
    expect(texts(timeline.value)).toEqual(["first", "mine"]);
    answer.resolve();
    await rig.type(roomId, "next");
    await timeline.until((view) => isSent(view, "next"));
    expect(texts(timeline.value)).toEqual(["first", "mine", "next"]);
    await syncs(rig);
    expect(texts(timeline.value)).toEqual(["first", "theirs", "mine", "next"]);
    for (const view of timeline.values)
      expect(texts(view).filter((text) => text === "mine").length).toBeLessThanOrEqual(1);
    expect(server.wire.count("PUT", SEND)).toBe(2);
  });

  it("is known to have arrived where its answer is lost: it is not sent again, and nothing waits behind it", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    await holdSync(rig);
    server.faults.add({ on: { path: SEND }, do: { answerLost: true }, times: 1 });
    const theirs = server.world.sendMessage(roomId, "ben", "theirs");
    await rig.type(roomId, "mine");
    await server.wire.waitFor(({ path }) => SEND.test(path));
    server.faults.add({ on: { path: SEND }, do: { status: { code: 502 } } });
    await rig.type(roomId, "next");
    await jumpTo(rig, theirs);
    await timeline.until((view) => isSent(view, "mine"));
    expect(texts(timeline.value)).toEqual(["first", "mine", "next"]);
    const again = await rig.restart();
    const stored = again.watch("timeline", { roomId });
    expect(isSent(stored.value, "mine")).toBe(true);
    expect(again.watch("outbox").value.map(({ text }) => text)).toEqual(["next"]);
    await syncs(again);
    await again.watch("outbox").until((entries) => entries.length === 0);
    await again.caughtUp("ann");
    expect(texts(stored.value)).toEqual(["first", "theirs", "mine", "next"]);
  });

  it("stays deleted when its deletion is what came", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    await rig.type(roomId, "mine");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await rig.caughtUp("ann");
    const mine = messageNamed(timeline.value, "mine")?.eventId ?? null;
    await holdSync(rig);
    const theirs = server.world.sendMessage(roomId, "ben", "theirs");
    await rig.core.handlers.redactMessage({
      ...{ roomId, target: { eventId: mine, transactionId: null }, reason: null },
      transactionId: "deletes" as TransactionId,
    });
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await jumpTo(rig, theirs);
    await rig.type(roomId, "next");
    await timeline.until((view) => isSent(view, "next"));
    expect(texts(timeline.value)).toEqual(["first", "next"]);
    await syncs(rig);
    expect(texts(timeline.value)).toEqual(["first", "theirs", "next"]);
  });

  it("shows what we say of others once: a reaction, an edit, an answer in a thread", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    await rig.type(roomId, "mine");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await rig.caughtUp("ann");
    const mine = { eventId: messageNamed(timeline.value, "mine")?.eventId ?? null, transactionId: null };
    await holdSync(rig);
    const theirs = server.world.sendMessage(roomId, "ben", "theirs");
    const target = { eventId: first as EventId, transactionId: null };
    await rig.core.handlers.react({ roomId, target, key: "👍", transactionId: "reacts" as TransactionId });
    await rig.core.handlers.editMessage({
      ...{ roomId, target: mine, transactionId: "edits" as TransactionId },
      content: { msgtype: "m.text", body: "mine, better" },
    });
    await rig.core.handlers.sendMessage({
      ...{ roomId, thread: target, transactionId: "in-thread" as TransactionId },
      content: { msgtype: "m.text", body: "in the thread" },
    });
    await rig.watch("outbox").until((entries) => entries.length === 0);
    const before = timeline.values.length;
    await jumpTo(rig, theirs);
    const isWhole = (view: View): boolean => {
      const relations = messageNamed(view, "first")?.relations;
      const [reaction] = relations?.reactions ?? [];
      return reaction?.count === 1 && relations?.thread?.count === 1 && texts(view).includes("mine, better");
    };
    await rig.type(roomId, "next");
    await timeline.until((view) => isSent(view, "next"));
    await syncs(rig);
    for (const view of timeline.values.slice(before)) expect(isWhole(view)).toBe(true);
    expect(texts(timeline.value)).toEqual(["first", "mine, better", "theirs", "next"]);
  });
});
