import { afterEach, describe, expect, it } from "vitest";
import { startHomeserver, type Homeserver, type HomeserverOptions } from "../../e2e/homeserver/index.ts";
import type { RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { TimelineChange, Topics } from "../../preload/contract/topics.ts";
import { CoreRig, endAll, texts } from "./testing/core-rig.ts";

// From the key press to the echo, as the timeline shows it: every change is named, and then there is silence.

let server: Homeserver;
let roomId: RoomId;
async function started(options: HomeserverOptions = {}): Promise<CoreRig> {
  server = await startHomeserver(options);
  server.world.addUser("ann", { displayName: "Ann" });
  server.world.addUser("ben", { displayName: "Ben" });
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Garden" }) as RoomId;
  server.world.sendMessage(roomId, "ben", "first");
  return (await CoreRig.start(server)).signIn("ann");
}
afterEach(async () => {
  await endAll();
  await server.stop();
});

const SEND = /\/send\/m\.room\.message\//;
/** What a change does, in one word per step, with the send state it leads to. */
const named = (changes: readonly TimelineChange[]): string[] =>
  changes.flatMap(({ items }) =>
    items.map((change) => {
      const item =
        change.op === "insert" ? change.items[0] : change.op === "replace" ? change.item : undefined;
      const isOurs = item?.kind === "message" && item.send !== null;
      return isOurs
        ? `${change.op} ${item.send?.state}${item.eventId === null ? "" : " with its event"}`
        : change.op;
    }),
  );
const said = () =>
  server.world
    .events(roomId)
    .filter(({ type }) => type === "m.room.message")
    .map(({ content }) => content["body"]);

async function opened(rig: CoreRig) {
  const timeline = rig.watch("timeline", { roomId });
  await timeline.until(({ older }) => older === "exhausted");
  timeline.take();
  return timeline;
}

describe("a message", () => {
  it("that was sent and not shown back stays while it is answered, quoted and begins a thread", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    // Nor is a sync under way that would.
    server.cut();
    const transactionId = await rig.type(roomId, "mine");
    server.faults.add({ on: { path: /\/sync$/ }, do: { status: { code: 502 } } });
    server.mend();
    await rig.core.handlers.networkIsBack({});
    const ours = (view: Topics["timeline"]["snapshot"]) =>
      view.items.flatMap((item) => (item.kind === "message" && item.sender.isOwn ? [item] : []));
    await timeline.until((view) => ours(view)[0]?.send?.state === "sent");
    const eventId = ours(timeline.value)[0]?.eventId ?? null;
    const content = { msgtype: "m.text", body: "its answer" } as const;
    const replyTo = { eventId, transactionId };
    await rig.core.handlers.sendMessage({
      ...{ roomId, transactionId: "t-answer" as TransactionId, content, replyTo },
    });
    const thread = rig.watch("timeline", { roomId, thread: { eventId, transactionId: null } });
    const quote = rig.watch("quote", { roomId, target: { eventId, transactionId: null } });
    await timeline.until((view) => ours(view)[1]?.send?.state === "sent");
    expect(ours(timeline.value).map(({ body }) => body.text)).toEqual(["mine", "its answer"]);
    expect(ours(timeline.value)[1]?.relations?.reply).toMatchObject({
      eventId,
      state: "shown",
      text: "mine",
    });
    expect(texts(thread.value)).toEqual(["mine"]);
    expect(quote.value).toMatchObject({ eventId, state: "shown", text: "mine" });
    // Nothing was asked for that would have come by itself.
    expect(server.wire.count("GET", /\/event\//)).toBe(0);
  });

  it("whose answer comes first is inserted, marked as sent and then echoed in place, and then nothing", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    const echo = Promise.withResolvers<void>();
    server.faults.add({ on: { path: /\/sync$/ }, do: { holdAnswer: echo.promise } });
    await rig.core.handlers.networkIsBack({});
    const id = await rig.type(roomId, "mine");
    await timeline.until(
      ({ items }) =>
        named([{ items: [{ op: "replace", at: 0, item: items.at(-1)! }] }])[0]?.includes("sent") === true,
    );
    server.faults.clear();
    echo.resolve();
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await rig.caughtUp("ann");
    const steps = named(timeline.take());
    expect(steps[0]).toBe("insert queued");
    expect(steps.slice(1).every((step) => step.startsWith("replace "))).toBe(true);
    expect(steps.at(-1)).toBe("replace sent with its event");
    expect(timeline.value.items.filter((item) => item.id === id)).toHaveLength(1);
    expect(timeline.value.items.at(-1)?.id).toBe(id);
    await rig.caughtUp("ann");
    expect(timeline.take()).toEqual([]);
  });

  it("whose echo comes before the answer is replaced once, under the same id, and then nothing", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    const answer = Promise.withResolvers<void>();
    server.faults.add({ on: { path: SEND }, do: { holdAnswer: answer.promise } });
    const id = await rig.type(roomId, "mine");
    await timeline.until(({ items }) => {
      const last = items.at(-1);
      return last?.kind === "message" && last.eventId !== null && last.id === id;
    });
    const steps = named(timeline.take());
    expect(steps).toEqual(["insert queued", "replace sending", "replace sent with its event"]);
    answer.resolve();
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await rig.caughtUp("ann");
    expect(timeline.take()).toEqual([]);
    expect(texts(timeline.value)).toEqual(["first", "mine"]);
    expect(server.wire.count("PUT", SEND)).toBe(1);
  });

  it("whose answer is lost is sent once and needs no second request when its echo has come", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    server.faults.add({ on: { path: SEND }, do: { echoBeforeAnswer: 300, answerLost: true }, times: 1 });
    const id = await rig.type(roomId, "mine");
    await timeline.until(({ items }) => {
      const last = items.at(-1);
      return last?.kind === "message" && last.eventId !== null;
    });
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await rig.caughtUp("ann");
    expect(said()).toEqual(["first", "mine"]);
    expect(timeline.value.items.filter((item) => item.id === id)).toHaveLength(1);
    expect(texts(timeline.value)).toEqual(["first", "mine"]);
    expect(server.wire.count("PUT", SEND)).toBe(1);
  });

  it("on a server that omits transaction ids ends as one row, whoever is first", async () => {
    const rig = await started({ omitTransactionId: true });
    const timeline = await opened(rig);
    const first = await rig.type(roomId, "answer first");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    const answer = Promise.withResolvers<void>();
    server.faults.add({ on: { path: SEND }, do: { holdAnswer: answer.promise }, times: 1 });
    const second = await rig.type(roomId, "echo first");
    // Nothing says yet that the two are one: never paired by their text (ECHO-11).
    await timeline.until((view) => texts(view).filter((text) => text === "echo first").length === 2);
    answer.resolve();
    await timeline.until((view) => texts(view).filter((text) => text === "echo first").length === 1);
    await rig.caughtUp("ann");
    const eventIds = server.world.events(roomId).map(({ event_id }) => event_id);
    const [one, other] = timeline.value.items.slice(-2);
    expect(one?.id).toBe(first);
    expect([second, eventIds.at(-1)]).toContain(other?.id);
    expect(texts(timeline.value)).toEqual(["first", "answer first", "echo first"]);
    const again = (await rig.restart()).watch("timeline", { roomId });
    expect(texts(again.value)).toEqual(["first", "answer first", "echo first"]);
  });

  it("and the same text three times, and from another device, are all separate rows", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    for (let i = 0; i < 3; i += 1) await rig.type(roomId, "ok");
    server.world.sendMessage(roomId, "ann", "ok");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    await timeline.until((view) => texts(view).length === 5);
    await rig.caughtUp("ann");
    expect(texts(timeline.value)).toEqual(["first", "ok", "ok", "ok", "ok"]);
    expect(new Set(timeline.value.items.map(({ id }) => id)).size).toBe(timeline.value.items.length);
  });

  it("between those of others ends where the server has put it", async () => {
    const rig = await started();
    const timeline = await opened(rig);
    const go = Promise.withResolvers<void>();
    server.faults.add({ on: { path: SEND }, do: { holdBefore: go.promise } });
    await rig.type(roomId, "mine");
    server.world.sendMessage(roomId, "ben", "theirs");
    await timeline.until((view) => texts(view).includes("theirs"));
    expect(texts(timeline.value)).toEqual(["first", "theirs", "mine"]);
    go.resolve();
    await rig.watch("outbox").until((entries) => entries.length === 0);
    server.world.sendMessage(roomId, "ben", "later");
    await timeline.until((view) => texts(view).includes("later"));
    expect(texts(timeline.value)).toEqual(said());
  });
});

it("a message killed between its request and its answer arrives once and under its id", async () => {
  const rig = await started();
  const answer = Promise.withResolvers<void>();
  server.faults.add({ on: { path: SEND }, do: { holdAnswer: answer.promise }, times: 1 });
  const id = await rig.type(roomId, "mine");
  await server.wire.waitFor(({ path }) => SEND.test(path));
  const reopen = rig.kill();
  answer.resolve();
  const again = await reopen();
  const timeline = again.watch("timeline", { roomId });
  expect(texts(timeline.value)).toEqual(["first", "mine"]);
  await again.live();
  await again.watch("outbox").until((entries) => entries.length === 0);
  await again.caughtUp("ann");
  expect(said()).toEqual(["first", "mine"]);
  expect(texts(timeline.value)).toEqual(["first", "mine"]);
  expect(timeline.value.items.at(-1)?.id).toBe(id);
});

describe("the draft of a message", () => {
  const draftOf = (rig: CoreRig) => rig.watch("room", { roomId }).value.draft?.body ?? null;

  it.each([
    ["goes in the commit that queues it, whatever a power cut leaves undone", "half a thou", null],
    ["stays when more was typed meanwhile", "half a thought, and more", "half a thought, and more"],
  ])("%s", async (_name, draft, left) => {
    const rig = await started();
    server.cut();
    await rig.core.handlers.saveDraft({ roomId, draft: { body: draft } });
    await rig.type(roomId, "half a thought");
    // The composer has not said yet that it is empty.
    const again = await rig.kill()();
    expect(draftOf(again)).toBe(left);
    expect(texts(again.watch("timeline", { roomId }).value).at(-1)).toBe("half a thought");
  });
});
