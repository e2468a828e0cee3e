import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { EventId, RoomId, TransactionId } from "../../preload/contract/ids.ts";
import type { CoreRig } from "./testing/core-rig.ts";
import { endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { failureOf, roomStory } from "./testing/room-story.ts";

// Rooms run, and who is in them, through the whole core.

let server: Homeserver;
beforeEach(async () => void (server = await homeserverWith("Ann", "Ben", "Cy")));
afterEach(endAll);

const { started, idOf, aRoom } = roomStory(() => server);

describe("the details of a room", () => {
  it("follow its state, its rights and one's own membership", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"], name: "One", topic: "Old" });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    expect(details.value).toMatchObject({
      name: "One",
      topic: "Old",
      joinRule: "invite",
      historyVisibility: "shared",
      ownLevel: 100,
      version: "11",
      creator: { userId: idOf("ann"), name: "Ann" },
      people: [{ userId: idOf("ann"), level: 100 }],
    });
    const change = (what: Parameters<CoreRig["core"]["handlers"]["changeRoom"]>[0]["change"]) =>
      rig.core.handlers.changeRoom({ roomId, change: what });
    await change({ what: "name", name: "Two" });
    await change({ what: "topic", topic: "" });
    await change({ what: "join-rule", rule: "knock", allow: [] });
    await change({ what: "history", visibility: "invited" });
    await change({ what: "person-level", userId: idOf("ben"), level: 50 });
    await change({ what: "add-alias", alias: "#two:dunlin.test" });
    await change({ what: "canonical-alias", alias: "#two:dunlin.test" });
    await change({ what: "published", isPublished: true });
    await details.until((view) => view?.canonicalAlias === "#two:dunlin.test");
    expect(details.value).toMatchObject({
      name: "Two",
      topic: "",
      joinRule: "knock",
      historyVisibility: "invited",
    });
    expect(server.world.state(roomId, "m.room.topic")).toEqual({});
    expect(server.world.state(roomId, "m.room.power_levels")).toMatchObject({
      users: { [idOf("ann")]: 100, [idOf("ben")]: 50 },
      kick: 50,
    });
    expect(await rig.core.handlers.loadRoomListing({ roomId })).toEqual({
      isPublished: true,
      aliases: ["#two:dunlin.test"],
    });
    await change({ what: "remove-alias", alias: "#two:dunlin.test" });
    expect(server.world.state(roomId, "m.room.canonical_alias")).toEqual({ alt_aliases: [] });
    server.world.kick(roomId, "ann", "ben", "enough");
    await details.until((view) => view?.membership === "leave");
    expect(Object.values(details.value?.may ?? {})).not.toContain(true);
  });

  it("an address that our directory does not have goes from the room's state alone", async () => {
    const roomId = aRoom({ creator: "ann" });
    const names = { alias: "#main:far.test", alt_aliases: ["#old:far.test", "#other:far.test"] };
    server.world.sendState(roomId, "ann", "m.room.canonical_alias", "", names);
    const rig = await started();
    const change = { what: "remove-other-alias", alias: "#old:far.test" } as const;
    await rig.core.handlers.changeRoom({ roomId, change });
    const left = { alias: "#main:far.test", alt_aliases: ["#other:far.test"] };
    expect(server.world.state(roomId, "m.room.canonical_alias")).toEqual(left);
    expect(server.wire.count("DELETE", /directory/)).toBe(0);
  });

  it("a message is reported, and one the server does not know is refused", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"] });
    const eventId = server.world.sendMessage(roomId, "ben", "pirates") as EventId;
    const rig = await started();
    await rig.core.handlers.reportMessage({ roomId, eventId, reason: "rude" });
    const sent = server.wire.requests.find(({ path }) => path.includes("/report/"));
    expect(sent?.body).toEqual({ reason: "rude" });
    const unknown = rig.core.handlers.reportMessage({ roomId, eventId: "$nothing" as EventId, reason: "" });
    await expect(unknown).rejects.toMatchObject({ failure: { errcode: "M_NOT_FOUND" } });
  });

  it("creators of a room of version 12 stand above levels, and their level is nobody's to set", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"], version: "12" });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    expect(details.value).toMatchObject({ ownLevel: "creator", may: { levels: true, upgrade: true } });
    const change = { what: "person-level", userId: idOf("ann"), level: 50 } as const;
    expect((await failureOf(rig.core.handlers.changeRoom({ roomId, change }))).kind).toBe("invalid");
    await rig.core.handlers.changeRoom({
      roomId,
      change: { what: "person-level", userId: idOf("ben"), level: 100 },
    });
    expect(server.world.state(roomId, "m.room.power_levels")).toMatchObject({
      users: { [idOf("ben")]: 100 },
    });
  });

  it("an upgrade closes the room and names the new one", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"], name: "Old", alias: "moves" });
    const rig = await started();
    const room = rig.watch("room", { roomId });
    const next = await rig.core.handlers.upgradeRoom({ roomId, version: "11" });
    await room.until(({ replacementRoomId }) => replacementRoomId === next.roomId);
    expect(await failureOf(rig.core.handlers.upgradeRoom({ roomId, version: "no" }))).toMatchObject({
      errcode: "M_UNSUPPORTED_ROOM_VERSION",
    });
  });

  it("state can be read, and written where it is a JSON object", async () => {
    const roomId = aRoom({ creator: "ann", members: [], name: "Raw" });
    const rig = await started();
    const state = await rig.core.handlers.loadRoomState({ roomId });
    expect(state.find(({ type }) => type === "m.room.name")).toMatchObject({
      content: '{\n  "name": "Raw"\n}',
    });
    const put = { roomId, type: "org.example.x", stateKey: "k", content: '{"a":1}' };
    await rig.core.handlers.putRoomState(put);
    expect(server.world.state(roomId, "org.example.x", "k")).toEqual({ a: 1 });
    expect((await failureOf(rig.core.handlers.putRoomState({ ...put, content: "[1]" }))).kind).toBe(
      "invalid",
    );
  });
});

describe("the members", () => {
  it("are asked for once, come highest first and by name, and in pages", async () => {
    const roomId = aRoom({ creator: "ben" });
    for (let i = 0; i < 250; i += 1)
      server.world.join(roomId, `@m${String(i).padStart(3, "0")}:far.test`, { displayName: `Member ${i}` });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const load = (query: string, from: number) =>
      rig.core.handlers.loadMembers({ roomId, group: "join", query, from });
    await load("", 0);
    await details.until((view) => view?.members === "whole");
    const first = await load("", 0);
    expect(first.total).toBe(252);
    expect(first.members).toHaveLength(100);
    expect(first.members[0]).toMatchObject({ userId: idOf("ben"), level: 100 });
    expect(first.members[1]).toMatchObject({ userId: idOf("ann"), isOwn: true });
    const rest = [...(await load("", 100)).members, ...(await load("", 200)).members];
    expect(new Set([...first.members, ...rest].map(({ userId }) => userId)).size).toBe(252);
    expect((await load("MEMBER 17", 0)).members.map(({ displayName }) => displayName)).toEqual([
      "Member 17",
      ...Array.from({ length: 10 }, (_, i) => `Member ${170 + i}`),
    ]);
    expect(server.wire.count("GET", /\/members$/)).toBe(1);
  });

  it("are found by any part of name or id, however it is written, as they are called now", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"] });
    const names = ["Zoë", "Élan Vital", "ÖMER", "zoe bell", "Vitali"];
    for (const [i, displayName] of names.entries())
      server.world.join(roomId, `@guest${i}:far.test`, { displayName });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const found = async (query: string): Promise<readonly (string | null)[]> => {
      const page = await rig.core.handlers.loadMembers({ roomId, group: "join", query, from: 0 });
      expect(page.total).toBe(page.members.length);
      return page.members.map(({ displayName }) => displayName);
    };
    await found("");
    await details.until((view) => view?.members === "whole");
    expect(await found("ZOE")).toEqual(["zoe bell", "Zoë"]);
    expect(await found("élan")).toEqual(["Élan Vital"]);
    expect(await found("ömer")).toEqual(["ÖMER"]);
    expect(await found("vital")).toEqual(["Vitali", "Élan Vital"]);
    expect(await found("guest3:far")).toEqual(["zoe bell"]);
    expect(await found("nobody")).toEqual([]);
    // The same list goes on while people come, go and are renamed.
    server.world.join(roomId, "@guest1:far.test", { displayName: "Anna Vital" });
    server.world.leave(roomId, "@guest4:far.test");
    server.world.join(roomId, "@guest9:far.test", { displayName: "Vitalia" });
    await rig.caughtUp("ann");
    expect(await found("vital")).toEqual(["Anna Vital", "Vitalia"]);
    expect(await found("élan")).toEqual([]);
  });

  it("are no longer found by a name that was taken back (RED-02)", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben"] });
    const joined = server.world.join(roomId, "@rude:far.test", { displayName: "Rude words" });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const total = async (query: string): Promise<number> =>
      (await rig.core.handlers.loadMembers({ roomId, group: "join", query, from: 0 })).total;
    await total("");
    await details.until((view) => view?.members === "whole");
    expect(await total("words")).toBe(1);
    server.world.redact(roomId, "ann", joined);
    await rig.caughtUp("ann");
    expect(await total("words")).toBe(0);
    expect(await total("rude")).toBe(1);
  });

  it("are found in pages, those above the rest first", async () => {
    const roomId = aRoom({ creator: "ben", powerLevels: { users: { "@m149:far.test": 50 } } });
    for (let i = 0; i < 150; i += 1)
      server.world.join(roomId, `@m${String(i).padStart(3, "0")}:far.test`, { displayName: `Wader ${i}` });
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const page = (query: string, from: number) =>
      rig.core.handlers.loadMembers({ roomId, group: "join", query, from });
    await page("", 0);
    await details.until((view) => view?.members === "whole");
    const first = await page("wader", 0);
    const second = await page("wader", 100);
    expect([first.total, second.total]).toEqual([150, 150]);
    expect(first.members[0]?.displayName).toBe("Wader 149");
    expect(second.members).toHaveLength(50);
    expect(new Set([...first.members, ...second.members].map(({ userId }) => userId)).size).toBe(150);
  });

  it("that came after a gap are asked for again", async () => {
    const roomId = aRoom();
    const rig = await started();
    const details = rig.watch("roomDetails", { roomId });
    const page = () => rig.core.handlers.loadMembers({ roomId, group: "join", query: "", from: 0 });
    await page();
    await details.until((view) => view?.members === "whole");
    server.cut();
    server.world.join(roomId, "cy");
    server.world.sendMany(roomId, 60, (i) => ({ sender: "ben", content: `message ${i}` }));
    server.mend();
    await details.until((view) => view?.members === "partial");
    await page();
    await details.until((view) => view?.members === "whole");
    expect((await page()).members.map(({ userId }) => userId)).toContain(idOf("cy"));
  });

  it("the server does not tell of are those known here, with the reason", async () => {
    const roomId = aRoom();
    const rig = await started();
    server.faults.add({
      on: { path: /\/members$/ },
      do: { error: { status: 500, errcode: "M_UNKNOWN" } },
      times: 1,
    });
    const details = rig.watch("roomDetails", { roomId });
    const page = () => rig.core.handlers.loadMembers({ roomId, group: "join", query: "", from: 0 });
    expect((await page()).members).not.toEqual([]);
    await details.until((view) => typeof view?.members === "object");
    await page();
    await details.until((view) => view?.members === "whole");
  });

  it("are removed, banned and let back in, with a reason, where our level is above theirs", async () => {
    const roomId = aRoom({ creator: "ann", members: ["ben", "cy"] });
    const rig = await started();
    const about = { roomId, userId: idOf("cy"), reason: "loud" };
    await rig.core.handlers.kickMember(about);
    expect(server.world.state(roomId, "m.room.member", idOf("cy"))).toMatchObject({
      membership: "leave",
      reason: "loud",
    });
    await rig.core.handlers.banMember(about);
    const details = rig.watch("roomDetails", { roomId });
    const banned = async () =>
      (await rig.core.handlers.loadMembers({ roomId, group: "ban", query: "", from: 0 })).total;
    await banned();
    await details.until((view) => view?.members === "whole");
    expect(await banned()).toBe(1);
    await rig.core.handlers.unbanMember({ ...about, reason: "" });
    expect(server.world.state(roomId, "m.room.member", idOf("cy"))).toEqual({ membership: "leave" });
    await rig.core.handlers.inviteToRoom({ roomId, userId: idOf("cy"), reason: "" });
    const page = await rig.core.handlers.loadMembers({ roomId, group: "join", query: "", from: 0 });
    expect(page.members.map(({ isOwn, mayBan }) => [isOwn, mayBan])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  describe("their messages are deleted", () => {
    const redactedIds = () =>
      server.wire.requests
        .filter(({ method, path }) => method === "PUT" && path.includes("/redact/"))
        .map(({ path }) => decodeURIComponent(path.split("/redact/")[1] ?? "").split("/"));
    const about = (roomId: RoomId) => ({ roomId, userId: idOf("ben"), reason: "spam" });
    function spam(count: number): RoomId {
      const roomId = aRoom({ creator: "ann", members: ["ben"] });
      for (let i = 0; i < count; i += 1) server.world.sendMessage(roomId, "ben", `message ${i}`);
      return roomId;
    }

    it("one after the other, none twice, and the details tell how far it has come", async () => {
      const roomId = spam(7);
      const rig = await started();
      const details = rig.watch("roomDetails", { roomId });
      expect(await rig.core.handlers.redactMessagesOf(about(roomId))).toEqual({ total: 7 });
      expect(details.value?.redactions).toMatchObject([{ userId: idOf("ben"), total: 7, refused: 0 }]);
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      expect(await rig.core.handlers.redactMessagesOf(about(roomId))).toEqual({ total: 0 });
      expect(new Set(redactedIds().map(([eventId]) => eventId)).size).toBe(7);
      expect(redactedIds()).toHaveLength(7);
      const body = server.wire.requests.find(({ path }) => path.includes("/redact/"))?.body;
      expect(body).toEqual({ reason: "spam" });
    });

    it("also after a kill in the middle: what was under way goes again under the same transaction id", async () => {
      const roomId = spam(3);
      const rig = await started();
      server.faults.add({ on: { method: "PUT", path: /redact/ }, do: { answerLost: true } });
      await rig.core.handlers.redactMessagesOf(about(roomId));
      await eventually(() => redactedIds().length > 0);
      const revive = rig.kill();
      server.faults.clear();
      const again = await revive();
      const details = again.watch("roomDetails", { roomId });
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      const sent = new Map(redactedIds().map(([eventId, transactionId]) => [eventId, transactionId]));
      for (const [eventId, transactionId] of redactedIds()) expect(sent.get(eventId)).toBe(transactionId);
      const deletions = server.world.events(roomId).filter(({ type }) => type === "m.room.redaction");
      expect(deletions).toHaveLength(3);
    });

    it("until it is cancelled, while one's own messages go ahead of them", async () => {
      const roomId = spam(5);
      const rig = await started();
      let release: (value: unknown) => void = () => undefined;
      const held = new Promise((resolve) => (release = resolve));
      server.faults.add({ on: { method: "PUT", path: /redact/ }, do: { holdBefore: held } });
      await rig.core.handlers.redactMessagesOf(about(roomId));
      await rig.core.handlers.sendMessage({
        ...{ roomId, transactionId: "mine" as TransactionId },
        content: { msgtype: "m.text", body: "cleaning up" },
      });
      await eventually(() => server.wire.count("PUT", /\/send\//) === 1);
      await rig.core.handlers.cancelRedactionsOf({ roomId, userId: idOf("ben") });
      release(null);
      const details = rig.watch("roomDetails", { roomId });
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      await rig.caughtUp("ann");
      expect(redactedIds()).toHaveLength(1);
    });

    it("but those that the server refuses, which are counted", async () => {
      const roomId = spam(2);
      const rig = await started();
      server.faults.add({
        ...{ on: { method: "PUT", path: /redact/ }, times: 1 },
        do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
      });
      await rig.core.handlers.redactMessagesOf(about(roomId));
      const details = rig.watch("roomDetails", { roomId });
      await details.until((view) => view?.redactions[0]?.remaining === 0);
      expect(details.value?.redactions).toMatchObject([{ total: 2, refused: 1 }]);
    });
  });
});
