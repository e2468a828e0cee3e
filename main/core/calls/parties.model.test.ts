import { describe, expect, test, vi } from "vitest";
import { aDevice, nameCalls, isAtRest, nexts, noMishaps, type Device, type World } from "./parties.model.ts";

// Every order in which two callers, their drivers, their lanes, the server and a third device can act, through the real
// machine. What is left when nothing more can happen must be one thing, seen alike from all sides (architecture.md,
// section 7, Glare).

// Seconds on a machine of its own.
vi.setConfig({ testTimeout: 240_000 });

interface Explored {
  readonly states: number;
  /** How often each final situation is reached, by what it is. */
  readonly finals: ReadonlyMap<string, number>;
  /** Stories of final situations on which the sides disagree. */
  readonly disagreeing: readonly string[];
}

function explore(start: World): Explored {
  const cameFrom = new Map<string, { readonly from: string | null; readonly by: string }>();
  const open: (readonly [string, World])[] = [[keyOf(start), start]];
  cameFrom.set(keyOf(start), { from: null, by: "" });
  const finals = new Map<string, number>();
  const disagreeing: string[] = [];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [key, world] = next;
    const following = nexts(world);
    if (isAtRest(world) && world.devices.every(({ calls }) => calls.fresh.length === 0)) {
      const situation = situationOf(world);
      finals.set(situation.name, (finals.get(situation.name) ?? 0) + 1);
      if (!situation.isAgreed) disagreeing.push(`${situation.name}: ${storyOf(cameFrom, key)}`);
    }
    for (const [by, after] of following) {
      const afterKey = keyOf(after);
      if (cameFrom.has(afterKey)) continue;
      cameFrom.set(afterKey, { from: key, by });
      open.push([afterKey, after]);
    }
  }
  return { states: cameFrom.size, finals, disagreeing };
}

/** What the future depends on: two worlds of the same key behave alike. */
const keyOf = ({ devices, room, mishaps }: World): string =>
  JSON.stringify([devices.map(deviceKey), room.map(saidKey), mishaps]);

const saidKey = ({ by, outgoing: { callId, signal } }: World["room"][number]): unknown => [
  by,
  callId,
  signal.kind,
  signal.kind === "selectAnswer" ? signal.selected : 0,
];

const deviceKey = ({ calls, queue, making, read, gap, wishes }: Device): unknown => [
  activeKey(calls.active),
  calls.ringing.map(({ invite }) => invite.callId),
  calls.fresh.map(({ invite, notBefore }) => [invite.callId, notBefore]),
  calls.passedOver?.callId,
  [...calls.over].sort(),
  queue.map(({ outgoing, at, isCancelled }) => [saidKey({ by: 0, outgoing }), at, isCancelled]),
  making.map(({ callId, kind, round }) => [callId, kind, round]),
  read,
  gap,
  wishes,
];

/** Without what only other features of the machine look at: media, candidates, negotiation. */
function activeKey(call: Device["calls"]["active"]): unknown {
  if (call === null) return null;
  const { state, callId } = call;
  switch (state) {
    case "preparing":
      return [state, callId, call.isQueued];
    case "inviting":
      return [state, callId, call.isEchoed, call.givenUp !== null];
    case "answering":
      return [state, callId, call.isQueued, call.isAuto];
    default:
      return [state, callId, call.isSelected, call.opponent.partyId];
  }
}

function storyOf(
  cameFrom: ReadonlyMap<string, { readonly from: string | null; readonly by: string }>,
  key: string,
): string {
  const steps: string[] = [];
  for (let at: string | null = key; at !== null;) {
    const step = cameFrom.get(at);
    if (step === undefined) break;
    steps.unshift(step.by);
    at = step.from;
  }
  return steps.join(" · ");
}

function situationOf({ devices }: World): { readonly name: string; readonly isAgreed: boolean } {
  const seen = devices.map(seenBy);
  return { name: seen.join(" | "), isAgreed: isAgreed(devices) };
}

function seenBy({ calls: { active, ringing, fresh } }: Device): string {
  const parts = [
    ...(active === null ? [] : [`${active.state} ${active.callId}`]),
    ...ringing.map(({ invite }) => `rings ${invite.callId}`),
    ...fresh.map(({ invite }) => `waits ${invite.callId}`),
  ];
  return parts.length === 0 ? "free" : parts.join(", ");
}

/** One call between two people at most; nobody calls where nothing rings, nothing rings where nobody calls. */
function isAgreed(devices: readonly Device[]): boolean {
  const actives = devices.flatMap(({ calls: { active } }) => (active === null ? [] : [active]));
  const rings = devices.flatMap(({ calls: { ringing } }) => ringing.map(({ invite }) => invite.callId));
  const talking = actives.filter(({ state }) => state === "connecting");
  if (actives.some(({ state }) => state === "preparing" || state === "answering")) return false;
  const [one, other] = talking;
  const isPair =
    talking.length === 0 ||
    (talking.length === 2 &&
      one?.callId === other?.callId &&
      one?.peer !== other?.peer &&
      talking.every(
        (call) => "opponent" in call && talking.some(({ partyId }) => partyId === call.opponent.partyId),
      ));
  const calling = actives.filter(({ state }) => state === "inviting").map(({ callId }) => callId);
  return (
    isPair &&
    calling.every((callId) => rings.includes(callId)) &&
    rings.every((callId) => calling.includes(callId))
  );
}

const world = (devices: readonly Device[], mishaps: Partial<World["mishaps"]> = {}): World => ({
  devices,
  room: [],
  mishaps: { ...noMishaps, ...mishaps },
});

function report(title: string, { states, finals, disagreeing }: Explored): void {
  const situations = [...finals].map(([name, count]) => `${name} (${count})`).join("; ");
  process.stdout.write(
    `${title}: ${states} states, ${finals.size} final situations, ${disagreeing.length} disagree: ${situations}\n`,
  );
}

function expectAgreement(title: string, start: World): Explored {
  const explored = explore(start);
  report(title, explored);
  expect(explored.disagreeing.slice(0, 3)).toEqual([]);
  return explored;
}

describe.each([
  ["the first caller's id is the lesser", (index: number) => `call-${index}`],
  ["the second caller's id is the lesser", (index: number) => `call-${9 - index}`],
])("two people call each other, %s", (order, name) => {
  const both = () => {
    nameCalls(name);
    return [aDevice("ann", ["place"]), aDevice("ben", ["place"])];
  };

  test("in every order it becomes one call", () => {
    const { finals } = expectAgreement(`glare, ${order}`, world(both()));
    const called = [...finals.keys()].filter(
      (situation) => !situation.includes("rings") && situation !== "free | free",
    );
    expect(called.length).toBeGreaterThan(0);
    for (const situation of called) expect(situation).toMatch(/^connecting (\S+) \| connecting \1$/);
  });

  test("also when responses are limited, repeated, or a request is lost", () => {
    expectAgreement(`glare with mishaps, ${order}`, world(both(), { limited: 1, twice: 1, lost: 1 }));
  });

  test("also when the server refuses one of the signals", () => {
    expectAgreement(`glare, refused, ${order}`, world(both(), { refused: 1 }));
  });

  test("also when a page is reloaded, or one of them gives up", () => {
    nameCalls(name);
    const devices = [aDevice("ann", ["place", "hangUp"]), aDevice("ben", ["place"])];
    expectAgreement(`glare with a hangup and a reload, ${order}`, world(devices, { reload: 1 }));
  });

  test("also when one of them has a second device that answers", () => {
    nameCalls(name);
    const devices = [aDevice("ann", ["place"]), aDevice("ben", ["place"]), aDevice("ben", ["answer"])];
    expectAgreement(`glare with a third device, ${order}`, world(devices));
  });
});

describe("one calls the other", () => {
  test("who answers or declines on either of two devices", () => {
    nameCalls((index) => `call-${index}`);
    const devices = [
      aDevice("ann", ["place", "hangUp"]),
      aDevice("ben", ["answer"]),
      aDevice("ben", ["answer", "decline"]),
    ];
    expectAgreement("a call to two devices", world(devices));
  });

  test("also when responses are limited or repeated", () => {
    nameCalls((index) => `call-${index}`);
    const devices = [aDevice("ann", ["place", "hangUp"]), aDevice("ben", ["answer", "hangUp"])];
    expectAgreement("a call with mishaps", world(devices, { limited: 1, twice: 1, lost: 1 }));
  });
});
