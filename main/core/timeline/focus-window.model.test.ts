import { expect, test } from "vitest";
import type { EventId, RoomId } from "../../../preload/contract/ids.ts";
import type { PageDirection } from "../../../preload/contract/models/timeline.ts";
import type { MatrixEvent } from "../event.ts";
import { seededRandom } from "../fake-platform.ts";
import { alice, aMessage, openCache, TestTimeline } from "./fixtures.ts";
import { FocusWindow } from "./focus-window.ts";

// A timeline around an event against an oracle that knows the whole room: random rooms, limited syncs, the live timeline
// paged at the same time, somebody jumping to any event of the server and reading on in both directions. At every step
// what is shown is one stretch of the room with the target in it; in the end it has met the present, and all is there.

const RUNS = 400;
const STEPS = 50;

interface Counts {
  jumps: number;
  stored: number;
  joins: number;
  asked: number;
  live: number;
}

class Model {
  readonly server: MatrixEvent[] = [];
  readonly timeline: TestTimeline;
  readonly rnd: (n: number) => number;
  readonly prefix: string;
  readonly counts: Counts;
  since = 0;
  window: FocusWindow | null = null;
  target = "" as EventId;

  constructor(seed: number, timeline: TestTimeline, prefix: string, counts: Counts) {
    const random = seededRandom(seed + 1);
    this.rnd = (n) => Math.floor(random.fraction() * n);
    this.prefix = prefix;
    this.timeline = timeline;
    this.counts = counts;
    this.post(this.rnd(60) + 1);
  }

  post(n: number): void {
    for (let i = 0; i < n; i++)
      this.server.push(aMessage("x", { id: `${this.prefix}${this.server.length}` }));
  }

  sync(): void {
    const { server, rnd } = this;
    const limit = 1 + rnd(8);
    const isOver = server.length - this.since > limit;
    const isLimited = isOver || rnd(6) === 0;
    const from = isOver ? server.length - limit : isLimited ? Math.max(0, server.length - limit) : this.since;
    const events = server.slice(from);
    this.since = server.length;
    if (events.length > 0)
      this.timeline.append(events, { isLimited, prevBatch: from > 0 ? String(from) : null });
    this.window?.refresh(3);
  }

  /** The live timeline is read backwards at the same time. */
  page(): boolean {
    const gap = this.timeline.gap();
    if (gap === null) return false;
    const at = Number(gap.token);
    const first = Math.max(0, at - 1 - this.rnd(10));
    this.timeline.page(this.server.slice(first, at).reverse(), first > 0 ? String(first) : null);
    this.window?.refresh(3);
    return true;
  }

  jump(): void {
    const { server, timeline, rnd } = this;
    this.window?.close();
    const at = rnd(server.length);
    this.target = server[at]?.eventId ?? this.target;
    this.counts.jumps += 1;
    this.window = new FocusWindow({
      roomId: timeline.roomId,
      ownUserId: alice,
      queries: timeline.q,
      touched: timeline.writer.touched,
      isShown: () => true,
      cleanHtml: (html) => html,
    });
    if (this.window.beginStored(this.target)) {
      this.counts.stored += 1;
      return;
    }
    const first = Math.max(0, at - rnd(5));
    const last = Math.min(server.length, at + 1 + rnd(5));
    this.window.beginRemembered({
      events: server.slice(first, last),
      target: this.target,
      state: [],
      start: first > 0 ? String(first) : null,
      end: String(last),
    });
  }

  /** False when there is nothing further that way. */
  read(direction: PageDirection): boolean {
    const { window, server, rnd } = this;
    if (window === null || window.isDone(direction)) return false;
    if (window.grow(direction, 1 + rnd(6), 1 + rnd(4)) > 0) return true;
    const next = window.next(direction);
    if (next === null) return !window.isDone(direction);
    this.counts.asked += 1;
    const around = "around" in next ? server.findIndex(({ eventId }) => eventId === next.around) : -1;
    const limit = 1 + rnd(8);
    if (direction === "backward") {
      const at = "from" in next ? Number(next.from) : around;
      const first = Math.max(0, at - limit);
      const events = server.slice(first, at).reverse();
      window.add("backward", { events, state: [], end: first > 0 ? String(first) : null });
    } else {
      const at = "from" in next ? Number(next.from) : around + 1;
      const events = server.slice(at, at + limit);
      const isStoredBefore = events.some(
        ({ eventId }) => this.timeline.q.place.get({ eventId }) !== undefined,
      );
      if (isStoredBefore) this.counts.joins += 1;
      window.add("forward", {
        events,
        state: [],
        end: events.length > 0 ? String(at + events.length) : null,
      });
    }
    return true;
  }

  check(what: string): void {
    if (this.window === null) return;
    const shown = this.window.entries.map(({ row }) => row.eventId);
    const first = this.server.findIndex(({ eventId }) => eventId === shown[0]);
    const expected = this.server.slice(first, first + shown.length).map(({ eventId }) => eventId);
    if (shown.join() !== expected.join()) expect(shown, what).toEqual(expected);
    if (!shown.includes(this.target)) expect(shown, `${what}: the target`).toContain(this.target);
  }

  run(seed: number): void {
    for (let step = 0; step < STEPS; step++) {
      const action = this.rnd(8);
      if (action === 0) this.post(this.rnd(15));
      else if (action === 1) this.sync();
      else if (action === 2) this.page();
      else if (action === 3 && this.rnd(3) === 0) this.jump();
      else this.read(action < 6 ? "forward" : "backward");
      this.check(`seed ${seed}, step ${step}`);
    }
    if (this.window === null) this.jump();
    this.sync();
    for (let asked = 0; this.read("backward"); asked++)
      expect(asked, `seed ${seed}: an end`).toBeLessThan(1000);
    for (let asked = 0; this.read("forward"); asked++)
      expect(asked, `seed ${seed}: an end`).toBeLessThan(1000);
    this.check(`seed ${seed}, read to both ends`);
    const shown = this.window?.entries.map(({ row }) => row.eventId) ?? [];
    expect(shown.join(), `seed ${seed}: everything is there`).toBe(
      this.server.map(({ eventId }) => eventId).join(),
    );
    if (this.window?.isLive() === true) this.counts.live += 1;
    // What comes now comes right after it.
    this.post(3);
    this.sync();
    this.check(`seed ${seed}, goes on`);
    this.window?.close();
  }
}

test(
  "a timeline around any event is one stretch without holes or doubles, and meets the present",
  { timeout: 180_000 },
  () => {
    const cache = openCache();
    const shared = new TestTimeline(cache);
    const counts: Counts = { jumps: 0, stored: 0, joins: 0, asked: 0, live: 0 };
    for (let i = 0; i < RUNS; i++) {
      const prefix = `$${i}-`;
      const timeline = Object.create(shared, { roomId: { value: `!${prefix}` as RoomId } }) as TestTimeline;
      new Model(200_000 + i, timeline, prefix, counts).run(200_000 + i);
    }
    // The check is worth nothing when the hard cases do not occur.
    expect(counts.live).toBe(RUNS);
    expect(counts.stored).toBeGreaterThan(RUNS / 4);
    expect(counts.jumps - counts.stored).toBeGreaterThan(RUNS / 4);
    expect(counts.asked).toBeGreaterThan(RUNS);
    expect(counts.joins).toBeGreaterThan(RUNS / 10);
    cache.close();
  },
);
