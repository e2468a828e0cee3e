import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, UserId } from "../../preload/contract/ids.ts";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import { CoreRig, endAll, homeserverWith } from "./testing/core-rig.ts";

// Ignoring people (spec: Ignoring Users): what they said goes from everything that shows it, and comes back.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben", "Cy");
  roomId = server.world.createRoom({ creator: "ben", members: ["ann", "cy"], name: "Garden" }) as RoomId;
});
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): UserId => server.world.user(user).userId as UserId;
const say = (text: string | object, sender: string): EventId =>
  server.world.sendMany(roomId, 1, () => ({ sender, content: text as string }))[0] as EventId;
const ignore = (rig: CoreRig, isIgnored: boolean, user = "cy"): Promise<void> =>
  Promise.resolve(rig.core.handlers.setIgnored({ userId: idOf(user), isIgnored }));
const said = (items: readonly TimelineItem[]): string[] =>
  items.flatMap((item) => (item.kind === "message" ? [item.body.text] : []));
const inThread = (root: EventId, body: string) => ({
  msgtype: "m.text",
  body,
  "m.relates_to": { rel_type: "m.thread", event_id: root },
});

describe("somebody who is ignored", () => {
  it("is not heard any more in what is open: timeline, list, search, answers, pins and threads; state stays", async () => {
    const root = say("A thread", "ben");
    const theirs = say("Their words", "cy");
    say(
      { msgtype: "m.text", body: "To that", "m.relates_to": { "m.in_reply_to": { event_id: theirs } } },
      "ben",
    );
    say(inThread(root, "Their reply"), "cy");
    say(inThread(root, "Our reply"), "ben");
    server.world.sendState(roomId, "ben", "m.room.pinned_events", "", { pinned: [theirs] });
    server.world.sendState(roomId, "cy", "m.room.member", idOf("cy"), {
      membership: "join",
      displayname: "Cyd",
    });
    say("Their last", "cy");
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    const focused = rig.watch("timeline", { roomId, focus: root });
    const thread = rig.watch("timeline", { roomId, thread: { eventId: root, transactionId: null } });
    const threads = rig.watch("threads", { roomId });
    const pins = rig.watch("pins", { roomId });
    const search = rig.watch("search", { text: "their", roomId: null });
    const rooms = rig.watch("roomList");
    await timeline.until(({ items }) => said(items).includes("Their last"));
    await focused.until(({ items }) => said(items).includes("Their words"));
    await thread.until(({ items }) => said(items).includes("Their reply"));
    await search.until(({ results }) => results.length === 3);

    await ignore(rig, true);
    const { items } = await timeline.until((view) => !said(view.items).includes("Their last"));
    expect(said(items)).toEqual(["A thread", "To that"]);
    const answer = items.find((item) => item.kind === "message" && item.body.text === "To that");
    expect(answer).toMatchObject({ relations: { reply: { state: "missing", text: "" } } });
    // What they did to the room is still what happened to it.
    expect(JSON.stringify(items)).toContain("Cyd");
    expect(said((await focused.until((view) => !said(view.items).includes("Their words"))).items)).toEqual([
      "A thread",
      "To that",
    ]);
    expect(said(thread.value.items)).toEqual(["A thread", "Our reply"]);
    expect(threads.value.threads[0]?.summary).toMatchObject({ count: 1, latest: { text: "Our reply" } });
    expect(pins.value.pins).toMatchObject([{ quote: { state: "missing", text: "" }, ts: null }]);
    expect((await search.until(({ results }) => results.length === 0)).results).toEqual([]);
    expect(rooms.value.find((room) => room.roomId === roomId)?.preview?.text).not.toContain("Their");
    // The answer's question is not asked for again and again.
    const asked = server.wire.count("GET", /\/event\//);
    await rig.caughtUp("ann");
    expect(server.wire.count("GET", /\/event\//)).toBe(asked);
  });

  it("hides no hole of a thread by standing where what is known begins, and makes none where their words join it", async () => {
    const rig = await started();
    await ignore(rig, true);
    const root = say("A thread", "ben");
    const before = Array.from({ length: 5 }, (_, i) => `before ${i}`);
    for (const text of before) say(inThread(root, text), "ben");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until(({ items }) => said(items).includes("A thread"));
    await rig.caughtUp("ann");
    // A server that leaves it to the app who is ignored: the oldest of every page is theirs.
    let pages = 0;
    const theirs = (ts: unknown, eventId: string) => ({
      ...{ event_id: eventId, room_id: roomId, sender: idOf("cy"), type: "m.room.message" },
      ...{ origin_server_ts: ts, content: inThread(root, "theirs") },
    });
    const endWith = (eventId: () => string) =>
      server.faults.add({
        on: { path: /\/relations\// },
        do: {
          rewrite(json) {
            const page = json as { chunk: { origin_server_ts: number }[] };
            const oldest = page.chunk.at(-1)?.origin_server_ts;
            return { ...page, chunk: [...page.chunk, theirs(oldest, eventId())] };
          },
        },
      });
    const ending = endWith(() => `$theirs-${++pages}`);
    const missed = Array.from({ length: 80 }, (_, i) => `missed ${i}`);
    await rig.close();
    for (const text of missed) say(inThread(root, text), "ben");
    const again = await rig.restart();
    await again.live();
    await again.caughtUp("ann");
    const params = { roomId, thread: { eventId: root, transactionId: null } };
    const thread = again.watch("timeline", params);
    await thread.until(({ items, older }) => older === "idle" && said(items).includes("missed 30"));
    expect(said(thread.value.items)).toEqual(missed.slice(30));
    await again.core.handlers.paginate(params);
    const whole = ["A thread", ...before, ...missed];
    await thread.until((view) => view.older === "exhausted");
    expect(said(thread.value.items)).toEqual(whole);
    ending.remove();

    // All that the next page has in common with what is here is theirs.
    server.cut();
    const more = Array.from({ length: 50 }, (_, i) => `more ${i}`);
    for (const text of more) say(inThread(root, text), "ben");
    endWith(() => `$theirs-1`);
    server.mend();
    const from = thread.values.length;
    await again.core.handlers.networkIsBack({});
    await thread.until(({ items }) => said(items).includes("more 0"));
    await again.caughtUp("ann");
    expect(said(thread.value.items)).toEqual([...whole, ...more]);
    for (const view of thread.values.slice(from)) expect(said(view.items)[0]).toBe("A thread");
  });

  it("stays hidden after a restart, and does not raise the room", async () => {
    say("Fine", "ben");
    say("Their words", "cy");
    const rig = await started();
    await ignore(rig, true);
    await rig.caughtUp("ann");
    const again = await rig.restart();
    await again.live();
    const timeline = again.watch("timeline", { roomId });
    expect(said(timeline.value.items)).toEqual(["Fine"]);
    const list = again.watch("roomList");
    expect(list.value.find((room) => room.roomId === roomId)?.preview?.text).toBe("Fine");
  });

  it("stands in the list of the ignored, named where a room of ours knows them, also who is nowhere", async () => {
    server.world.accountData("ann", null, "m.ignored_user_list", {
      ignored_users: { [idOf("cy")]: {}, "@gone:far": {}, "not an id": {} },
    });
    const rig = await started();
    await rig.caughtUp("ann");
    const told = rig.watch("boundaries");
    expect(told.value.ignored).toMatchObject([
      { userId: idOf("cy"), displayName: "Cy" },
      { userId: "@gone:far", displayName: null },
    ]);
    await rig.core.handlers.setIgnored({ userId: "@gone:far" as UserId, isIgnored: false });
    await told.until(({ ignored }) => ignored.length === 1);
    expect(told.value.ignored).toMatchObject([{ userId: idOf("cy") }]);
    // Taken up at another client.
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: {} });
    await told.until(({ ignored }) => ignored.length === 0);
  });

  it("invites in vain: the invitation leaves the list, and stands there when they are no longer ignored", async () => {
    const secret = server.world.createRoom({ creator: "cy", name: "Secret" });
    server.world.invite(secret, "ann", "cy");
    const rig = await started();
    const list = rig.watch("roomList");
    const has = (rooms: typeof list.value): boolean => rooms.some((room) => room.roomId === secret);
    await list.until(has);
    await ignore(rig, true);
    await list.until((rooms) => !has(rooms));
    await ignore(rig, false);
    await list.until(has);
  });

  it("cannot be ourselves: a list that names us hides nothing of ours", async () => {
    const rig = await started();
    await rig.type(roomId, "Mine");
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until(({ items }) => said(items).includes("Mine"));
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: { [idOf("ann")]: {} } });
    await rig.caughtUp("ann");
    expect(said(timeline.value.items)).toContain("Mine");
  });
});

describe("somebody who is no longer ignored", () => {
  it("is heard again, with what they said meanwhile, in its place, in the open room and in those opened later", async () => {
    say("First", "cy");
    const rig = await started();
    const timeline = rig.watch("timeline", { roomId });
    await timeline.until(({ items }) => said(items).includes("First"));
    await ignore(rig, true);
    await timeline.until(({ items }) => !said(items).includes("First"));
    say("Between", "ben");
    say("Unheard", "cy");
    say("After", "ben");
    await timeline.until(({ items }) => said(items).includes("After"));
    await rig.type(roomId, "Ours");
    await timeline.until(({ items }) => said(items).includes("Ours"));
    await rig.caughtUp("ann");
    expect(said(timeline.value.items)).toEqual(["Between", "After", "Ours"]);

    await ignore(rig, false);
    const whole = ["First", "Between", "Unheard", "After", "Ours"];
    await timeline.until(({ items }) => said(items).length === whole.length);
    expect(said(timeline.value.items)).toEqual(whole);
    say("And more", "cy");
    await timeline.until(({ items }) => said(items).at(-1) === "And more");
    const again = await rig.restart();
    await again.live();
    expect(said(again.watch("timeline", { roomId }).value.items)).toEqual([...whole, "And more"]);
  });

  it("leaves a message of ours in its place whose echo lies in the hole of the room that is to be read again", async () => {
    say("First", "ben");
    const rig = await started();
    await ignore(rig, true);
    await rig.caughtUp("ann");
    // Nobody looks at the room: nothing of it is read until they do.
    await ignore(rig, false);
    await rig.caughtUp("ann");
    server.cut();
    const syncs = server.faults.add({ on: { path: /\/sync$/ }, do: { status: { code: 502 } } });
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await rig.type(roomId, "Ours");
    await rig.watch("outbox").until((entries) => entries.length === 0);
    const missed = Array.from({ length: 150 }, (_, i) => `missed ${i}`);
    for (const text of missed) say(text, "ben");
    syncs.remove();
    await rig.core.handlers.networkIsBack({});
    await rig.live();
    for (let sync = 0; sync < 3; sync++) await rig.caughtUp("ann");

    const timeline = rig.watch("timeline", { roomId });
    await timeline.until(({ items, older }) => older === "idle" && said(items).length > 100);
    await rig.core.handlers.paginate({ roomId });
    await timeline.until(({ older }) => older === "exhausted");
    const whole = ["First", "Ours", ...missed];
    expect(said(timeline.value.items)).toEqual(whole);
    // At no moment did it stand anywhere else, or twice.
    for (const { items } of timeline.values) expect(said(items)).toEqual(whole.slice(-said(items).length));
    expect(server.wire.count("PUT", /\/send\//)).toBe(1);
  });

  it("leaves an open thread whole where a hole swallows answers before the room was read again", async () => {
    const root = say("A thread", "ben");
    say(inThread(root, "one"), "ben");
    const rig = await started();
    const thread = rig.watch("timeline", { roomId, thread: { eventId: root, transactionId: null } });
    await thread.until(({ older }) => older === "exhausted");
    await ignore(rig, true);
    await rig.caughtUp("ann");
    await ignore(rig, false);
    await rig.caughtUp("ann");
    server.cut();
    const missed = Array.from({ length: 40 }, (_, i) => `missed ${i}`);
    for (const text of missed) say(inThread(root, text), "ben");
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await thread.until(({ items }) => said(items).includes("missed 39"));
    await thread.until(({ older }) => older === "exhausted");
    await rig.caughtUp("ann");
    expect(said(thread.value.items)).toEqual(["A thread", "one", ...missed]);
  });

  it("changes nothing for what waits to be sent", async () => {
    const rig = await started();
    await ignore(rig, true);
    await rig.caughtUp("ann");
    server.faults.add({
      on: { method: "PUT", path: /\/send\// },
      times: 1,
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
    });
    const timeline = rig.watch("timeline", { roomId });
    await rig.type(roomId, "One");
    await rig.type(roomId, "Two");
    await ignore(rig, false);
    await timeline.until(
      ({ items }) => items.filter((item) => item.kind === "message" && item.eventId !== null).length === 2,
    );
    expect(said(timeline.value.items)).toEqual(["One", "Two"]);
  });
});
