import { flushSync } from "svelte";
import { expect, it, onTestFinished } from "vitest";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { TimelineView } from "../../preload/contract/models/timeline.ts";
import type { Client } from "../bridge/connect.ts";
import type { OpenRoom } from "./open-rooms.ts";
import { OpenThreads } from "./open-threads.ts";

// A thread is one thing by whatever name it is opened: what is being written and attached there is beside its state.

const roomId = "!r:x" as RoomId;
const root = "$root" as EventId;
const unsent: MessageTarget = { eventId: null, transactionId: "t" as TransactionId };
const sent: MessageTarget = { eventId: root, transactionId: null };

function begin() {
  const asked: [string, unknown][] = [];
  let tell: (change: Partial<TimelineView>) => void = () => undefined;
  const client = {
    call: (method: string, params: unknown) => Promise.resolve(void asked.push([method, params])),
    subscribe(
      _topic: string,
      _params: unknown,
      sink: { snapshot(v: unknown): void; change(v: unknown): void },
    ) {
      sink.snapshot({ roomId, items: [], older: "exhausted", root: null });
      tell = (change) => sink.change({ items: [], ...change });
      return () => undefined;
    },
  };
  const door = { ...client, bound: () => client } as unknown as Client;
  const open = { roomId, room: {}, timeline: {} } as OpenRoom;
  return {
    asked,
    open,
    tell: (change: Partial<TimelineView>) => tell(change),
    threads: new OpenThreads(door),
  };
}
function look({ timeline }: OpenRoom): void {
  onTestFinished(
    $effect.root(() => {
      $effect(() => void timeline.items);
    }),
  );
  flushSync();
}

it("is the same by every name its root has, once it is known which event that is", () => {
  const { threads, open, tell } = begin();
  const one = threads.visit(open, unsent);
  look(one);
  expect(threads.visit(open, { ...unsent, eventId: root })).toBe(one);
  expect(threads.visit(open, { ...sent, eventId: "$other" as EventId })).not.toBe(one);
  tell({ root });
  expect(threads.visit(open, sent)).toBe(one);
  expect(threads.visit(open, unsent)).toBe(one);
});

it("of a root that goes under another transaction id by now is read under its event id", async () => {
  const { threads, open, asked, tell } = begin();
  const { timeline } = threads.visit(open, unsent);
  look({ ...open, timeline });
  await timeline.markRead("$reply" as EventId);
  expect(asked).toEqual([]);
  tell({ root });
  await timeline.markRead(root);
  expect(asked).toEqual([]);
  await timeline.markRead("$reply" as EventId);
  expect(asked).toEqual([["markRead", { roomId, eventId: "$reply", thread: root }]]);
});

it("of another room is another one, and of a room that was opened anew, too", () => {
  const { threads, open } = begin();
  const one = threads.visit(open, sent);
  expect(threads.visit(open, sent)).toBe(one);
  const anew = { ...open, room: {} } as OpenRoom;
  expect(threads.visit(anew, sent)).not.toBe(one);
  expect(threads.visit({ ...anew, roomId: "!s:x" as RoomId, room: {} } as OpenRoom, sent)).not.toBe(one);
});
