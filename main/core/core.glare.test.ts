import { afterEach, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { CallId, RoomId } from "../../preload/contract/ids.ts";
import { realClock, seededRandom } from "./fake-platform.ts";
import { CoreRig, endAll, eventually, homeserverWith } from "./testing/core-rig.ts";
import { arePaired, ScriptedDriver } from "./testing/scripted-driver.ts";

// Two whole cores call each other at once, again and again, with a network that takes its time: it is one call each time.

let server: Homeserver;
afterEach(endAll);

/** `DUNLIN_GLARES` for more: each takes about half a second. */
const RUNS = Number(process.env["DUNLIN_GLARES"] ?? 60);
/** Within this span both call, and each request is delayed; ms. Enough for either rule to apply. */
const SPREAD_MS = 40;

it(
  `${RUNS} times with random timings it is one call on both sides`,
  { timeout: 120_000 + RUNS * 4_000 },
  async () => {
    server = await homeserverWith("Ann", "Ben");
    const roomId = server.world.createRoom({ creator: "ann", members: ["ben"], isDirect: true }) as RoomId;
    const random = seededRandom(7);
    const pause = (): Promise<void> =>
      new Promise((resolve) => void realClock().after(random.fraction() * SPREAD_MS, resolve));
    const delayed: typeof globalThis.fetch = async (input, init) => {
      await pause();
      return globalThis.fetch(input, init);
    };
    const rigs = [
      await (await CoreRig.start(server, { fetch: delayed })).signIn("ann"),
      await (await CoreRig.start(server, { fetch: delayed })).signIn("ben"),
    ] as const;
    const ann = new ScriptedDriver(rigs[0], { making: pause });
    const ben = new ScriptedDriver(rigs[1], { making: pause });
    let sent = 0;
    for (let run = 0; run < RUNS; run++) {
      const ids = [`${random.token()}-a`, `${random.token()}-b`] as const;
      const before = server.world.events(roomId).length;
      await Promise.all([
        pause().then(() => ann.place(roomId, ids[0])),
        pause().then(() => ben.place(roomId, ids[1])),
      ]);
      await Promise.all([ann.state("connected"), ben.state("connected")]);
      const [callId] = ann.views.map((call) => call.callId);
      expect(ben.views.map((call) => call.callId)).toEqual([callId]);
      await eventually(() => arePaired(ann, ben, callId as CallId));
      const invites = server.world
        .events(roomId)
        .slice(before)
        .filter(({ type }) => type === "m.call.invite");
      sent += invites.length === 2 ? 1 : 0;
      await rigs[0].core.handlers.hangUp({ callId: callId as CallId });
      await Promise.all([ann.state("ended"), ben.state("ended")]);
      for (const [rig, side] of [
        [rigs[0], ann],
        [rigs[1], ben],
      ] as const) {
        for (const { callId: over } of side.views) await rig.core.handlers.hangUp({ callId: over });
        await side.until((calls) => calls.length === 0);
      }
    }
    // Nobody was asked or rung for twice, and both rules had their turn.
    expect([ann.captures, ben.captures].every((count) => count <= RUNS)).toBe(true);
    // It rings only where the other one had called before we did: never once our own call has begun.
    for (const { states } of [ann, ben])
      states.forEach((state, i) => {
        if (state === "ringing" && i > 0) expect(states[i - 1]).toBe("ended");
      });
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(RUNS);
  },
);
