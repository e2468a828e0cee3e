import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import type { RoomSummary } from "../../preload/contract/models/room.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// Favourites, low priority, mute and the unread mark: so here at once, on the server when it can be reached.

let server: Homeserver;
let roomId: RoomId;
beforeEach(async () => {
  server = await homeserverWith();
  for (const name of ["ann", "ben"]) server.world.addUser(name);
  roomId = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Harbour" }) as RoomId;
});
afterEach(endAll);

const started = async (): Promise<CoreRig> => (await CoreRig.start(server)).signIn("ann");
const tags = () => Object.keys(server.world.readAccountData("ann", roomId, "m.tag")?.["tags"] ?? {});
const isMarked = () => server.world.readAccountData("ann", roomId, "m.marked_unread")?.["unread"];
const ruleOf = (kind: string) => {
  const global = server.world.readAccountData("ann", null, "m.push_rules")?.["global"] ?? {};
  const rules = (global as Record<string, { rule_id: string }[]>)[kind] ?? [];
  return rules.find(({ rule_id }) => rule_id === roomId);
};
const shown = (rig: CoreRig): Partial<RoomSummary> => {
  const list = rig.watch("roomList");
  const { section, isMuted, isMarkedUnread } = list.value.find((room) => room.roomId === roomId) ?? {};
  list.stop();
  return { section, isMuted, isMarkedUnread } as Partial<RoomSummary>;
};
async function wishAll(rig: CoreRig): Promise<void> {
  await rig.core.handlers.setRoomTag({ roomId, tag: "m.favourite" });
  await rig.core.handlers.markUnread({ roomId, isUnread: true });
  await rig.core.handlers.changePushRules({ change: { change: "room", roomId, level: "mute" } });
}
const all = { section: "favourites", isMuted: true, isMarkedUnread: true };

describe("a wish about a room", () => {
  it("made without a connection is so at once, after a restart too, and on the server when it is back", async () => {
    const rig = await started();
    server.cut();
    await wishAll(rig);
    expect(shown(rig)).toEqual(all);
    const again = await rig.restart();
    expect(shown(again)).toEqual(all);
    server.mend();
    await again.core.handlers.networkIsBack({});
    await eventually(() => tags().includes("m.favourite") && isMarked() === true);
    await eventually(() => ruleOf("override") !== undefined);
    await again.caughtUp("ann");
    expect(shown(again)).toEqual(all);
  });

  it("whose answer was lost is repeated, and a kill in between loses none", async () => {
    const rig = await started();
    server.faults.add({
      on: { method: "PUT", path: /tags|marked_unread|pushrules/ },
      do: { answerLost: true },
    });
    await wishAll(rig);
    await eventually(() => server.wire.count("PUT", /tags|marked_unread|pushrules/) > 0);
    const revive = rig.kill();
    server.faults.clear();
    const again = await revive();
    await eventually(() => tags().includes("m.favourite") && isMarked() === true);
    await eventually(() => ruleOf("override") !== undefined);
    expect(shown(again)).toEqual(all);
  });

  it("is overtaken by the next one of its kind: the server ends with the latest", async () => {
    const rig = await started();
    let release: (value: unknown) => void = () => undefined;
    const held = new Promise((resolve) => (release = resolve));
    server.faults.add({ on: { method: "PUT", path: /tags/ }, do: { holdBefore: held } });
    const asked = (["m.favourite", "m.lowpriority", null, "m.lowpriority"] as const).map(async (tag) => {
      await rig.core.handlers.setRoomTag({ roomId, tag });
    });
    expect(shown(rig).section).toBe("low-priority");
    release(null);
    await Promise.all(asked);
    await eventually(() => tags().join() === "m.lowpriority");
    // The first, which was on its way, and the last.
    expect(server.wire.count("PUT", /tags/)).toBe(2);
    await rig.caughtUp("ann");
    expect(shown(rig).section).toBe("low-priority");
  });

  it("stands against what a sync says while it is on its way", async () => {
    const rig = await started();
    server.faults.add({
      ...{ on: { method: "PUT", path: /tags|marked_unread|pushrules/ } },
      do: { status: { code: 503 } },
    });
    await wishAll(rig);
    server.world.accountData("ann", roomId, "m.tag", { tags: { "m.lowpriority": {}, "u.work": {} } });
    server.world.accountData("ann", roomId, "m.marked_unread", { unread: false });
    server.world.accountData("ann", null, "m.push_rules", { global: {} });
    await rig.caughtUp("ann");
    expect(shown(rig)).toEqual(all);
  });

  it("for sections of one's own goes beside the others, and each is taken back alone where it is refused", async () => {
    const rig = await started();
    server.faults.add({
      ...{ on: { method: "PUT", path: /tags\/u\.play/ } },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    const { setOwnTag, loadOwnTags } = rig.core.handlers;
    await setOwnTag({ roomId, tag: "u.work", isSet: true });
    expect(shown(rig).section).toBe("u.work");
    const refusal = { failure: { kind: "rejected", errcode: "M_FORBIDDEN" } };
    await expect(setOwnTag({ roomId, tag: "u.play", isSet: true })).rejects.toMatchObject(refusal);
    await rig.core.handlers.setRoomTag({ roomId, tag: "m.favourite" });
    await rig.caughtUp("ann");
    expect(tags().sort()).toEqual(["m.favourite", "u.work"]);
    expect(shown(rig).section).toBe("favourites");
    expect(await loadOwnTags({ roomId })).toEqual({ ofRoom: ["u.work"], all: ["u.work"] });
    await rig.core.handlers.setRoomTag({ roomId, tag: null });
    expect(shown(rig).section).toBe("u.work");
    await setOwnTag({ roomId, tag: "u.work", isSet: false });
    await rig.caughtUp("ann");
    expect([tags(), shown(rig).section]).toEqual([[], "rooms"]);
  });

  it("for a section made without a connection stands after a restart, against what a sync says", async () => {
    const rig = await started();
    server.cut();
    await rig.core.handlers.setOwnTag({ roomId, tag: "u.work", isSet: true });
    await rig.core.handlers.setOwnTag({ roomId, tag: "u.home", isSet: true });
    const again = await rig.restart();
    expect(shown(again).section).toBe("u.home");
    server.world.accountData("ann", roomId, "m.tag", { tags: { "u.far": {} } });
    server.mend();
    await again.core.handlers.networkIsBack({});
    await eventually(() => tags().length === 3);
    await again.caughtUp("ann");
    expect(shown(again).section).toBe("u.far");
  });

  it("that the server refuses is taken back, and the next one goes on", async () => {
    const rig = await started();
    server.faults.add({
      ...{ on: { method: "PUT", path: /tags|pushrules/ } },
      do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
    });
    const list = rig.watch("roomList");
    const { setRoomTag, markUnread, changePushRules } = rig.core.handlers;
    // Who asked is told, as there is somebody to hear it.
    const refusal = { failure: { kind: "rejected", errcode: "M_FORBIDDEN" } };
    await expect(setRoomTag({ roomId, tag: "m.favourite" })).rejects.toMatchObject(refusal);
    await markUnread({ roomId, isUnread: true });
    await expect(
      changePushRules({ change: { change: "room", roomId, level: "mute" } }),
    ).rejects.toMatchObject(refusal);
    await eventually(() => isMarked() === true);
    await list.until((rooms) => rooms[0]?.section === "rooms" && !rooms[0].isMuted);
    expect(shown(rig)).toEqual({ section: "rooms", isMuted: false, isMarkedUnread: true });
  });

  it("that the server cannot take yet holds up no other, and goes by itself when it can", async () => {
    const rig = await started();
    const other = server.world.createRoom({ creator: "ben", members: ["ann"], name: "Quay" }) as RoomId;
    await rig.caughtUp("ann");
    // Wishes are told in this order.
    const [bad = roomId, good = other] = [roomId, other].sort();
    const account = (of: RoomId, type: string) => server.world.readAccountData("ann", of, type);
    const broken = server.faults.add({
      ...{ on: { method: "PUT", path: /marked_unread/, roomId: bad } },
      do: { status: { code: 502 } },
    });
    await rig.core.handlers.markUnread({ roomId: bad, isUnread: true });
    await rig.core.handlers.setRoomTag({ roomId: bad, tag: "m.favourite" });
    await rig.core.handlers.setRoomTag({ roomId: good, tag: "m.favourite" });
    await rig.core.handlers.markUnread({ roomId: good, isUnread: true });
    await eventually(
      () => account(good, "m.marked_unread") !== undefined && account(bad, "m.tag") !== undefined,
    );
    expect(account(bad, "m.marked_unread")).toBeUndefined();
    await rig.core.handlers.markUnread({ roomId: bad, isUnread: false });
    await rig.core.handlers.markUnread({ roomId: bad, isUnread: true });
    broken.remove();
    await eventually(() => account(bad, "m.marked_unread") !== undefined);
    expect(account(bad, "m.marked_unread")).toEqual({ unread: true });
  });

  it("is gone with the person who signs out", async () => {
    const rig = await started();
    server.faults.add({ on: { method: "PUT", path: /tags/ }, do: { status: { code: 503 } } });
    await rig.core.handlers.setRoomTag({ roomId, tag: "m.favourite" });
    await rig.core.handlers.signOut({});
    server.faults.clear();
    const again = await rig.signIn("ann");
    await again.caughtUp("ann");
    expect(shown(again).section).toBe("rooms");
    expect(tags()).toEqual([]);
  });
});
