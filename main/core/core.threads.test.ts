import { afterEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import type { Topics } from "../../preload/contract/topics.ts";
import { realClock } from "./fake-platform.ts";
import {
  CoreRig,
  endAll,
  eventually,
  filesWith,
  homeserverWith,
  roomNamed,
  texts,
} from "./testing/core-rig.ts";
import { refuseSends } from "./testing/room-story.ts";

// Threads through the whole core: apart from the room's own timeline, counted and read apart, also without a server.

let server: Homeserver;
let roomId: RoomId;
async function started(): Promise<CoreRig> {
  server = await homeserverWith("Ann", "Ben");
  roomId = server.world.createRoom({ creator: "ann", members: ["ben"], name: "Garden" }) as RoomId;
  return (await CoreRig.start(server)).signIn("ann");
}
afterEach(endAll);

type View = Topics["timeline"]["snapshot"];
const messageNamed = (view: View, text: string): MessageItem | undefined =>
  view.items.find((item): item is MessageItem => item.kind === "message" && item.body.text === text);
const gapIn = (view: View) => view.items.find((item) => item.kind === "gap");
/** The texts in order, and null where it is said that something is missing. */
const withGap = (view: View): (string | null)[] =>
  view.items.flatMap((item) =>
    item.kind === "gap" ? [null] : item.kind === "message" ? [item.body.text] : [],
  );
const summaryOf = (view: View, text: string) => messageNamed(view, text)?.relations?.thread;
const sent = (eventId: string): MessageTarget => ({ eventId: eventId as EventId, transactionId: null });

function reply(root: string, body: string, more: Record<string, unknown> = {}): string {
  return server.world.sendMessage(roomId, "ben", {
    ...{ msgtype: "m.text", body, ...more },
    "m.relates_to": {
      ...{ rel_type: "m.thread", event_id: root, is_falling_back: true },
      "m.in_reply_to": { event_id: root },
    },
  });
}

let made = 0;
async function say(
  rig: CoreRig,
  body: string,
  where: { thread: MessageTarget; replyTo?: MessageTarget },
): Promise<TransactionId> {
  const transactionId = `thread-act-${++made}` as TransactionId;
  await rig.core.handlers.sendMessage({
    ...{ roomId, transactionId, content: { msgtype: "m.text", body } },
    ...where,
  });
  return transactionId;
}
const contentOf = (body: string) =>
  server.world.events(roomId).find(({ content }) => content["body"] === body)?.content;
const idOf = (body: string) =>
  server.world.events(roomId).find(({ content }) => content["body"] === body)?.event_id;

describe("a thread", () => {
  it("is told by its root and shown apart, live and after a restart", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until((view) => messageNamed(view, "the root") !== undefined);
    const thread = rig.watch("timeline", { roomId, thread: sent(root) });
    await thread.until((view) => view.older === "exhausted");
    reply(root, "one");
    reply(root, "two");
    const main = await timeline.until((view) => summaryOf(view, "the root")?.count === 2);
    expect(texts(main)).toEqual(["the root"]);
    expect(summaryOf(main, "the root")).toMatchObject({
      ...{ unread: 2, isOurs: false, unsent: 0 },
      latest: { text: "two", sender: { name: "Ben" } },
    });
    expect(texts(await thread.until((view) => texts(view).length === 3))).toEqual(["the root", "one", "two"]);
    server.cut();
    const again = await rig.restart();
    const stored = again.watch("timeline", { roomId, thread: sent(root) });
    expect(texts(await stored.until((view) => texts(view).length === 3))).toEqual(["the root", "one", "two"]);
  });

  it("of long ago is paged from the server, and its root counts what is not here", async () => {
    server = await homeserverWith("Ann", "Ben");
    roomId = server.world.createRoom({ creator: "ann", members: ["ben"], name: "Garden" }) as RoomId;
    const root = server.world.sendMessage(roomId, "ben", "the root");
    for (let i = 0; i < 120; i++) reply(root, `reply ${i}`);
    for (let i = 0; i < 30; i++) server.world.sendMessage(roomId, "ben", `later ${i}`);
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const list = rig.watch("threads", { roomId });
    const { threads } = await list.until((v) => v.more === "exhausted" && v.threads.length === 1);
    expect(threads[0]).toMatchObject({
      thread: sent(root),
      about: { text: "the root" },
      summary: { count: 120, latest: { text: "reply 119" } },
    });
    const thread = rig.watch("timeline", { roomId, thread: sent(root) });
    const first = await thread.until((view) => view.older === "idle" && texts(view).length >= 50);
    expect(texts(first).at(-1)).toBe("reply 119");
    expect(messageNamed(first, "the root")).toBeUndefined();
    for (let page = 0; page < 2; page++) await rig.core.handlers.paginate({ roomId, thread: sent(root) });
    const all = await thread.until((view) => view.older === "exhausted");
    expect(texts(all)).toEqual(["the root", ...Array.from({ length: 120 }, (_, i) => `reply ${i}`)]);
  });

  it("that was missed in a gap is whole again", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until((view) => messageNamed(view, "the root") !== undefined);
    const thread = rig.watch("timeline", { roomId, thread: sent(root) });
    await thread.until((view) => view.older === "exhausted");
    server.cut();
    reply(root, "in the gap");
    for (let i = 0; i < 40; i++) server.world.sendMessage(roomId, "ben", `noise ${i}`);
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await thread.until((view) => messageNamed(view, "in the gap") !== undefined);
  });

  it("of which more was missed than one page holds says so, and is whole once the rest is asked for", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    reply(root, "one");
    const params = { roomId, thread: sent(root) };
    const thread = rig.watch("timeline", params);
    await thread.until((view) => view.older === "exhausted" && texts(view).length === 2);
    server.cut();
    const missed = Array.from({ length: 120 }, (_, i) => `missed ${i}`);
    for (const text of missed) reply(root, text);
    server.mend();
    const from = thread.values.length;
    await rig.core.handlers.networkIsBack({});
    await thread.until((view) => texts(view)[0] === "missed 70" && view.older === "idle");
    expect(texts(thread.value)).toEqual(missed.slice(70));
    for (let page = 0; page < 2; page++) await rig.core.handlers.paginate(params);
    await thread.until((view) => view.older === "exhausted");
    expect(texts(thread.value)).toEqual(["the root", "one", ...missed]);
    // Never was it said to be whole while something was missing.
    for (const view of thread.values.slice(from))
      if (view.older === "exhausted" && gapIn(view) === undefined && texts(view).length > 2)
        expect(texts(view)).toEqual(["the root", "one", ...missed]);
  });

  it("that could not be asked for what was missed says so at the hole, and is whole when it is asked again", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    reply(root, "one");
    const params = { roomId, thread: sent(root) };
    const thread = rig.watch("timeline", params);
    await thread.until((view) => view.older === "exhausted" && texts(view).length === 2);
    server.cut();
    const missed = Array.from({ length: 40 }, (_, i) => `missed ${i}`);
    for (const text of missed) reply(root, text);
    const rule = server.faults.add({ on: { path: /\/relations\// }, do: { status: { code: 502 } } });
    server.mend();
    const from = thread.values.length;
    await rig.core.handlers.networkIsBack({});
    await thread.until((view) => typeof gapIn(view)?.state === "object");
    const shown = ["the root", "one", null, ...missed.slice(20)];
    expect(withGap(thread.value)).toEqual(shown);
    // All there is from the root on to the hole is here.
    expect(thread.value.older).toBe("exhausted");
    rule.remove();
    await rig.core.handlers.paginate(params);
    await thread.until((view) => gapIn(view) === undefined);
    expect(thread.value.older).toBe("exhausted");
    expect(texts(thread.value)).toEqual(["the root", "one", ...missed]);
    // While it was asked for the first time, too.
    const asking = thread.values.slice(from).filter((view) => gapIn(view)?.state === "loading");
    expect(asking.length).toBeGreaterThan(0);
    for (const view of asking) expect(withGap(view)).toEqual(shown);
  });

  it("of which only the end is here says of what was missed after it where that is", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const said = Array.from({ length: 80 }, (_, i) => `said ${i}`);
    server.cut();
    for (const text of said) reply(root, text);
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await rig.live();
    await rig.caughtUp("ann");
    const params = { roomId, thread: sent(root) };
    const thread = rig.watch("timeline", params);
    await thread.until((view) => view.older === "idle" && texts(view)[0] === "said 30");
    server.cut();
    const missed = Array.from({ length: 30 }, (_, i) => `missed ${i}`);
    for (const text of missed) reply(root, text);
    const rule = server.faults.add({ on: { path: /\/relations\// }, do: { status: { code: 502 } } });
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await thread.until(({ older }) => typeof older === "object");
    expect(withGap(thread.value)).toEqual([...said.slice(30), null, ...missed.slice(10)]);
    rule.remove();
    await rig.core.handlers.paginate(params);
    await thread.until((view) => gapIn(view) === undefined && view.older === "idle");
    await rig.core.handlers.paginate(params);
    await rig.core.handlers.paginate(params);
    await thread.until((view) => view.older === "exhausted");
    expect(texts(thread.value)).toEqual(["the root", ...said, ...missed]);
  });

  it("shows nothing from before a hole when the reply is deleted where what is known begins", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    for (let i = 0; i < 5; i++) reply(root, `before ${i}`);
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until((view) => summaryOf(view, "the root")?.count === 5);
    server.cut();
    const missed = Array.from({ length: 80 }, (_, i) => reply(root, `missed ${i}`));
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await timeline.until((view) => (summaryOf(view, "the root")?.count ?? 0) > 80);
    const thread = rig.watch("timeline", { roomId, thread: sent(root) });
    const first = await thread.until((view) => view.older === "idle" && texts(view)[0] === "missed 30");
    expect(texts(first)).toHaveLength(50);
    for (const eventId of missed.slice(30, 32)) server.world.redact(roomId, "ben", eventId);
    reply(root, "and on");
    const then = await thread.until(
      (view) => texts(view).at(-1) === "and on" && texts(view)[0] !== "missed 30",
    );
    await thread.until((view) => !texts(view).includes("missed 31"));
    expect(texts(then)[0]).toMatch(/^missed 3[12]$/);
    expect(texts(thread.value)[0]).toBe("missed 32");
  });
});

describe("an answer in a thread", () => {
  it("names the thread, and for others the newest message of it", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const timeline = rig.watch("timeline", { roomId });
    const newest = reply(root, "newest");
    await timeline.until((view) => summaryOf(view, "the root")?.count === 1);
    await say(rig, "falls back", { thread: sent(root) });
    await say(rig, "answers", { thread: sent(root), replyTo: sent(newest) });
    await eventually(() => contentOf("answers") !== undefined);
    expect(contentOf("falls back")?.["m.relates_to"]).toEqual({
      ...{ rel_type: "m.thread", event_id: root, is_falling_back: true },
      "m.in_reply_to": { event_id: newest },
    });
    expect(contentOf("answers")).toMatchObject({
      "m.mentions": { user_ids: [server.world.user("ben").userId] },
      "m.relates_to": { event_id: root, is_falling_back: false, "m.in_reply_to": { event_id: newest } },
    });
    const main = await timeline.until((view) => summaryOf(view, "the root")?.count === 3);
    expect(texts(main)).toEqual(["the root"]);
    expect(summaryOf(main, "the root")).toMatchObject({ isOurs: true, latest: { text: "answers" } });
  });

  it("to a root that is not sent yet survives a kill, with an answer to that answer", async () => {
    const rig = await started();
    server.cut();
    const root = { eventId: null, transactionId: await rig.type(roomId, "the root") };
    const first = { eventId: null, transactionId: await say(rig, "first", { thread: root }) };
    await say(rig, "second", { thread: root, replyTo: first });
    const offline = rig.watch("timeline", { roomId, thread: root });
    expect(texts(await offline.until((view) => texts(view).length === 3))).toEqual([
      "the root",
      "first",
      "second",
    ]);
    const own = rig.watch("timeline", { roomId });
    const summary = summaryOf(await own.until((view) => texts(view).length === 1), "the root");
    expect(summary).toMatchObject({ count: 2, latest: { text: "second" } });
    const again = rig.kill();
    server.mend();
    const second = await again();
    await second.live();
    await eventually(() => contentOf("second") !== undefined);
    const thread = second.watch("timeline", { roomId, thread: root });
    await thread.until(({ items }) => items.every((item) => !("eventId" in item) || item.eventId !== null));
    expect(contentOf("first")?.["m.relates_to"]).toMatchObject({ event_id: idOf("the root") });
    expect(contentOf("second")?.["m.relates_to"]).toEqual({
      ...{ rel_type: "m.thread", event_id: idOf("the root"), is_falling_back: false },
      "m.in_reply_to": { event_id: idOf("first") },
    });
  });

  it("keeps its words and its thread when what it answers is deleted before it goes out", async () => {
    const rig = await started();
    server.cut();
    const root = { eventId: null, transactionId: await rig.type(roomId, "the root") };
    const first = { eventId: null, transactionId: await say(rig, "first", { thread: root }) };
    await say(rig, "second", { thread: root, replyTo: first });
    await rig.core.handlers.redactMessage({
      ...{ roomId, target: first, reason: null },
      transactionId: "deletes-the-first" as TransactionId,
    });
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await eventually(() => contentOf("second") !== undefined);
    expect(contentOf("first")).toBeUndefined();
    expect(contentOf("second")?.["m.relates_to"]).toEqual({
      ...{ rel_type: "m.thread", event_id: idOf("the root"), is_falling_back: true },
      "m.in_reply_to": { event_id: idOf("the root") },
    });
  });

  it("becomes a message of the room when the root is deleted before it goes out", async () => {
    const rig = await started();
    server.cut();
    // The first of the lane is on the wire again and again.
    await rig.type(roomId, "goes first");
    const root = { eventId: null, transactionId: await rig.type(roomId, "the root") };
    const first = { eventId: null, transactionId: await say(rig, "first", { thread: root }) };
    await say(rig, "second", { thread: root, replyTo: first });
    await rig.core.handlers.deleteSend({ roomId, transactionId: root.transactionId });
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await eventually(() => contentOf("second") !== undefined);
    expect(contentOf("first")?.["m.relates_to"]).toBeUndefined();
    expect(contentOf("second")?.["m.relates_to"]).toEqual({ "m.in_reply_to": { event_id: idOf("first") } });
  });
});

describe("what is unread in a thread", () => {
  const room = (list: Topics["roomList"]["snapshot"]) => roomNamed(list, "Garden");

  it("stays unread when the room's own timeline is read, and goes with reading the thread", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const inThread = reply(root, "Ann?", { "m.mentions": { user_ids: [server.world.user("ann").userId] } });
    const last = server.world.sendMessage(roomId, "ben", "after it");
    const list = rig.watch("roomList");
    await list.until((rooms) => room(rooms)?.unread === 3);
    await rig.core.handlers.markRead({ roomId, eventId: last as EventId });
    const left = await list.until((rooms) => room(rooms)?.unread === 1);
    expect(room(left)?.highlight).toBe(1);
    await eventually(() => server.world.receipts(roomId).some(({ threadId }) => threadId === "main"));
    const view = rig.watch("room", { roomId });
    await view.until(({ threads }) => threads.unread === 1 && threads.highlight === 1);
    await rig.core.handlers.markRead({ roomId, eventId: inThread as EventId, thread: root as EventId });
    await list.until((rooms) => room(rooms)?.unread === 0);
    await view.until(({ threads }) => threads.unread === 0);
    await eventually(() =>
      server.world
        .receipts(roomId)
        .some(({ threadId, eventId }) => threadId === root && eventId === inThread),
    );
    // Nothing of it comes back with what the server says next.
    await rig.caughtUp("ann");
    expect(room(await list.until((rooms) => rooms.length > 1))?.unread).toBe(0);
  });

  it("goes with reading the whole room, and with reading it on another device", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const list = rig.watch("roomList");
    reply(root, "one");
    await list.until((rooms) => room(rooms)?.unread === 2);
    await rig.core.handlers.markRoomRead({ roomId });
    await list.until((rooms) => room(rooms)?.unread === 0);
    const two = reply(root, "two");
    await list.until((rooms) => room(rooms)?.unread === 1);
    server.world.receipt(roomId, "ann", two, "m.read", root);
    await list.until((rooms) => room(rooms)?.unread === 0);
  });

  it("is what the server counts where our history has a hole", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ben", "the root");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until((view) => messageNamed(view, "the root") !== undefined);
    await rig.core.handlers.markRead({ roomId, eventId: root as EventId });
    await rig.close();
    for (let i = 0; i < 30; i++) reply(root, `reply ${i}`);
    const again = await rig.restart();
    await again.live();
    const view = again.watch("room", { roomId });
    await view.until(({ threads }) => threads.unread === 30);
    await again.core.handlers.markRoomRead({ roomId });
    await view.until(({ threads }) => threads.unread === 0);
  });

  it("is read by others where their receipts say so", async () => {
    const rig = await started();
    const root = server.world.sendMessage(roomId, "ann", "the root");
    const one = reply(root, "one");
    const thread = rig.watch("timeline", { roomId, thread: sent(root) });
    await thread.until((view) => texts(view).length === 2);
    server.world.receipt(roomId, "ben", one, "m.read", root);
    await thread.until((view) => messageNamed(view, "one")?.readBy[0]?.name === "Ben");
  });
});

describe("a thread whose root is not sent", () => {
  it("stays open and whole when the root was refused and is sent with other words", async () => {
    const rig = await started();
    const rule = refuseSends(server);
    const transactionId = await rig.type(roomId, "the root");
    const root = { eventId: null, transactionId };
    const outbox = rig.watch("outbox");
    await outbox.until((entries) => entries[0]?.send.state === "unsent");
    const thread = rig.watch("timeline", { roomId, thread: root });
    await say(rig, "one", { thread: root });
    await thread.until((view) => texts(view).join() === "the root,one");
    expect(thread.value.root).toBeNull();
    rule.remove();
    server.cut();
    const content = { msgtype: "m.text", body: "reworded" } as const;
    await rig.core.handlers.editSend({ roomId, transactionId, content });
    await thread.until((view) => texts(view).join() === "reworded,one");
    await say(rig, "two", { thread: root });
    await thread.until((view) => texts(view).join() === "reworded,one,two");
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await thread.until(({ items }) => items.every((item) => !("eventId" in item) || item.eventId !== null));
    expect(texts(thread.value)).toEqual(["reworded", "one", "two"]);
    // Under this name what is read of it is told.
    expect(thread.value.root).toBe(idOf("reworded"));
    const again = await rig.restart();
    expect(again.watch("timeline", { roomId, thread: root }).value.root).toBe(idOf("reworded"));
    for (const body of ["one", "two"])
      expect(contentOf(body)?.["m.relates_to"]).toMatchObject({ event_id: idOf("reworded") });
  });

  it("is in the list of threads with what waits, as is one where only answers of ours wait", async () => {
    const rig = await started();
    const asked = server.world.sendMessage(roomId, "ben", "a question");
    await rig.caughtUp("ann");
    server.cut();
    const own = { eventId: null, transactionId: await rig.type(roomId, "the root") };
    await say(rig, "about it", { thread: own });
    await say(rig, "an answer", { thread: sent(asked) });
    const again = await rig.restart();
    const list = again.watch("threads", { roomId });
    expect(list.value.threads).toMatchObject([
      { thread: sent(asked), about: { text: "a question" }, summary: { latest: { text: "an answer" } } },
      { thread: own, about: { text: "the root" }, summary: { count: 1, latest: { text: "about it" } } },
    ]);
    server.mend();
    await again.core.handlers.networkIsBack({});
    await list.until(({ threads }) => threads.every(({ summary }) => summary.unsent === 0));
    await eventually(() => idOf("an answer") !== undefined);
    const thread = sent(idOf("the root") ?? "");
    const isThere = list.until(({ threads }) => threads[1]?.thread.eventId === thread.eventId);
    expect((await isThere).threads).toMatchObject([
      { thread: sent(asked), summary: { count: 1, latest: { text: "an answer" } } },
      { summary: { count: 1, latest: { text: "about it" } } },
    ]);
  });
});

it("of two threads answered in one and the same ms, the one answered last stands first", async () => {
  await (await started()).close();
  const at = Date.now();
  const rig = await (await CoreRig.start(server, { clock: { ...realClock(), now: () => at } })).signIn("ann");
  const one = server.world.sendMessage(roomId, "ben", "one");
  const other = server.world.sendMessage(roomId, "ben", "other");
  await rig.caughtUp("ann");
  server.cut();
  const list = rig.watch("threads", { roomId });
  const words = (): (string | undefined)[] => list.value.threads.map(({ about }) => about.text);
  await say(rig, "first", { thread: sent(other) });
  await say(rig, "second", { thread: sent(one) });
  await eventually(() => words().join() === "one,other");
  await say(rig, "third", { thread: sent(other) });
  await eventually(() => words().join() === "other,one");
});

describe("a deleted reply", () => {
  it("leaves the thread, its root's summary, and every file of the profile", async () => {
    const secret = "hippopotomonstrous";
    server = await homeserverWith("Ann", "Ben");
    roomId = server.world.createRoom({ creator: "ann", members: ["ben"], name: "Garden" }) as RoomId;
    const root = server.world.sendMessage(roomId, "ben", "the root");
    reply(root, "one");
    const eventId = reply(root, `${secret} words`);
    const rig = await (await CoreRig.start(server)).signIn("ann");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until((view) => summaryOf(view, "the root")?.latest?.text === `${secret} words`);
    expect(filesWith(rig.platform.profileDir, secret)).not.toEqual([]);
    server.world.redact(roomId, "ben", eventId);
    await timeline.until((view) => {
      const summary = summaryOf(view, "the root");
      return summary?.count === 1 && summary.latest?.text === "one";
    });
    await eventually(() => filesWith(rig.platform.profileDir, secret).length === 0);
  });
});
