import { afterEach, beforeEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { PinsView } from "../../preload/contract/models/pins.ts";
import type { StateChange } from "../../preload/contract/models/timeline.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { FailureError } from "./failure.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { refuseSends } from "./testing/room-story.ts";

// Pinned messages (m.room.pinned_events) through the whole core.

const PINNED = "m.room.pinned_events";
const PUT = /m\.room\.pinned_events/;
let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
type Options = Parameters<Homeserver["world"]["createRoom"]>[0];
const aRoom = (options: Partial<Options> = {}): RoomId =>
  server.world.createRoom({ creator: "ann", members: ["ben"], name: "Garden", ...options }) as RoomId;
const say = (roomId: RoomId, body: string): EventId =>
  server.world.sendMessage(roomId, "ben", body) as EventId;
const at = (eventId: EventId) => ({ eventId, transactionId: null });
const pinnedOn = (roomId: RoomId): unknown =>
  server.world.events(roomId).findLast(({ type }) => type === PINNED)?.content["pinned"];
const words = ({ pins }: PinsView): string[] =>
  pins.map(({ quote }) => (quote.state === "shown" ? quote.text : quote.state));
const notices = ({ items }: Topics["timeline"]["snapshot"]): StateChange[] =>
  items.flatMap((item) => (item.kind === "state" && item.change.type === "pinned" ? [item.change] : []));

it("shows what is pinned, the last pinned first, and says in the timeline who pinned what", async () => {
  const rig = await started();
  const roomId = aRoom();
  const [one, two] = [say(roomId, "one"), say(roomId, "two")];
  await rig.caughtUp("ann");
  const pins = rig.watch("pins", { roomId });
  const room = rig.watch("room", { roomId });
  const timeline = rig.watch("timeline", { roomId });
  expect(room.value).toMatchObject({ mayPin: true, pinned: [] });
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  await rig.core.handlers.pinMessage({ roomId, target: at(two), isPinned: true });
  await pins.until((view) => words(view).join() === "two,one");
  expect(pinnedOn(roomId)).toEqual([one, two]);
  await room.until(({ pinned }) => pinned.join() === [two, one].join());
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: false });
  await pins.until((view) => words(view).join() === "two");
  await timeline.until((view) => notices(view).length === 3);
  expect(notices(timeline.value)).toEqual([
    { type: "pinned", change: "pinned", eventId: one },
    { type: "pinned", change: "pinned", eventId: two },
    { type: "pinned", change: "unpinned", eventId: one },
  ]);
});

it("keeps what others pinned meanwhile, and what the event says besides", async () => {
  const rig = await started();
  const roomId = aRoom({ powerLevels: { events: { [PINNED]: 0 } } });
  const [one, two, three] = [say(roomId, "one"), say(roomId, "two"), say(roomId, "three")];
  await rig.caughtUp("ann");
  // In the same breath: Ann has heard neither of Ben's pin nor of her own first one when she pins the second.
  server.world.sendState(roomId, "ben", PINNED, "", { pinned: [three, 7], "org.example.note": "kept" });
  await Promise.all(
    [one, two].map((eventId) =>
      Promise.resolve(rig.core.handlers.pinMessage({ roomId, target: at(eventId), isPinned: true })),
    ),
  );
  expect(pinnedOn(roomId)).toEqual([three, 7, one, two]);
  const last = server.world.events(roomId).findLast(({ type }) => type === PINNED);
  expect(last?.content["org.example.note"]).toBe("kept");
});

it("puts back what somebody pinned, and takes down what they took down, between our reading and our writing", async () => {
  const rig = await started();
  const roomId = aRoom({ powerLevels: { events: { [PINNED]: 0 } } });
  const [old, one, two, three] = ["old", "one", "two", "three"].map((body) => say(roomId, body));
  server.world.sendState(roomId, "ben", PINNED, "", { pinned: [old] });
  await rig.caughtUp("ann");
  /** Ben writes when our list has left us and is not taken yet. */
  async function benWritesFirst(content: Record<string, unknown>): Promise<void> {
    const go = Promise.withResolvers<undefined>();
    server.faults.add({ on: { method: "PUT", path: PUT }, do: { holdBefore: go.promise }, times: 1 });
    const before = server.wire.count("PUT", PUT);
    await eventually(() => server.wire.count("PUT", PUT) > before);
    server.world.sendState(roomId, "ben", PINNED, "", content);
    go.resolve(undefined);
  }
  const first = benWritesFirst({ pinned: [old, two], "org.example.note": "kept" });
  const pinning = rig.core.handlers.pinMessage({ roomId, target: at(one!), isPinned: true });
  await first;
  // The list is written again, and he changes it once more meanwhile.
  await benWritesFirst({ pinned: [one, three], "org.example.note": "kept" });
  await pinning;
  expect(new Set(pinnedOn(roomId) as EventId[])).toEqual(new Set([one, two, three]));
  const last = server.world.events(roomId).findLast(({ type }) => type === PINNED);
  expect(last?.content["org.example.note"]).toBe("kept");
  await rig.caughtUp("ann");
  expect(new Set(rig.watch("room", { roomId }).value.pinned)).toEqual(new Set([one, two, three]));
});

it("pins once what is pinned already", async () => {
  const rig = await started();
  const roomId = aRoom();
  const one = say(roomId, "one");
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  expect(server.world.events(roomId).filter(({ type }) => type === PINNED)).toHaveLength(1);
});

it("fetches pinned messages that are not here, and gives deleted and unknown ones their words", async () => {
  const roomId = aRoom();
  const [old, gone, later] = [
    say(roomId, "old words"),
    say(roomId, "unspeakable"),
    say(roomId, "later words"),
  ];
  for (let i = 0; i < 120; i++) say(roomId, `talk ${i}`);
  server.world.redact(roomId, "ben", gone);
  server.world.sendState(roomId, "ann", PINNED, "", { pinned: [old, gone, later, "$nobody:knows"] });
  const rig = await started();
  const pins = rig.watch("pins", { roomId });
  await pins.until((view) => !words(view).includes("loading"));
  expect(words(pins.value)).toEqual(["missing", "later words", "redacted", "old words"]);
  // Deleted while it is shown: its words go here too.
  server.world.redact(roomId, "ben", later);
  await pins.until((view) => words(view)[1] === "redacted");
  // Edited: the words are those of now.
  server.world.sendMessage(roomId, "ben", {
    ...{ msgtype: "m.text", body: "* new words" },
    "m.new_content": { msgtype: "m.text", body: "new words" },
    "m.relates_to": { rel_type: "m.replace", event_id: old },
  });
  await pins.until((view) => words(view)[3] === "new words");
  await rig.core.handlers.pinMessage({ roomId, target: at("$nobody:knows" as EventId), isPinned: false });
  await pins.until(({ pins: { length } }) => length === 3);
});

it("asks again for what could not be fetched when there is a connection", async () => {
  const roomId = aRoom();
  const old = say(roomId, "old words");
  for (let i = 0; i < 60; i++) say(roomId, `talk ${i}`);
  server.world.sendState(roomId, "ann", PINNED, "", { pinned: [old] });
  const rig = await started();
  server.cut();
  const pins = rig.watch("pins", { roomId });
  await pins.until((view) => words(view).join() === "missing");
  server.mend();
  await pins.until((view) => words(view).join() === "old words");
});

it("offers it only to those who may, and says why it failed", async () => {
  const roomId = aRoom({ creator: "ben", members: ["ann"] });
  const one = say(roomId, "one");
  const rig = await started();
  const room = rig.watch("room", { roomId });
  expect(room.value.mayPin).toBe(false);
  const refused = rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  await expect(refused).rejects.toThrow(FailureError);
  expect(pinnedOn(roomId)).toBeUndefined();
  server.world.sendState(roomId, "ben", "m.room.power_levels", "", {
    users: { [server.world.user("ben").userId]: 100 },
    events: { [PINNED]: 0 },
  });
  await room.until(({ mayPin }) => mayPin);
});

it("nonsense in the state is no pin", async () => {
  const roomId = aRoom();
  const one = say(roomId, "one");
  server.world.sendState(roomId, "ann", PINNED, "", {
    pinned: [null, "", {}, `$${"x".repeat(300)}`, one, one],
  });
  const rig = await started();
  expect(words(rig.watch("pins", { roomId }).value)).toEqual(["one"]);
  const room = rig.watch("room", { roomId });
  server.world.sendState(roomId, "ann", PINNED, "", { pinned: "all of them" });
  await room.until(({ pinned }) => pinned.length === 0);
});

const puts = (): number => server.wire.count("PUT", /m\.room\.pinned_events/);

it("made without a connection stands at once and after a restart, and joins what others pinned meanwhile", async () => {
  const roomId = aRoom({ powerLevels: { events: { [PINNED]: 0 } } });
  const [one, two, three, four] = [
    ...[say(roomId, "one"), say(roomId, "two")],
    ...[say(roomId, "three"), say(roomId, "four")],
  ] as [EventId, EventId, EventId, EventId];
  server.world.sendState(roomId, "ben", PINNED, "", { pinned: [one] });
  const rig = await started();
  const pins = rig.watch("pins", { roomId });
  server.cut();
  await rig.core.handlers.pinMessage({ roomId, target: at(two), isPinned: true });
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: false });
  // Changed our mind: nothing of it is ever told.
  await rig.core.handlers.pinMessage({ roomId, target: at(four), isPinned: true });
  await rig.core.handlers.pinMessage({ roomId, target: at(four), isPinned: false });
  expect(words(pins.value)).toEqual(["two"]);
  const again = await rig.restart();
  expect(words(again.watch("pins", { roomId }).value)).toEqual(["two"]);
  server.world.sendState(roomId, "ben", PINNED, "", { pinned: [one, three] });
  const before = puts();
  server.mend();
  await again.core.handlers.networkIsBack({});
  await eventually(() => JSON.stringify(pinnedOn(roomId)) === JSON.stringify([three, two]));
  expect(puts() - before).toBe(2);
  await again.caughtUp("ann");
  expect(again.watch("room", { roomId }).value).toMatchObject({ pinned: [two, three], pinRefused: null });
});

it("whose answer was lost is told again and pins once", async () => {
  const roomId = aRoom();
  const one = say(roomId, "one");
  const rig = await started();
  server.faults.add({ on: { method: "PUT", path: /pinned_events/ }, do: { answerLost: true }, times: 1 });
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  await rig.core.handlers.networkIsBack({});
  await rig.caughtUp("ann");
  expect(pinnedOn(roomId)).toEqual([one]);
  expect(server.world.events(roomId).filter(({ type }) => type === PINNED)).toHaveLength(1);
  expect(rig.watch("room", { roomId }).value.pinned).toEqual([one]);
});

it("of a message that is not sent yet waits for it, over a restart, and goes where that is deleted", async () => {
  const roomId = aRoom();
  const rig = await started();
  server.cut();
  const transactionId = await rig.type(roomId, "soon");
  const other = await rig.type(roomId, "never");
  for (const id of [transactionId, other])
    await rig.core.handlers.pinMessage({
      ...{ roomId, isPinned: true },
      target: { eventId: null, transactionId: id },
    });
  expect(rig.watch("room", { roomId }).value).toMatchObject({
    pinned: [],
    pinnedUnsent: [transactionId, other],
  });
  const waiting = ({ unsent }: PinsView): string[] => unsent.map(({ quote }) => quote.text);
  const list = rig.watch("pins", { roomId });
  expect([waiting(list.value), list.value.pins]).toEqual([["never", "soon"], []]);
  await rig.core.handlers.editMessage({
    ...{ roomId, transactionId: "t-edit-of-pin" as TransactionId },
    target: { eventId: null, transactionId },
    content: { msgtype: "m.text", body: "sooner" },
  });
  await list.until((view) => waiting(view).join() === "never,sooner");
  await rig.core.handlers.deleteSend({ roomId, transactionId: other });
  await list.until((view) => waiting(view).join() === "sooner");
  const again = await rig.restart();
  const room = again.watch("room", { roomId });
  expect(room.value.pinnedUnsent).toEqual([transactionId]);
  server.mend();
  await again.core.handlers.networkIsBack({});
  await eventually(() => pinnedOn(roomId) !== undefined);
  const sent = server.world.events(roomId).find(({ content }) => content["body"] === "soon")?.event_id;
  expect(pinnedOn(roomId)).toEqual([sent]);
  await room.until(({ pinned, pinnedUnsent }) => pinned.join() === sent && pinnedUnsent.length === 0);
  const told = again.watch("pins", { roomId });
  await told.until((view) => words(view).join() === "sooner" && view.unsent.length === 0);
});

const nextId = (name: string) => `t-${name}` as TransactionId;
const waitingAs = (transactionId: TransactionId) => ({ eventId: null, transactionId });

it("of a message in a thread names the thread until the timeline can: not sent, and sent without an echo", async () => {
  const roomId = aRoom();
  const asked = say(roomId, "Where do we eat?");
  const rig = await started();
  await rig.caughtUp("ann");
  server.cut();
  const own = waitingAs(await rig.type(roomId, "a matter of its own"));
  const [ours, theirs] = [nextId("ours"), nextId("theirs")];
  for (const [transactionId, thread] of [[ours, own] as const, [theirs, at(asked)] as const]) {
    const content = { msgtype: "m.text", body: transactionId } as const;
    await rig.core.handlers.sendMessage({ roomId, transactionId, content, thread });
    await rig.core.handlers.pinMessage({ roomId, target: waitingAs(transactionId), isPinned: true });
  }
  await rig.core.handlers.pinMessage({ roomId, target: own, isPinned: true });
  const again = await rig.restart();
  const list = again.watch("pins", { roomId });
  expect(list.value.unsent.map(({ transactionId, thread }) => [transactionId, thread])).toEqual([
    [own.transactionId, null],
    [theirs, at(asked)],
    [ours, own],
  ]);
  // The server takes them, and says nothing of it.
  server.faults.add({ on: { path: /\/sync/ }, do: { status: { code: 502 } } });
  server.mend();
  await again.core.handlers.networkIsBack({});
  await list.until(({ unsent }) => unsent.length === 0);
  const idOf = (body: string) =>
    server.world.events(roomId).find(({ content }) => content["body"] === body)?.event_id;
  const root = { eventId: idOf("a matter of its own"), transactionId: own.transactionId };
  // Each is pinned when it is sent, in whatever order that comes to be.
  const pins = list.value.pins.map(({ eventId, quote, thread }) => [quote.text, eventId, thread]);
  expect(pins.sort()).toEqual([
    ["a matter of its own", root.eventId, null],
    [ours, idOf(ours), { ...root, transactionId: null }],
    [theirs, idOf(theirs), at(asked)],
  ]);
});

it("of a message that was refused and reworded is one pin, and can be taken down from the message", async () => {
  const roomId = aRoom();
  const rig = await started();
  const rule = refuseSends(server);
  const first = await rig.type(roomId, "unheard");
  const timeline = rig.watch("timeline", { roomId });
  const message = (view: Topics["timeline"]["snapshot"]) =>
    view.items.flatMap((item) => (item.kind === "message" && item.sender.isOwn ? [item] : [])).at(-1);
  await timeline.until((view) => message(view)?.send?.state === "unsent");
  await rig.core.handlers.pinMessage({ roomId, target: waitingAs(first), isPinned: true });
  const content = { msgtype: "m.text", body: "reworded" } as const;
  await rig.core.handlers.editSend({ roomId, transactionId: first, content });
  await timeline.until((view) => message(view)?.body.text === "reworded");
  const now = message(timeline.value)?.transactionId as TransactionId;
  expect(now).not.toBe(first);
  const room = rig.watch("room", { roomId });
  expect(room.value.pinnedUnsent).toEqual([now]);
  await rig.core.handlers.pinMessage({ roomId, target: waitingAs(now), isPinned: true });
  expect(room.value.pinnedUnsent).toEqual([now]);
  await rig.core.handlers.pinMessage({ roomId, target: waitingAs(now), isPinned: false });
  expect(room.value.pinnedUnsent).toEqual([]);
  rule.remove();
});

it("that the server refuses later is taken back, and the room says why until the next one", async () => {
  const roomId = aRoom({ creator: "ben", members: ["ann"], powerLevels: { events: { [PINNED]: 0 } } });
  const one = say(roomId, "one");
  const rig = await started();
  const room = rig.watch("room", { roomId });
  server.cut();
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  expect(room.value.pinned).toEqual([one]);
  server.world.sendState(roomId, "ben", "m.room.power_levels", "", {
    users: { [server.world.user("ben").userId]: 100 },
    events: { [PINNED]: 50 },
  });
  server.mend();
  await rig.core.handlers.networkIsBack({});
  await room.until(({ pinned, pinRefused }) => pinned.length === 0 && pinRefused !== null);
  expect(room.value.pinRefused).toMatchObject({ kind: "rejected", errcode: "M_FORBIDDEN" });
  expect(pinnedOn(roomId)).toBeUndefined();
  server.cut();
  await rig.core.handlers.pinMessage({ roomId, target: at(one), isPinned: true });
  await room.until(({ pinRefused }) => pinRefused === null);
});
