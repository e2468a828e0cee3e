import { expect, test } from "vitest";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { MatrixEvent } from "../event.ts";
import { seededRandom } from "../fake-platform.ts";
import { aMember, aMessage, anEvent, openCache, TestTimeline } from "./fixtures.ts";

// Names as they were, against an oracle that knows every rename: random rooms in which people rename themselves all the
// time, limited syncs with the state the specification asks for, pages at any moment, servers that leave prev_content
// out. What is settled must be right at every moment; paged to the start, everything is settled.

const RUNS = 400;
const people = ["@a:x", "@b:x", "@c:x"] as UserId[];

interface Then {
  readonly event: MatrixEvent;
  /** "name avatar" of the sender at the event. */
  readonly profile: string;
}

class World {
  readonly server: Then[] = [];
  readonly now = new Map<UserId, { displayname: string; avatar_url?: string }>();
  readonly rnd: (n: number) => number;
  readonly timeline: TestTimeline;
  readonly prefix: string;
  since = 0;

  constructor(seed: number, timeline: TestTimeline) {
    const random = seededRandom(seed);
    this.rnd = (n) => Math.floor(random.fraction() * n);
    this.timeline = timeline;
    this.prefix = `$p${seed}-`;
    for (const person of people) this.rename(person, true);
    this.post(10);
  }

  get nextId(): string {
    return `${this.prefix}${this.server.length}`;
  }

  rename(person: UserId, isJoin = false): void {
    const old = this.now.get(person);
    const isAvatarOnly = old !== undefined && this.rnd(3) === 0;
    const next = {
      displayname: isAvatarOnly ? old.displayname : `n${this.rnd(1000)}`,
      avatar_url: `mxc://x/a${this.rnd(1000)}`,
    };
    this.now.set(person, next);
    const saysPrev = !isJoin && this.rnd(4) > 0;
    const event = aMember(person, next, saysPrev ? old : undefined, { id: this.nextId });
    this.server.push({ event, profile: `${next.displayname} ${next.avatar_url}` });
  }

  post(n: number): void {
    for (let i = 0; i < n; i++) {
      const sender = people[this.rnd(people.length)] as UserId;
      if (this.rnd(4) === 0) {
        this.rename(sender);
        continue;
      }
      const { displayname, avatar_url } = this.now.get(sender)!;
      const event = aMessage("x", { id: this.nextId, sender });
      this.server.push({ event, profile: `${displayname} ${avatar_url}` });
    }
  }

  /** Member events in force before the event at `index`. */
  membersAt(index: number): Map<UserId, MatrixEvent> {
    const members = new Map<UserId, MatrixEvent>();
    for (const { event } of this.server.slice(0, index))
      if (event.type === "m.room.member") members.set(event.stateKey as UserId, event);
    return members;
  }

  sync(): void {
    const limit = 1 + this.rnd(8);
    const isLimited = this.server.length - this.since > limit;
    const from = isLimited ? this.server.length - limit : this.since;
    const chunk = this.server.slice(from).map((then) => then.event);
    this.since = this.server.length;
    if (chunk.length === 0) return;
    // The state block: what holds at the start of the timeline (DSP-10, SYN-20).
    if (isLimited) for (const event of this.membersAt(from).values()) this.timeline.hooks.onStored(event);
    this.timeline.append(chunk, { isLimited, prevBatch: isLimited ? String(from) : null });
  }

  page(): boolean {
    const gap = this.timeline.gap();
    if (gap === null) return false;
    const at = Number(gap.token);
    const from = Math.max(0, at - 1 - this.rnd(10));
    const chunk = this.server
      .slice(from, at)
      .map((then) => then.event)
      .reverse();
    // Lazily loaded members are those at the newest event of the page; some servers leave them out.
    const members = this.rnd(3) === 0 ? new Map<UserId, MatrixEvent>() : this.membersAt(at);
    const beside = [...members.values()].filter((one) =>
      chunk.some((event) => event.sender === one.stateKey),
    );
    this.timeline.page(chunk, from > 0 ? String(from) : null, beside);
    return true;
  }

  /** Names of settled rows, or of all rows. */
  check(what: string, isAll: boolean): void {
    const truth = new Map(this.server.map(({ event, profile }) => [event.eventId as string, profile]));
    const unsettled = new Set(
      this.timeline.q.sendersUnsettled
        .all({ roomId: this.timeline.roomId, fromSegment: 0, toSegment: 1000 })
        .map((row) => row.sender),
    );
    for (const row of this.timeline.visible()) {
      // A person with unsettled rows may show guesses; everybody else must be right already.
      if (!isAll && unsettled.has(row.sender)) continue;
      const shown = `${row.senderName} ${row.senderAvatar}`;
      if (shown !== truth.get(row.eventId))
        expect(shown, `${what}, ${row.eventId}`).toBe(truth.get(row.eventId));
    }
    if (isAll) expect([...unsettled], what).toEqual([]);
  }
}

test(
  "whatever the order of live events, gaps and pages, everybody is shown as they were",
  { timeout: 120_000 },
  () => {
    const cache = openCache();
    for (let seed = 1; seed <= RUNS; seed++) {
      const world = new World(seed, new TestTimeline(cache, `!p${seed}:x` as RoomId));
      for (let step = 0; step < 30; step++) {
        const action = world.rnd(3);
        if (action === 0) world.post(world.rnd(15));
        else if (action === 1) world.sync();
        else world.page();
        world.check(`seed ${seed}, step ${step}`, false);
      }
      world.sync();
      while (world.page());
      world.check(`seed ${seed}, paged to the start`, true);
    }
    cache.close();
  },
);

test("a room that nobody names still has rows: other events do not disturb the names", () => {
  const timeline = new TestTimeline();
  timeline.append([anEvent({ type: "m.room.topic", stateKey: "", content: { topic: "x" } })]);
  expect(Object.values(timeline.names())).toEqual([null]);
});
