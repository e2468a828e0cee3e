import { beforeEach, expect, test } from "vitest";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { PinsView } from "../../preload/contract/models/pins.ts";
import type { Quote } from "../../preload/contract/models/timeline.ts";
import { pinEntries, showPin } from "./pin-entries.ts";
import { FakeCore } from "./testing/fake-core.ts";

// Where a click on a pin leads.

const roomId = "!room:example.org" as RoomId;
const root = { eventId: "$root" as EventId, transactionId: null };
const waiting = "t-waiting" as TransactionId;
const quote = (name: Partial<Quote>): Quote => ({
  ...{ eventId: null, transactionId: null, state: "shown", sender: null, kind: "text", text: "words" },
  ...name,
});
let core: FakeCore;
beforeEach(() => {
  core = new FakeCore();
  core.app.goToRoom(roomId);
});

function show(view: Partial<PinsView>): void {
  for (const pin of pinEntries({ unsent: [], pins: [], ...view })) showPin(core.app, roomId, pin);
}

test("of what is not sent yet to its place at the end of the room", () => {
  show({ unsent: [{ transactionId: waiting, quote: quote({ transactionId: waiting }), thread: null }] });
  expect(core.app.navigation.target).toMatchObject({ eventId: null, transactionId: waiting, focusId: null });
  expect(core.app.navigation.panel).toBeNull();
});

test("of what is not sent yet in a thread into that thread, each time", () => {
  const pin = { transactionId: waiting, quote: quote({ transactionId: waiting }), thread: root };
  show({ unsent: [pin] });
  const first = core.app.navigation.panel;
  expect(first).toEqual({
    kind: "thread",
    thread: root,
    target: { eventId: null, transactionId: waiting },
  });
  expect(core.app.navigation.target).toBeNull();
  show({ unsent: [pin] });
  expect(core.app.navigation.panel).not.toBe(first);
});

test("of what was sent, while only its row knows the thread, into that thread; else wherever it is found", () => {
  const eventId = "$reply" as EventId;
  const echo = quote({ eventId, transactionId: waiting });
  show({ pins: [{ eventId, quote: echo, ts: null, thread: root }] });
  expect(core.app.navigation.panel).toMatchObject({ thread: root, target: { transactionId: waiting } });
  show({ pins: [{ eventId, quote: quote({ eventId }), ts: 1, thread: null }] });
  expect(core.app.navigation.target).toMatchObject({ eventId, focusId: eventId });
});
