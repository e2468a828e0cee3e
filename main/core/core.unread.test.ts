import BetterSqlite3 from "better-sqlite3";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { RoomSummary } from "../../preload/contract/models/room.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// The counts of unread messages, through the whole core: one situation for each way in which counts are known to stick
// elsewhere (field.md; EW#24392 and its duplicates, EW#30248), and the fallback where our history has a hole.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): string => server.world.user(user).userId;
const aRoom = (options: Partial<Parameters<Homeserver["world"]["createRoom"]>[0]> = {}): RoomId =>
  server.world.createRoom({ creator: "ben", members: ["ann"], name: "Harbour", ...options }) as RoomId;
const says = (roomId: string, content: string | Record<string, unknown>, sender = "ben"): EventId =>
  server.world.sendMessage(roomId, sender, content) as EventId;
const inThread = (root: string, body: string): Record<string, unknown> => ({
  msgtype: "m.text",
  body,
  "m.relates_to": { rel_type: "m.thread", event_id: root },
});
const mention = (body: string): Record<string, unknown> => ({
  msgtype: "m.text",
  body,
  "m.mentions": { user_ids: [idOf("ann")] },
});

function watchCounts(rig: CoreRig, roomId: RoomId) {
  const list = rig.watch("roomList");
  const find = (rooms: readonly RoomSummary[]) => rooms.find((room) => room.roomId === roomId);
  return {
    get now() {
      const room = find(list.value);
      return [room?.unread, room?.highlight];
    },
    until: (unread: number, highlight = 0) =>
      list.until((rooms) => find(rooms)?.unread === unread && find(rooms)?.highlight === highlight),
    untilMarked: (isMarked: boolean) => list.until((rooms) => find(rooms)?.isMarkedUnread === isMarked),
    all: () => list.values.map((rooms) => find(rooms)?.unread),
  };
}

describe("a count", () => {
  it("is raised by an edit that newly mentions us, once, and reading the message clears it for good", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const notices = rig.watch("notices");
    const eventId = says(roomId, "who has the key?");
    await counts.until(1);
    await rig.core.handlers.markRead({ roomId, eventId });
    await counts.until(0);
    const edit = (body: string, users: readonly string[], sender = "ben") =>
      says(
        roomId,
        {
          ...{ msgtype: "m.text", body: `* ${body}`, "m.mentions": { user_ids: users } },
          "m.new_content": { ...mention(body) },
          "m.relates_to": { rel_type: "m.replace", event_id: eventId },
        },
        sender,
      );
    edit("Ann, who has the key?", [idOf("ann")]);
    await counts.until(1, 1);
    await notices.until(([notice]) => notice?.body === "Ann, who has the key?");
    expect(notices.value[0]).toMatchObject({ eventId, count: 1 });
    const why = await rig.core.handlers.explainUnread({ roomId });
    expect(why.causes).toMatchObject([{ eventId, text: "Ann, who has the key?" }]);
    // What is at the end of the room is still the same message.
    await rig.core.handlers.markRead({ roomId, eventId });
    await counts.until(0);
    // Named within only: nobody is told again.
    edit("Ann, who has the keys?", []);
    await rig.caughtUp("ann");
    expect(counts.now).toEqual([0, 0]);
    await rig.core.handlers.recountUnread({ roomId });
    expect(counts.now).toEqual([0, 0]);
    const second = await rig.restart();
    await second.live();
    expect(watchCounts(second, roomId).now).toEqual([0, 0]);
  });

  it("is not raised by an edit of somebody else's message", async () => {
    const roomId = aRoom({ members: ["ann", "cy"] });
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const eventId = says(roomId, "who has the key?");
    await counts.until(1);
    await rig.core.handlers.markRead({ roomId, eventId });
    const content = {
      ...mention("* Ann!"),
      "m.new_content": mention("Ann!"),
      "m.relates_to": { rel_type: "m.replace", event_id: eventId },
    };
    says(roomId, content, "cy");
    await rig.caughtUp("ann");
    expect(counts.now).toEqual([0, 0]);
  });

  it("of an edit stays while a message before it is unread, and goes with it", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const eventId = says(roomId, "one");
    await counts.until(1);
    const newest = says(roomId, "two");
    says(roomId, {
      ...mention("* one, Ann"),
      "m.new_content": mention("one, Ann"),
      "m.relates_to": { rel_type: "m.replace", event_id: eventId },
    });
    await counts.until(3, 1);
    await rig.core.handlers.markRead({ roomId, eventId });
    await counts.until(2, 1);
    await rig.core.handlers.markRead({ roomId, eventId: newest });
    await counts.until(0);
  });

  it("is of messages that notify by the rules: no reactions, edits, joins, topics or notices", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const first = says(roomId, "one");
    says(roomId, { "m.relates_to": { rel_type: "m.annotation", event_id: first, key: "+" } });
    server.world.sendMessage(
      roomId,
      "ben",
      { "m.relates_to": { rel_type: "m.annotation", event_id: first, key: "+" } },
      { type: "m.reaction" },
    );
    says(roomId, {
      msgtype: "m.text",
      body: "* uno",
      "m.new_content": { msgtype: "m.text", body: "uno" },
      "m.relates_to": { rel_type: "m.replace", event_id: first },
    });
    says(roomId, { msgtype: "m.notice", body: "beep" });
    server.world.join(roomId, "cy");
    server.world.sendState(roomId, "ben", "m.room.topic", "", { topic: "Boats" });
    says(roomId, mention("Ann!"));
    await counts.until(3, 1);
  });

  it("clears by a receipt of another device, public or private, whichever is further on", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const [one, two, three] = [says(roomId, "one"), says(roomId, "two"), says(roomId, mention("three"))];
    await counts.until(3, 1);
    server.world.receipt(roomId, "ann", two, "m.read.private");
    await counts.until(1, 1);
    // The public one is behind: nothing comes back.
    server.world.receipt(roomId, "ann", one, "m.read");
    says(roomId, "four");
    await counts.until(2, 1);
    server.world.receipt(roomId, "ann", three, "m.read");
    await counts.until(1);
  });

  it("clears when the receipt stands at an event nobody sees", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const one = says(roomId, "one");
    await counts.until(1);
    const reaction = server.world.sendMessage(
      roomId,
      "cy",
      { "m.relates_to": { rel_type: "m.annotation", event_id: one, key: "+" } },
      { type: "m.reaction" },
    );
    server.world.receipt(roomId, "ann", reaction);
    await counts.until(0);
  });

  it("clears when we answer from another device without sending a receipt", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    says(roomId, "one");
    await counts.until(1);
    says(roomId, "answer", "ann");
    await counts.until(0);
  });

  it("goes with the message when it is redacted, the mention too", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    says(roomId, "stays");
    const gone = says(roomId, mention("oops"));
    await counts.until(2, 1);
    server.world.redact(roomId, "ben", gone);
    await counts.until(1);
  });

  it("of a thread clears by the thread's receipt, and by one for the whole room", async () => {
    const roomId = aRoom();
    const root = says(roomId, "root", "ann");
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const reply = says(roomId, inThread(root, "in the thread"));
    const main = says(roomId, "in the room");
    await counts.until(2);
    // Reading the room's own timeline leaves the thread unread.
    server.world.receipt(roomId, "ann", main, "m.read", "main");
    await counts.until(1);
    server.world.receipt(roomId, "ann", reply, "m.read", root);
    await counts.until(0);
    says(roomId, inThread(root, "again"));
    const last = says(roomId, "and here");
    await counts.until(2);
    server.world.receipt(roomId, "ann", last);
    await counts.until(0);
  });

  it("leaves out people who are ignored, also what they said before", async () => {
    const roomId = aRoom({ members: ["ann", "cy"] });
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    says(roomId, "noise", "cy");
    says(roomId, "news");
    await counts.until(2);
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: { [idOf("cy")]: {} } });
    await counts.until(1);
  });

  it("clears at once when read here, and stays so while the server does not know it yet, over a restart", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const last = says(roomId, mention("one"));
    await counts.until(1, 1);
    server.faults.add({
      on: { method: "POST", path: /\/read_markers/ },
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
    });
    await rig.core.handlers.markRead({ roomId, eventId: last });
    expect(counts.now).toEqual([0, 0]);
    const again = await rig.restart();
    await again.live();
    await again.caughtUp("ann");
    expect(new Set(watchCounts(again, roomId).all())).toEqual(new Set([0]));
  });

  it("does not come back at the next start after reading", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    const last = says(roomId, "one");
    await counts.until(1);
    await rig.core.handlers.markRead({ roomId, eventId: last });
    await server.wire.waitFor((request) => request.path.endsWith("/read_markers"));
    const again = await rig.restart();
    const list = watchCounts(again, roomId);
    await again.live();
    expect(list.now).toEqual([0, 0]);
  });

  it("is gone with the room", async () => {
    const roomId = aRoom();
    const rig = await started();
    says(roomId, "one");
    await watchCounts(rig, roomId).until(1);
    server.world.kick(roomId, "ann");
    await rig.watch("roomList").until((rooms) => rooms.length === 0);
    server.world.join(roomId, "ann");
    await rig
      .watch("roomList")
      .until((rooms) => rooms.some((room) => room.roomId === roomId && room.unread === 0));
  });

  it("of a muted room is none, at once and for what came before", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    says(roomId, "one");
    await counts.until(1);
    await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "mute" } });
    await counts.until(0);
    says(roomId, mention("psst"));
    await rig.caughtUp("ann");
    expect(counts.now).toEqual([0, 0]);
    await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "mentions" } });
    await counts.until(1, 1);
  });
});

describe("with a hole in our history", () => {
  it("the server's count is shown and said to be the server's, until reading goes past the hole", async () => {
    const roomId = aRoom();
    const read = says(roomId, "read");
    server.world.receipt(roomId, "ann", read);
    server.world.sendMany(roomId, 60, (i) => ({ sender: "ben", content: `m ${i}` }));
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    await counts.until(60);
    expect(await rig.core.handlers.explainUnread({ roomId })).toMatchObject({
      countedBy: "server",
      unread: 60,
    });
    const last = says(roomId, "newest");
    await counts.until(61);
    await rig.core.handlers.markRead({ roomId, eventId: last });
    expect(counts.now).toEqual([0, 0]);
    expect(await rig.core.handlers.explainUnread({ roomId })).toMatchObject({
      countedBy: "here",
      causes: [],
    });
    says(roomId, "after");
    await counts.until(1);
  });

  it("our own count takes over when paging has filled the hole", async () => {
    const roomId = aRoom();
    const read = says(roomId, "read");
    server.world.receipt(roomId, "ann", read);
    server.world.sendMany(roomId, 30, (i) => ({
      sender: "ben",
      content: i % 2 === 0 ? `m ${i}` : { msgtype: "m.notice", body: "beep" },
    }));
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    expect((await rig.core.handlers.explainUnread({ roomId })).countedBy).toBe("server");
    const timeline = rig.watch("timeline", { roomId });
    for (let i = 0; i < 3; i++) {
      await rig.core.handlers.paginate({ roomId });
      await timeline.until(({ older }) => older !== "loading");
    }
    await counts.until(15);
    expect((await rig.core.handlers.explainUnread({ roomId })).countedBy).toBe("here");
  });

  it("a receipt inside the hole clears all when the server counts none", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    server.cut();
    const many = server.world.sendMany(roomId, 60, (i) => ({ sender: "ben", content: `m ${i}` }));
    server.world.receipt(roomId, "ann", many[59] ?? "");
    server.mend();
    await rig.core.handlers.networkIsBack({});
    await rig.caughtUp("ann");
    await counts.until(0);
    expect((await rig.core.handlers.explainUnread({ roomId })).causes).toEqual([]);
  });
});

describe("asked why a room is unread", () => {
  it("names the messages and the rules that count", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    await rig.core.handlers.changePushRules({ change: { change: "keyword", word: "boat", level: "sound" } });
    says(roomId, "hello");
    says(roomId, mention("you"));
    says(roomId, "a boat!");
    await counts.until(3, 2);
    const why = await rig.core.handlers.explainUnread({ roomId });
    expect(why.causes.map(({ text, rule }) => [text, rule.kind, rule.ruleId])).toEqual([
      ["a boat!", "content", "boat"],
      ["you", "override", ".m.rule.is_user_mention"],
      ["hello", "underride", ".m.rule.room_one_to_one"],
    ]);
    expect(why.causes[0]).toMatchObject({ sender: "Ben", isHighlight: true, isInThread: false });
  });
});

describe("counting again", () => {
  it("repairs a count that went wrong, and deletes nothing", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    says(roomId, "one");
    says(roomId, mention("two"));
    await counts.until(2, 1);
    await rig.close();
    const cache = new BetterSqlite3(join(rig.platform.profileDir, "cache.db"));
    cache.exec("DELETE FROM attention; UPDATE rooms SET unread = 9, highlight = 7");
    cache.close();
    server.cut();
    const again = await rig.restart();
    const stuck = watchCounts(again, roomId);
    expect(stuck.now).toEqual([9, 7]);
    expect(await again.core.handlers.recountUnread({ roomId: null })).toEqual({ changedRooms: 1 });
    expect(stuck.now).toEqual([2, 1]);
    expect(
      again.watch("timeline", { roomId }).value.items.filter(({ kind }) => kind === "message"),
    ).toHaveLength(2);
    expect(await again.core.handlers.recountUnread({ roomId })).toEqual({ changedRooms: 0 });
  });
});

describe('the mark "unread"', () => {
  it("is set for all devices, seen when another device sets it, and goes with reading", async () => {
    const roomId = aRoom();
    const last = says(roomId, "one");
    server.world.receipt(roomId, "ann", last);
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    await rig.core.handlers.markUnread({ roomId, isUnread: true });
    await counts.untilMarked(true);
    await eventually(
      () => server.world.readAccountData("ann", roomId, "m.marked_unread")?.["unread"] === true,
    );
    await rig.core.handlers.markRoomRead({ roomId });
    await counts.untilMarked(false);
    await eventually(
      () => server.world.readAccountData("ann", roomId, "m.marked_unread")?.["unread"] === false,
    );
    server.world.accountData("ann", roomId, "com.famedly.marked_unread", { unread: true });
    await rig.caughtUp("ann");
    expect(server.world.readAccountData("ann", roomId, "m.marked_unread")).toEqual({ unread: false });
  });

  it("goes back when the server refuses", async () => {
    const roomId = aRoom();
    const rig = await started();
    const counts = watchCounts(rig, roomId);
    server.faults.add({
      on: { method: "PUT", path: /marked_unread/ },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    const refused = expect(rig.core.handlers.markUnread({ roomId, isUnread: true })).rejects.toMatchObject({
      failure: { errcode: "M_FORBIDDEN" },
    });
    await counts.untilMarked(true);
    await refused;
    await counts.untilMarked(false);
  });
});
