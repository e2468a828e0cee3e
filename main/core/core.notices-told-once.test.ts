import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { Notice } from "../../preload/contract/models/notice.ts";
import { realClock } from "./fake-platform.ts";
import type { Clock } from "./platform.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { bodies, noticeStory, watchNotices } from "./testing/notice-story.ts";

// Each notification is told once: over restarts, and whatever a kill in the middle of telling leaves.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): string => server.world.user(user).userId;
const { aRoom, says } = noticeStory(() => server);

describe("nothing is told twice", () => {
  it("after a restart, or a kill at any moment; what came meanwhile is told", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "before");
    await notices.until((now) => now.length === 1);
    const revive = rig.kill();
    says(roomId, "while away");
    const again = await revive();
    const after = watchNotices(again);
    await again.live();
    await after.until((now) => now.length === 1);
    expect(bodies(after.told)).toEqual(["Ben (Harbour): while away"]);
    const third = await again.restart();
    const last = watchNotices(third);
    await third.live();
    await third.caughtUp("ann");
    expect(last.told).toEqual([]);
  });

  it("nor is what was there before a first sync", async () => {
    says(aRoom(), "long ago");
    const rig = await started();
    const notices = watchNotices(rig);
    await rig.caughtUp("ann");
    expect(notices.told).toEqual([]);
    expect(rig.watch("roomList").value.find(({ name }) => name === "Harbour")?.unread).toBe(1);
  });

  it("much that came while the app was off is one digest, which goes when all of it is read", async () => {
    const rooms = ["A", "B", "C"].map((name) => aRoom(name));
    const rig = await started();
    const revive = rig.kill();
    for (const roomId of rooms) for (const body of ["one", "two"]) says(roomId, body);
    says(rooms[0] ?? "", { msgtype: "m.text", body: "Ann", "m.mentions": { user_ids: [idOf("ann")] } });
    const again = await revive();
    const notices = watchNotices(again);
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ tag: "digest", title: "While you were away", count: 7 });
    expect(notices.now[0]?.body).toMatch(/^7 messages in 3 rooms, 1 mentions you: [ABC, ]+$/);
    // Part of it is read on another device, part is deleted: what is left is said, without a sound.
    const [first = "", second = "", third = ""] = rooms;
    server.world.receipt(first, "ann", server.world.events(first).at(-1)?.event_id ?? "");
    await notices.until(([now]) => now?.count === 4);
    expect(notices.now).toMatchObject([{ tag: "digest", isSilent: true }]);
    expect(notices.now[0]?.body).toMatch(/^4 messages in 2 rooms: (B, C|C, B)$/);
    server.world.receipt(second, "ann", server.world.events(second).at(-1)?.event_id ?? "");
    await notices.until(([now]) => now?.count === 2);
    server.world.redact(third, "ben", server.world.events(third).at(-1)?.event_id ?? "");
    await notices.until(([now]) => now?.count === 1);
    expect(notices.now[0]?.body).toBe("1 message in 1 room: C");
    for (const roomId of rooms)
      server.world.receipt(roomId, "ann", server.world.events(roomId).at(-1)?.event_id ?? "");
    await notices.until((now) => now.length === 0);
  });
});

/** A run and a host that shows what stands, step by step: every moment at which a kill would leave something else. */
class Telling {
  readonly cuts: {
    readonly shown: readonly string[];
    readonly isBetween: boolean;
    readonly revive: Revive;
  }[] = [];
  readonly shown: string[] = [];
  rig: CoreRig | null = null;
  #isBetween = false;
  #last = "";

  /** The core's clock is read around every statement: there the disk is looked at. */
  readonly clock = (): Clock => {
    const clock = realClock();
    return { ...clock, monotonic: () => (this.look(), clock.monotonic()) };
  };

  /** Shows from now on what comes; versions are shown once. */
  begin(rig: CoreRig): void {
    this.rig = rig;
    const versions = new Set<number>();
    const show = (standing: readonly Notice[]): void => {
      for (const { tag, version, title, body } of standing) {
        if (versions.has(version)) continue;
        versions.add(version);
        this.look();
        this.#isBetween = true;
        void rig.core.handlers.actOnNotice({ tag, act: { act: "shown", version } });
        this.look();
        this.#isBetween = false;
        this.shown.push(`${title}: ${body}`);
        this.look();
      }
    };
    show(rig.core.topics.notices(null, show).snapshot);
  }

  look(): void {
    if (this.rig === null) return;
    const state = `${this.rig.written} ${this.shown.length}`;
    if (state === this.#last) return;
    this.#last = state;
    this.cuts.push({ shown: [...this.shown], isBetween: this.#isBetween, revive: this.rig.moment() });
  }

  end(): void {
    this.look();
    this.rig = null;
  }
}
type Revive = ReturnType<CoreRig["moment"]>;

/** What a run after a kill tells. */
async function toldBy(revive: Revive): Promise<readonly string[]> {
  const rig = await revive();
  const notices = watchNotices(rig);
  await rig.live();
  await rig.caughtUp("ann");
  const told = bodies(notices.told);
  await rig.close();
  rig.platform.cleanUp();
  return told;
}

/** Starts a killed run again with its first sync held until somebody shows what it tells. */
async function watched(revive: Revive, telling: Telling): Promise<CoreRig> {
  let letGo = (): void => undefined;
  const holdBefore = new Promise<void>((resolve) => (letGo = resolve));
  server.faults.add({ on: { path: /\/sync$/ }, do: { holdBefore }, times: 1 });
  const rig = await revive({ clock: telling.clock() });
  telling.begin(rig);
  letGo();
  return rig;
}

describe("a kill at any step of telling", () => {
  it("leaves a digest that the next run tells whole, or not at all once it was shown", async () => {
    const rooms = ["A", "B", "C"].map((name) => aRoom(name));
    const rig = await started();
    const revive = rig.kill();
    for (const roomId of rooms) for (const body of ["one", "two"]) says(roomId, body);
    says(rooms[0] ?? "", { msgtype: "m.text", body: "Ann", "m.mentions": { user_ids: [idOf("ann")] } });
    const telling = new Telling();
    await watched(revive, telling);
    await eventually(() => telling.shown.length > 0);
    telling.end();
    const whole = /^While you were away: 7 messages in 3 rooms, 1 mentions you: [ABC, ]+$/;
    expect(telling.shown).toEqual([expect.stringMatching(whole)]);
    // Before anything came, with the messages and nothing told, between writing and showing, and after it.
    expect(telling.cuts.length).toBeGreaterThan(3);
    expect(telling.cuts.filter(({ isBetween }) => isBetween)).toHaveLength(1);
    for (const { shown, isBetween, revive: next } of telling.cuts) {
      // Killed in the one breath between the two it is not told again: never twice comes before once.
      const isTold = isBetween || shown.length > 0;
      expect(await toldBy(next)).toEqual(isTold ? [] : [expect.stringMatching(whole)]);
    }
  }, 120_000);

  it("in the middle of a round of rooms tells each message once, in the one run or in the next", async () => {
    const rooms = ["A", "B", "C"].map((name) => aRoom(name));
    const rig = await started();
    const telling = new Telling();
    const revive = rig.kill();
    const again = await watched(revive, telling);
    await again.live();
    for (const roomId of rooms) says(roomId, "ahoy");
    await eventually(() => telling.shown.length === 3);
    telling.end();
    const all = ["A", "B", "C"].map((name) => `Ben (${name}): ahoy`);
    expect(telling.shown.toSorted()).toEqual(all);
    // There is a moment at which one is shown and the others are not.
    const partial = telling.cuts.filter(({ shown, isBetween }) => !isBetween && shown.length % 3 > 0);
    expect(partial.map(({ shown }) => shown.length)).toEqual(expect.arrayContaining([1, 2]));
    for (const { shown, revive: next } of partial)
      expect([...shown, ...(await toldBy(next))].toSorted()).toEqual(all);
  }, 120_000);

  it("after the words were handed out, and before a host has shown them, loses none of them", async () => {
    const roomId = aRoom();
    const rig = await started();
    // Nobody shows: the host is still loading the picture.
    const standing = rig.watch("notices");
    says(roomId, "first");
    await standing.until((now) => now.length === 1);
    says(roomId, "second");
    await standing.until(([now]) => now?.count === 2);
    expect(await toldBy(rig.kill())).toEqual(["Ben (Harbour): second (and 1 more)"]);
  });

  it("after a part was shown tells the rest alone; what came to a room that was looked at is told by that", async () => {
    const [shown, seen] = [aRoom("Shown"), aRoom("Seen")];
    const rig = await started();
    const standing = rig.watch("notices");
    says(shown, "first");
    const [notice] = await standing.until((now) => now.length === 1);
    await rig.core.handlers.actOnNotice({
      tag: shown,
      act: { act: "shown", version: notice?.version ?? 0 },
    });
    says(shown, "second");
    await standing.until(([now]) => now?.count === 2);
    says(seen, "looked at");
    await standing.until((now) => now.length === 2);
    await rig.core.handlers.attend({ roomId: seen });
    // A word about a version that is none any more says nothing about the one that is.
    await rig.core.handlers.actOnNotice({
      tag: shown,
      act: { act: "shown", version: notice?.version ?? 0 },
    });
    expect(await toldBy(rig.kill())).toEqual(["Ben (Shown): second"]);
  });

  it("leaves an invitation that nobody was shown to be told", async () => {
    const rig = await started();
    const standing = rig.watch("notices");
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" });
    const [notice] = await standing.until((now) => now.length === 1);
    const before = rig.moment();
    await rig.core.handlers.actOnNotice({
      tag: notice?.tag ?? "",
      act: { act: "shown", version: notice?.version ?? 0 },
    });
    expect(await toldBy(before)).toEqual(["Boats: Ben invites you"]);
    expect(await toldBy(rig.kill())).toEqual([]);
  });
});
