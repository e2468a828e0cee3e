import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { Notice } from "../../preload/contract/models/notice.ts";
import { defaultSettings, type Settings } from "../../preload/contract/models/settings.ts";
import { realClock } from "./fake-platform.ts";
import { pngOf } from "./media/pictures.ts";
import type { Clock } from "./platform.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Notifications through the whole core: who is told of what, once; what is withdrawn; what the user does with them.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const idOf = (user: string): string => server.world.user(user).userId;
const aRoom = (name = "Harbour", members = ["ann", "cy"]): RoomId =>
  server.world.createRoom({ creator: "ben", members, name }) as RoomId;
const says = (roomId: string, content: string | Record<string, unknown>, sender = "ben"): EventId =>
  server.world.sendMessage(roomId, sender, content) as EventId;
const save = (rig: CoreRig, part: Partial<Settings>): unknown =>
  rig.core.handlers.saveSettings({ settings: { ...defaultSettings, ...part } });
const bodies = (notices: readonly Notice[]): string[] =>
  notices.map(({ title, body }) => `${title}: ${body}`);

/** A host that shows what stands. Every notification that was ever shown, once per showing. */
function watchNotices(rig: CoreRig) {
  const notices = rig.watch("notices");
  const show = (standing: readonly Notice[]): void => {
    for (const { tag, version } of standing)
      void rig.core.handlers.actOnNotice({ tag, act: { act: "shown", version } });
  };
  show(rig.core.topics.notices(null, show).snapshot);
  return {
    until: (isWanted: (now: readonly Notice[]) => boolean) => notices.until(isWanted),
    get now() {
      return notices.value;
    },
    get told() {
      const seen = new Map<number, Notice>();
      for (const value of notices.values) for (const notice of value) seen.set(notice.version, notice);
      return [...seen.values()];
    },
  };
}

describe("a message", () => {
  it("is told with sender, room and text; several of a room are one that counts them", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    const first = says(roomId, "hello");
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({
      tag: roomId,
      kind: "message",
      eventId: first,
      title: "Ben (Harbour)",
      body: "hello",
      count: 1,
      actions: ["reply", "mark-read"],
      isSilent: true, // the rule for rooms of many has no sound
    });
    says(roomId, { msgtype: "m.image", body: "cat.jpg", url: "mxc://dunlin.test/cat" });
    await notices.until(([now]) => now?.count === 2);
    expect(notices.now).toHaveLength(1);
    expect(notices.now[0]?.body).toMatch(/^Photo.* \(and 1 more\)$/);
  });

  it("of two has a sound and the name alone; a mention has one too", async () => {
    const two = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const notices = watchNotices(rig);
    says(two, "psst");
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ title: "Ben", body: "psst", isSilent: false });
  });

  it("says no more than the settings allow", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    await save(rig, { notificationText: "sender" });
    says(roomId, "secret");
    await notices.until(([now]) => now?.body === "New message");
    expect(notices.now[0]?.title).toBe("Ben (Harbour)");
    await save(rig, { notificationText: "none" });
    says(roomId, "secret too");
    await notices.until(([now]) => now?.title === "Dunlin");
    expect(JSON.stringify(notices.told)).not.toMatch(/secret/);
    expect(notices.now[0]).toMatchObject({ body: "2 new messages", avatar: null });
  });

  it("is not told in the room in front, while do not disturb is on, or when only mentions are wanted", async () => {
    const [front, other] = [aRoom("Front"), aRoom("Other")];
    const rig = await started();
    const notices = watchNotices(rig);
    await rig.core.handlers.attend({ roomId: front });
    says(front, "seen");
    await rig.caughtUp("ann");
    await save(rig, { doNotDisturb: true });
    says(other, "quiet");
    await rig.caughtUp("ann");
    await save(rig, { notify: "mentions" });
    says(other, "no mention");
    says(other, { msgtype: "m.text", body: "you", "m.mentions": { user_ids: [idOf("ann")] } });
    await notices.until((now) => now.length === 1);
    expect(bodies(notices.told)).toEqual(["Ben (Other): you"]);
  });

  it("that others may not raise is not told: our own, muted, edits, reactions, ignored people", async () => {
    const roomId = aRoom();
    server.world.accountData("ann", null, "m.ignored_user_list", { ignored_users: { [idOf("cy")]: {} } });
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "ignored", "cy");
    says(roomId, "own", "ann");
    says(roomId, { msgtype: "m.notice", body: "bot" });
    await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "mute" } });
    says(roomId, "muted");
    await rig.caughtUp("ann");
    expect(notices.told).toEqual([]);
  });

  it("carries names and words as one plain line, whatever is in them", async () => {
    server.world.setProfile("ben", { displayName: "Ben\u202e\nEvil" });
    const roomId = aRoom("Har\u0000bour\u202e");
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "<b>bold</b>\n\u202eover\u0007" + "x".repeat(5000));
    await notices.until((now) => now.length === 1);
    const text = bodies(notices.now).join();
    expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/);
    expect(text.length).toBeLessThan(800);
  });
});

describe("a notification is withdrawn", () => {
  it("when the message is read on another device, redacted, or the room is left", async () => {
    const [read, redacted, left] = [aRoom("A"), aRoom("B"), aRoom("C")];
    const rig = await started();
    const notices = watchNotices(rig);
    const one = says(read, "one");
    const two = says(redacted, "two");
    says(left, "three");
    await notices.until((now) => now.length === 3);
    server.world.receipt(read, "ann", one);
    await notices.until((now) => now.length === 2 && now.every(({ tag }) => tag !== read));
    server.world.redact(redacted, "ben", two);
    await notices.until((now) => now.length === 1);
    server.world.kick(left, "ann");
    await notices.until((now) => now.length === 0);
  });

  it("in part: what is left is shown silently, without the words that are gone", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "stays");
    const gone = says(roomId, "goes");
    await notices.until(([now]) => now?.count === 2);
    server.world.redact(roomId, "ben", gone);
    await notices.until(([now]) => now?.count === 1);
    expect(notices.now[0]).toMatchObject({ body: "stays", isSilent: true });
  });

  it("when the user comes to the room", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    says(roomId, "one");
    await notices.until((now) => now.length === 1);
    await rig.core.handlers.attend({ roomId });
    expect(notices.now).toEqual([]);
  });
});

describe("what the user does with a notification", () => {
  async function withNotice() {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    const eventId = says(roomId, "hello");
    await notices.until((now) => now.length === 1);
    return { roomId, rig, notices, eventId };
  }

  it("a click leads to the room and the message, until the page has arrived", async () => {
    const { roomId, rig, notices, eventId } = await withNotice();
    const destination = rig.watch("destination");
    await rig.core.handlers.actOnNotice({ tag: roomId, act: { act: "open" } });
    expect(destination.value).toMatchObject({ roomId, eventId });
    expect(notices.now).toEqual([]);
    await rig.core.handlers.arrived({ number: destination.value?.number ?? 0 });
    expect(destination.value).toBeNull();
  });

  it("a reply is a message of the queue, and reads the room", async () => {
    const { roomId, rig } = await withNotice();
    await rig.core.handlers.actOnNotice({ tag: roomId, act: { act: "reply", body: "hi" } });
    await eventually(() => server.world.events(roomId).some(({ content }) => content["body"] === "hi"));
    const list = rig.watch("roomList");
    await list.until((rooms) => rooms.find((room) => room.roomId === roomId)?.unread === 0);
  });

  it("mark read sends the receipt", async () => {
    const { roomId, rig, eventId } = await withNotice();
    await rig.core.handlers.actOnNotice({ tag: roomId, act: { act: "mark-read" } });
    await eventually(() =>
      server.world
        .receipts(roomId)
        .some((receipt) => receipt.userId === idOf("ann") && receipt.eventId === eventId),
    );
  });

  it("on one that is gone does nothing", async () => {
    const { rig } = await withNotice();
    await rig.core.handlers.actOnNotice({ tag: "!gone:x", act: { act: "reply", body: "late" } });
  });
});

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

describe("after the connection was lost for a while", () => {
  it("a room's notification counts what it stood for before, and a digest what the one before it did", async () => {
    const rooms = ["A", "B"].map((name) => aRoom(name));
    const [first = "", second = ""] = rooms;
    const rig = await started();
    const notices = watchNotices(rig);
    says(first, "one");
    await notices.until((now) => now.length === 1);
    const offline = async (said: () => void): Promise<void> => {
      const connection = rig.watch("connection");
      server.cut();
      await connection.until(({ state }) => state !== "live");
      said();
      server.mend();
      await rig.core.handlers.networkIsBack({});
      await connection.until(({ state }) => state === "live");
      connection.stop();
    };
    await offline(() => says(first, "two"));
    await notices.until(([now]) => now?.count === 2);
    await offline(() => ["a", "b", "c", "d"].forEach((body) => says(second, body)));
    await notices.until((now) => now.some(({ tag, count }) => tag === "digest" && count === 4));
    await offline(() => ["e", "f", "g", "h"].forEach((body) => says(second, body)));
    await notices.until((now) => now.some(({ tag, count }) => tag === "digest" && count === 8));
    expect(notices.now.map(({ tag, count }) => [tag, count]).toSorted()).toEqual(
      [
        [first, 2],
        ["digest", 8],
      ].toSorted(),
    );
  });
});

describe("what the settings of this machine say", () => {
  it("without sounds nothing sounds: a message, a digest, an invitation", async () => {
    const two = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const notices = watchNotices(rig);
    await save(rig, { notificationSound: false });
    says(two, "psst");
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" });
    await notices.until((now) => now.length === 2);
    expect(notices.now.map(({ isSilent }) => isSilent)).toEqual([true, true]);
    const revive = rig.kill();
    for (const body of ["one", "two", "three", "four"]) says(two, body);
    const again = await revive();
    const after = watchNotices(again);
    await after.until((now) => now.length === 1);
    expect(after.now[0]).toMatchObject({ tag: "digest", isSilent: true });
    await save(again, { notificationSound: true });
    says(two, "aloud");
    await after.until((now) => now.length === 2);
    expect(after.now.find(({ tag }) => tag === two)).toMatchObject({ body: "aloud", isSilent: false });
  });

  it("with none wanted there is none: message, mention, invitation, call; and none of them later", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    await save(rig, { notify: "none" });
    says(roomId, "a word");
    says(roomId, { msgtype: "m.text", body: "you", "m.mentions": { user_ids: [idOf("ann")] } });
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" });
    await rig.caughtUp("ann");
    const list = rig.watch("roomList").value.find((room) => room.roomId === roomId);
    // The badge counts all the same.
    expect([list?.unread, list?.highlight]).toEqual([2, 1]);
    await save(rig, { notify: "all" });
    const again = await rig.restart();
    const after = watchNotices(again);
    await again.live();
    await again.caughtUp("ann");
    expect([...notices.told, ...after.told]).toEqual([]);
  });

  it("what stands is not dropped by reading a part of it while do not disturb is on", async () => {
    const roomId = aRoom();
    const rig = await started();
    const notices = watchNotices(rig);
    const first = says(roomId, "one");
    says(roomId, "two");
    await notices.until(([now]) => now?.count === 2);
    await save(rig, { doNotDisturb: true });
    server.world.receipt(roomId, "ann", first);
    await notices.until(([now]) => now?.count === 1);
    expect(notices.now).toMatchObject([{ body: "two", isSilent: true }]);
  });
});

describe("the picture of a notification", () => {
  const picture = (name: string): string => server.world.uploadMedia(pngOf(16, 16), "image/png", name);
  const small = (mxc: string): string => `media/${mxc.slice("mxc://".length)}?width=96&height=96&method=crop`;

  it("is the room's, the sender's where the room has none, and in a chat of two always the sender's", async () => {
    const [ofBen, ofRoom, ofPair] = [picture("ben"), picture("room"), picture("pair")];
    server.world.setProfile("ben", { avatarMxc: ofBen });
    const make = (name: string, more: object): RoomId =>
      server.world.createRoom({ creator: "ben", name, ...more }) as RoomId;
    const pictured = make("Pictured", { members: ["ann", "cy"], avatarMxc: ofRoom });
    const plain = make("Plain", { members: ["ann", "cy"] });
    const pair = make("Pair", { members: ["ann"], isDirect: true, avatarMxc: ofPair });
    const rig = await started();
    const notices = watchNotices(rig);
    for (const roomId of [pictured, plain, pair]) says(roomId, "hello");
    says(plain, "hello", "cy");
    await notices.until((now) => now.length === 3 && now.some(({ count }) => count === 2));
    const avatars = new Map(notices.told.map(({ tag, title, avatar }) => [`${tag} ${title}`, avatar]));
    expect(avatars.get(`${pictured} Ben (Pictured)`)).toBe(small(ofRoom));
    expect(avatars.get(`${pair} Ben`)).toBe(small(ofBen));
    // Cy has none.
    expect(notices.now.find(({ tag }) => tag === plain)).toMatchObject({ title: "Cy (Plain)", avatar: null });
    // It can be loaded as what it says.
    const answer = await rig.core.media(small(ofBen));
    expect(answer).toMatchObject({ ok: true, file: { contentType: "image/png" } });
  });

  it("of a call is the caller's, of an invitation the room's, and there is none where nothing may be said", async () => {
    const [ofBen, ofRoom] = [picture("ben"), picture("room")];
    server.world.setProfile("ben", { avatarMxc: ofBen });
    const pair = server.world.createRoom({ creator: "ben", members: ["ann"], isDirect: true });
    const rig = await started();
    const notices = watchNotices(rig);
    const rings = (call_id: string): unknown =>
      server.world.sendMessage(
        pair,
        "ben",
        { call_id, version: "1", party_id: "P", lifetime: 60_000, offer: { type: "offer", sdp: "v=0" } },
        { type: "m.call.invite" },
      );
    rings("call-one");
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ kind: "call", avatar: small(ofBen) });
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats", avatarMxc: ofRoom });
    await notices.until((now) => now.length === 2);
    expect(notices.now.find(({ kind }) => kind === "invite")).toMatchObject({ avatar: small(ofRoom) });
    await save(rig, { notificationText: "none" });
    server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Ships", avatarMxc: ofRoom });
    await notices.until((now) => now.length === 3);
    expect(notices.now.at(-1)).toMatchObject({ kind: "invite", avatar: null });
  });
});

describe("an invitation", () => {
  it("is told once and withdrawn when answered", async () => {
    const rig = await started();
    const notices = watchNotices(rig);
    const roomId = server.world.createRoom({ creator: "ben", invited: ["ann"], name: "Boats" }) as RoomId;
    await notices.until((now) => now.length === 1);
    expect(notices.now[0]).toMatchObject({ kind: "invite", title: "Boats", body: "Ben invites you" });
    await rig.core.handlers.acceptInvite({ roomId });
    await notices.until((now) => now.length === 0);
    const again = await rig.restart();
    const after = watchNotices(again);
    await again.live();
    expect(after.told).toEqual([]);
  });
});
