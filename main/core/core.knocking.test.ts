import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { RoomId } from "../../preload/contract/ids.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";

// A request to join is answered once, whatever fails, and whenever the answer comes.

let server: Homeserver;
let club: RoomId;
beforeEach(async () => {
  server = await homeserverWith("Ann", "Ben");
  club = server.world.createRoom({ creator: "ben", joinRule: "knock", name: "Club" }) as RoomId;
});
afterEach(endAll);

const JOIN = { method: "POST", path: /\/join$/ } as const;
const joins = (): number => server.wire.count("POST", /\/join$/);
const isIn = (): boolean => server.world.members(club).includes(server.world.user("ann").userId);
const membership = (rig: CoreRig): string | undefined => {
  const list = rig.watch("roomList");
  list.stop();
  return list.value.find(({ roomId }) => roomId === club)?.membership;
};

/** Ann has asked to join the club. */
async function asked(): Promise<CoreRig> {
  const rig = await (await CoreRig.start(server)).signIn("ann");
  const list = rig.watch("roomList");
  await rig.core.handlers.knockRoom({ address: club, via: [], reason: "" });
  await list.until((rooms) => rooms.some((room) => room.membership === "knock"));
  list.stop();
  return rig;
}
/** The same, as what becomes of her invitation is seen. */
const invitation = (rig: CoreRig) => rig.watch("room", { roomId: club });
const entered = async (rig: CoreRig): Promise<void> => {
  const list = rig.watch("roomList");
  await list.until((rooms) => rooms.some((room) => room.roomId === club && room.membership === "join"));
  list.stop();
};

describe("a request to join that was granted", () => {
  it("leads into the room although the server fails three times", async () => {
    const rig = await asked();
    server.faults.add({ on: JOIN, times: 3, do: { status: { code: 502 } } });
    const room = invitation(rig);
    server.world.invite(club, "ann", "ben");
    for (let failed = 1; failed <= 3; failed += 1) {
      await eventually(() => joins() === failed);
      await room.until(({ invite }) => invite?.afterKnock?.state === "entering");
      expect(isIn()).toBe(false);
      // It is tried again by itself; the network's return makes it sooner.
      await eventually(() => {
        void rig.core.handlers.networkIsBack({});
        return joins() > failed;
      });
    }
    await entered(rig);
    expect(joins()).toBe(4);
  });

  it("leads in once where the answer was lost, and is not asked for again at the next start", async () => {
    const rig = await asked();
    server.faults.add({ on: JOIN, times: 1, do: { answerLost: true } });
    server.world.invite(club, "ann", "ben");
    await entered(rig);
    const before = joins();
    const again = await rig.restart();
    await again.live();
    await again.core.handlers.networkIsBack({});
    await again.caughtUp("ann");
    expect([joins(), membership(again)]).toEqual([before, "join"]);
  });

  it("leads in when the network is back, also after a restart without it", async () => {
    const rig = await asked();
    const cut = server.faults.add({ on: JOIN, do: { drop: true } });
    server.world.invite(club, "ann", "ben");
    await eventually(() => joins() > 0);
    await rig.close();
    server.cut();
    const again = await rig.restart();
    expect(invitation(again).value.invite?.afterKnock).toEqual({ state: "entering" });
    cut.remove();
    server.mend();
    await again.core.handlers.networkIsBack({});
    await entered(again);
    expect(isIn()).toBe(true);
  });

  it("leads in although we were killed between the invitation and the joining", async () => {
    const rig = await asked();
    let revive: ReturnType<CoreRig["kill"]> | null = null;
    // A request to join that leaves in the same moment does not arrive.
    server.faults.add({ on: JOIN, times: 1, do: { drop: true } });
    rig.core.topics.roomList(null, () => void (revive ??= rig.kill()));
    server.world.invite(club, "ann", "ben");
    await eventually(() => revive !== null);
    expect(isIn()).toBe(false);
    const again = await (revive as unknown as ReturnType<CoreRig["kill"]>)();
    await entered(again);
    expect(isIn()).toBe(true);
  });

  it("ends as an invitation where the server says no: with its words, kept over a restart, to be tried by hand", async () => {
    const rig = await asked();
    const refusal = server.faults.add({
      on: JOIN,
      do: { error: { status: 403, errcode: "M_FORBIDDEN", message: "the door is stuck" } },
    });
    server.world.invite(club, "ann", "ben");
    const refused = { state: "refused", failure: { kind: "rejected", serverText: "the door is stuck" } };
    const room = invitation(rig);
    await room.until(({ invite }) => invite?.afterKnock?.state === "refused");
    expect(room.value.invite?.afterKnock).toMatchObject(refused);
    await rig.core.handlers.networkIsBack({});
    const again = await rig.restart();
    await again.live();
    await again.caughtUp("ann");
    expect(invitation(again).value).toMatchObject({ membership: "invite", invite: { afterKnock: refused } });
    expect(joins()).toBe(1);
    refusal.remove();
    await again.core.handlers.acceptInvite({ roomId: club });
    await entered(again);
  });

  it("leads nobody in who has declined meanwhile", async () => {
    const rig = await asked();
    server.faults.add({ on: JOIN, do: { status: { code: 503 } } });
    server.world.invite(club, "ann", "ben");
    await eventually(() => joins() === 1);
    await rig.core.handlers.declineInvite({ roomId: club });
    server.faults.clear();
    server.world.invite(club, "ann", "ben");
    const room = invitation(rig);
    await room.until((view) => view.membership === "invite");
    expect(room.value.invite?.afterKnock).toBeNull();
    await rig.core.handlers.networkIsBack({});
    await rig.caughtUp("ann");
    expect([joins(), membership(rig)]).toEqual([1, "invite"]);
  });
});

describe("a request to join that was declined", () => {
  it("is told although we were killed before it could be, and not again after that", async () => {
    const rig = await asked();
    let revive: ReturnType<CoreRig["kill"]> | null = null;
    // The timeline is told first of all that was written.
    rig.core.topics.timeline({ roomId: club }, (change) => {
      if (JSON.stringify(change).includes("members only")) revive ??= rig.kill();
    });
    server.world.kick(club, "ann", "ben", "members only");
    await eventually(() => revive !== null);
    const again = await (revive as unknown as ReturnType<CoreRig["kill"]>)();
    const notices = again.watch("notices");
    await notices.until((all) => all.length > 0);
    expect(notices.value.map(({ roomId, body }) => [roomId, body])).toEqual([
      [club, "Your request to join was declined: members only"],
    ]);
    const later = await again.restart();
    await later.caughtUp("ann");
    expect(later.watch("notices").value).toEqual([]);
  });

  it("and made again is waiting as before: an older no is none", async () => {
    const rig = await asked();
    const list = rig.watch("roomList");
    server.world.kick(club, "ann", "ben");
    await list.until((rooms) => rooms.length === 0);
    await rig.core.handlers.knockRoom({ address: club, via: [], reason: "" });
    await list.until((rooms) => rooms.some((room) => room.membership === "knock"));
    const again = await rig.restart();
    expect(again.watch("notices").value).toEqual([]);
    server.world.invite(club, "ann", "ben");
    await entered(again);
  });
});
