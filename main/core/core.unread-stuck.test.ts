import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import { CoreRig, endAll, homeserverWith } from "./testing/core-rig.ts";

// Counts that are known to stick in Element (element-web#24392, its duplicates, and the test cases collected in #25449).
// In each case somebody reads everything they are shown, the room's own timeline and every thread; then nothing may be
// counted any more: not now, not when counted again, not after a restart.

let server: Homeserver;
let roomId: RoomId;
let root: EventId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben", "Cy");
  roomId = server.world.createRoom({
    creator: "ben",
    members: ["ann", "cy"],
    name: "Harbour",
  }) as RoomId;
  root = says("the root");
});
afterEach(endAll);

function says(content: string | Record<string, unknown>, sender = "ben", type = "m.room.message"): EventId {
  return server.world.sendMessage(roomId, sender, content, { type }) as EventId;
}
const text = (body: string) => ({ msgtype: "m.text", body });
const toAnn = (body: string) => ({
  ...text(body),
  "m.mentions": { user_ids: [server.world.user("ann").userId] },
});
const inThread = (content: Record<string, unknown>, sender = "ben", of: string = root): EventId =>
  says({ ...content, "m.relates_to": { rel_type: "m.thread", event_id: of } }, sender);
const reacts = (to: string, sender = "ben"): EventId =>
  says({ "m.relates_to": { rel_type: "m.annotation", event_id: to, key: "👍" } }, sender, "m.reaction");
const edits = (target: string, body: string, sender = "ben"): EventId =>
  says(
    {
      ...toAnn(`* ${body}`),
      "m.new_content": toAnn(body),
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    },
    sender,
  );
const deletes = (eventId: string, sender = "ben"): string => server.world.redact(roomId, sender, eventId);
const readElsewhere = (eventId: string, threadId?: string, type?: string): void =>
  server.world.receipt(roomId, "ann", eventId, type, threadId);

/** What happens while Ann is elsewhere; `read` is what she reads of it before the rest happens. */
interface Case {
  /** Where people met it. */
  readonly seen: string;
  readonly what: string;
  readonly happens: (read: () => Promise<void>) => Promise<void> | void;
}

const cases: readonly Case[] = [
  {
    seen: "element-web#26388",
    what: "a message in a thread that somebody reacted to is deleted",
    happens() {
      const message = inThread(text("A"));
      reacts(message);
      deletes(message);
    },
  },
  {
    seen: "element-web#25670",
    what: "the last two messages of a thread are deleted, and our receipt points at one of them",
    async happens(read) {
      const [one, two] = [inThread(text("A")), inThread(toAnn("B"))];
      await read();
      deletes(two);
      deletes(one);
    },
  },
  {
    seen: "element-web#28093",
    what: "the last message of the room is deleted beside two threads that are unread",
    happens() {
      const second = says("another root");
      inThread(text("A"));
      inThread(text("B"), "cy", second);
      deletes(says("the last"));
    },
  },
  {
    seen: "element-desktop#1280",
    what: "a mention in a thread is deleted before it was seen",
    happens() {
      inThread(text("A"));
      deletes(inThread(toAnn("Ann?")));
      inThread(text("C"));
    },
  },
  {
    seen: "element-web#9789",
    what: "the newest event is a reaction to a message of ours",
    happens() {
      reacts(says("mine", "ann"));
    },
  },
  {
    seen: "element-web#25406",
    what: "the newest event of a thread is a reaction",
    happens() {
      reacts(inThread(text("A")), "cy");
    },
  },
  {
    seen: "element-web#24492",
    what: "what was read in a thread is edited afterwards, with a mention",
    async happens(read) {
      const message = inThread(text("A"));
      await read();
      edits(message, "Ann, A");
    },
  },
  {
    seen: "element-web#24392",
    what: "the newest event of a thread is an edit of its first message",
    happens() {
      const message = inThread(text("A"));
      inThread(text("B"));
      edits(message, "A, Ann");
    },
  },
  {
    seen: "element-web#25449",
    what: "the root of a thread is edited while its answers are unread",
    happens() {
      inThread(text("A"));
      edits(root, "the root, Ann");
    },
  },
  {
    seen: "element-web#25449",
    what: "the root of a thread is deleted while its answers are unread",
    happens() {
      inThread(toAnn("A"));
      inThread(text("B"));
      deletes(root);
    },
  },
  {
    seen: "element-web#25449",
    what: "a deleted message is reacted to, edited and answered",
    happens() {
      const message = says("A");
      deletes(message);
      reacts(message, "cy");
      edits(message, "A is back");
      says({ ...text("B"), "m.relates_to": { "m.in_reply_to": { event_id: message } } });
    },
  },
  {
    seen: "element-web#25449",
    what: "everything unread is deleted, the newest first",
    happens() {
      const all = [says("A"), says(toAnn("B")), inThread(text("C"))];
      for (const eventId of all.reverse()) deletes(eventId);
    },
  },
  {
    seen: "element-web#25449",
    what: "a thread is answered whose root we do not have",
    happens() {
      inThread(toAnn("A"), "ben", "$nobody-ever-saw-this");
    },
  },
  {
    seen: "element-web#27011",
    what: "an unthreaded receipt stands further back than the messages and threads after it",
    happens() {
      readElsewhere(root);
      inThread(text("A"));
      says("B");
      says("mine", "ann");
      says("C");
    },
  },
  {
    seen: "element-web#27011",
    what: "our receipt points at an event that is not there",
    happens() {
      says("A");
      readElsewhere("$nobody-ever-saw-this");
      says("B");
    },
  },
  {
    seen: "element-web#23209",
    what: "a private receipt stands at the end and a public one far behind",
    happens() {
      const [one, , three] = [says("A"), says("B"), says("C")];
      readElsewhere(three, undefined, "m.read.private");
      readElsewhere(one);
    },
  },
  {
    seen: "element-web#24595",
    what: "read on the telephone, the thread there by its own receipt",
    happens() {
      const last = says("A");
      const answer = inThread(text("B"));
      readElsewhere(last, "main");
      readElsewhere(answer, root);
    },
  },
  {
    seen: "element-web#26360",
    what: "messages bear clocks that go wrong: one of tomorrow, then one of last year",
    happens() {
      const day = 24 * 60 * 60 * 1000;
      server.world.sendMessage(roomId, "ben", "of tomorrow", { originServerTs: Date.now() + day });
      server.world.sendMessage(roomId, "cy", toAnn("of last year"), {
        originServerTs: Date.now() - 365 * day,
      });
    },
  },
  {
    seen: "element-web#25481",
    what: "two threads, the older one read last",
    happens() {
      const second = says("another root");
      inThread(text("A"), "cy", second);
      inThread(text("B"));
      inThread(toAnn("C"), "cy", second);
    },
  },
  {
    seen: "element-web#2427",
    what: "we write after somebody deleted what was unread",
    happens() {
      deletes(says(toAnn("A")));
      says("mine", "ann");
    },
  },
];

describe("read everything, and nothing is counted, now and ever", () => {
  for (const { seen, what, happens } of cases)
    it(`${what} (${seen})`, async () => {
      let rig = await (await CoreRig.start(server)).signIn("ann");
      await happens(() => readAll(rig));
      await rig.caughtUp("ann");
      await readAll(rig);
      expect(counts(rig), "at once").toEqual(nothing);
      await rig.caughtUp("ann");
      expect(counts(rig), "when the server has answered").toEqual(nothing);
      expect(await rig.core.handlers.recountUnread({ roomId })).toEqual({ changedRooms: 0 });
      rig = await rig.restart();
      expect(counts(rig), "at the next start").toEqual(nothing);
      await rig.live();
      await rig.caughtUp("ann");
      expect(counts(rig), "after its first sync").toEqual(nothing);
      expect((await rig.core.handlers.explainUnread({ roomId })).causes).toEqual([]);
      // And it still counts.
      says(toAnn("news"));
      await rig.caughtUp("ann");
      expect(counts(rig)).toEqual({ unread: 1, highlight: 1, isMarkedUnread: false, threads: 0 });
    });

  it("marking the room as read from the list does the same, threads included, in each of these cases at once", async () => {
    let rig = await (await CoreRig.start(server)).signIn("ann");
    for (const { happens } of cases) {
      await happens(() => readAll(rig));
      root = says("the next root");
    }
    await rig.caughtUp("ann");
    await rig.core.handlers.markRoomRead({ roomId });
    expect(counts(rig)).toEqual(nothing);
    rig = await rig.restart();
    await rig.live();
    await rig.caughtUp("ann");
    expect(counts(rig)).toEqual(nothing);
  });
});

const nothing = { unread: 0, highlight: 0, isMarkedUnread: false, threads: 0 };

function counts(rig: CoreRig) {
  const list = rig.watch("roomList");
  const room = list.value.find((one) => one.roomId === roomId);
  list.stop();
  const view = rig.watch("room", { roomId });
  const threads = view.value.threads.unread;
  view.stop();
  return {
    unread: room?.unread,
    highlight: room?.highlight,
    isMarkedUnread: room?.isMarkedUnread,
    threads,
  };
}

/** As the page reads: to the end of the room's own timeline, then to the end of every thread the list of threads shows. */
async function readAll(rig: CoreRig): Promise<void> {
  await rig.caughtUp("ann");
  const timeline = rig.watch("timeline", { roomId });
  const seen = newestOfOthers(timeline.value.items);
  timeline.stop();
  if (seen !== null) await rig.core.handlers.markRead({ roomId, eventId: seen });
  const list = rig.watch("threads", { roomId });
  const { threads } = await list.until(({ more }) => more !== "loading");
  list.stop();
  for (const { thread } of threads) if (thread.eventId !== null) await readThread(rig, thread.eventId);
}

async function readThread(rig: CoreRig, thread: EventId): Promise<void> {
  const timeline = rig.watch("timeline", { roomId, thread: { eventId: thread, transactionId: null } });
  const seen = newestOfOthers(timeline.value.items);
  timeline.stop();
  if (seen !== null) await rig.core.handlers.markRead({ roomId, eventId: seen, thread });
}

function newestOfOthers(items: readonly TimelineItem[]): EventId | null {
  const item = items.findLast((one) => "eventId" in one && one.eventId !== null && !one.sender.isOwn);
  return item !== undefined && "eventId" in item ? item.eventId : null;
}
