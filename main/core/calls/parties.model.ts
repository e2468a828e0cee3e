import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import { SECOND_RING_AFTER_MS } from "./limits.ts";
import { step } from "./machine.ts";
import {
  noCalls,
  type CallInput,
  type Outgoing,
  type Received,
  type RoomCalls,
  type RoomFacts,
} from "./state.ts";

// A room, a server and some devices around the real machine, for walking through everything that can happen. Time
// stands still: only order matters here. Test support.

const ENDINGS: ReadonlySet<string> = new Set(["hangup", "reject", "selectAnswer"]);
const facts: RoomFacts = { block: null, canSpeak: true, isPublic: false, gone: [] };

/** A request of the lane: waiting, under way, or taken by the server whose answer is still under way. */
interface Queued {
  readonly outgoing: Outgoing;
  readonly at: "waiting" | "flying" | "landed";
  readonly isCancelled: boolean;
}

export interface Device {
  readonly user: string;
  readonly calls: RoomCalls;
  readonly queue: readonly Queued[];
  /** What the driver is still making, in order. */
  readonly making: readonly {
    readonly callId: CallId;
    readonly kind: "offerReady" | "answerReady";
    readonly round: number;
  }[];
  /** How much of the room it has heard. */
  readonly read: number;
  /** Events that a limited response hid from it, by index. */
  readonly gap: readonly number[];
  /** What its user has not done yet. */
  readonly wishes: readonly Wish[];
}

export type Wish = "place" | "answer" | "decline" | "hangUp";

interface Said {
  readonly by: number;
  readonly outgoing: Outgoing;
}

/** How often what may go wrong still may. */
export interface Mishaps {
  readonly limited: number;
  readonly twice: number;
  readonly lost: number;
  readonly refused: number;
  readonly reload: number;
}

export interface World {
  readonly devices: readonly Device[];
  readonly room: readonly Said[];
  readonly mishaps: Mishaps;
}

export const noMishaps: Mishaps = { limited: 0, twice: 0, lost: 0, refused: 0, reload: 0 };

export const aDevice = (user: string, wishes: readonly Wish[]): Device => ({
  user,
  calls: noCalls,
  queue: [],
  making: [],
  read: 0,
  gap: [],
  wishes,
});

const userId = (user: string): UserId => `@${user}:x` as UserId;

/** The device has taken an input and done what the machine asked for. */
function took(world: World, index: number, input: CallInput, now = 0): World {
  const device = world.devices[index];
  if (device === undefined) return world;
  const { calls, steps } = step(device.calls, input, {
    now,
    ownUserId: userId(device.user),
    iceServers: [],
    isRelayOnly: false,
    partyId: `P${index}`,
  });
  let next: Device = { ...device, calls };
  for (const one of steps) {
    if (one.type === "signal")
      next = {
        ...next,
        queue: [...next.queue, { outgoing: one.outgoing, at: "waiting", isCancelled: false }],
      };
    if (one.type === "cancelSignals")
      next = {
        ...next,
        queue: next.queue
          .filter(({ outgoing, at }) => outgoing.callId !== one.callId || at !== "waiting")
          .map((queued) =>
            queued.outgoing.callId === one.callId ? { ...queued, isCancelled: true } : queued,
          ),
      };
    if (one.type === "media") next = { ...next, making: made(next.making, one.step) };
  }
  return withDevice(world, index, next);
}

type Making = Device["making"];
function made(
  making: Making,
  media: Extract<ReturnType<typeof step>["steps"][number], { type: "media" }>["step"],
): Making {
  const { callId } = media;
  switch (media.do) {
    case "makeOffer":
      return [...making, { callId, kind: "offerReady", round: media.round }];
    case "makeAnswer":
      return [...making, { callId, kind: "answerReady", round: media.round }];
    case "close":
      return making.filter((one) => one.callId !== callId);
    case "handOver":
      return making.filter((one) => one.callId !== media.from);
    default:
      return making;
  }
}

const withDevice = (world: World, index: number, device: Device): World => ({
  ...world,
  devices: world.devices.map((other, i) => (i === index ? device : other)),
});

function heard({ by, outgoing }: Said, world: World, index: number): Received {
  const { callId, partyId, version, signal } = outgoing;
  const sender = userId(world.devices[by]?.user ?? "");
  const base = { callId, sender, partyId, version, isEcho: by === index };
  switch (signal.kind) {
    case "invite": {
      const { sdp, invitee } = signal;
      const offer = { type: "offer", sdp } as const;
      return { ...base, kind: "invite", offer, until: 60_000, invitee, streams: null, canDtmf: false };
    }
    case "answer":
      return { ...base, kind: "answer", answer: { type: "answer", sdp: "" }, streams: null, canDtmf: false };
    case "candidates":
      return { ...base, kind: "candidates", candidates: signal.candidates };
    case "selectAnswer":
      return { ...base, kind: "selectAnswer", selected: signal.selected };
    case "reject":
      return { ...base, kind: "reject" };
    case "hangup":
      return { ...base, kind: "hangup", reason: signal.reason };
    case "negotiate":
      return { ...base, kind: "negotiate", description: signal.description, until: 60_000, streams: null };
    case "metadata":
      return { ...base, kind: "metadata", streams: [] };
  }
}

/** One response with these events, then the judgement of the whole. */
function synced(world: World, index: number, events: readonly number[]): World {
  let next = world;
  for (const at of events) {
    const said = world.room[at];
    if (said !== undefined) next = took(next, index, { type: "received", event: heard(said, world, index) });
  }
  return took(next, index, { type: "settled", room: facts });
}

/** Everything that can happen next, with a name for the story of a failure. */
export function nexts(world: World): readonly (readonly [string, World])[] {
  if (isAtRest(world))
    return [...world.devices.flatMap((device, index) => waitsOf(world, device, index)), ...actsOf(world)];
  return actsOf(world);
}

/** Only people and time could still do something: machines, lanes and the server have nothing left. */
export const isAtRest = (world: World): boolean =>
  world.devices.every(
    ({ making, queue, read, gap }) =>
      making.length === 0 && queue.length === 0 && gap.length === 0 && read === world.room.length,
  );

/** Some seconds, enough for everything that is under way: what waited for them is decided. */
function waitsOf(world: World, device: Device, index: number): Nexts {
  if (device.calls.fresh.length === 0) return [];
  const after = took(world, index, { type: "tick", room: facts }, SECOND_RING_AFTER_MS);
  return [[`${index} waits`, after]];
}

function actsOf(world: World): Nexts {
  return world.devices.flatMap((device, index) => [
    ...wishesOf(world, device, index),
    ...driverOf(world, device, index),
    ...laneOf(world, device, index),
    ...syncsOf(world, device, index),
  ]);
}

type Nexts = readonly (readonly [string, World])[];

/** Call ids by device: whose is the lesser is the scenario's choice. */
export let callIdOf = (index: number): CallId => `call-${index}` as CallId;
export const nameCalls = (name: (index: number) => string): void => {
  callIdOf = (index) => name(index) as CallId;
};

function wishesOf(world: World, device: Device, index: number): Nexts {
  const found: (readonly [string, World])[] = [];
  const without = (wish: Wish): World =>
    withDevice(world, index, { ...device, wishes: device.wishes.filter((other) => other !== wish) });
  const { active, ringing } = device.calls;
  const peer = userId(world.devices.find(({ user }) => user !== device.user)?.user ?? "");
  const [theirs] = ringing;
  for (const wish of device.wishes) {
    const input: CallInput | null =
      wish === "place" && active === null
        ? { type: "place", callId: callIdOf(index), peer, isVideo: false }
        : wish === "answer" && theirs !== undefined
          ? { type: "answer", callId: theirs.invite.callId, isVideo: false }
          : wish === "decline" && theirs !== undefined
            ? { type: "decline", callId: theirs.invite.callId }
            : wish === "hangUp" && active !== null
              ? { type: "hangUp", callId: active.callId }
              : null;
    if (input !== null) found.push([`${index} ${wish}`, took(without(wish), index, input)]);
  }
  if (world.mishaps.reload > 0 && active !== null) {
    const less = { ...world, mishaps: { ...world.mishaps, reload: world.mishaps.reload - 1 } };
    const reloaded = took(less, index, { type: "driverGone" });
    const [fresh] = reloaded.devices.slice(index, index + 1);
    if (fresh !== undefined)
      found.push([`${index} reloads`, withDevice(reloaded, index, { ...fresh, making: [] })]);
  }
  return found;
}

function driverOf(world: World, device: Device, index: number): Nexts {
  const [first, ...rest] = device.making;
  if (first === undefined) return [];
  const { callId, kind, round } = first;
  const report = { kind, round, sdp: "v=0", streams: [] };
  const next = withDevice(world, index, { ...device, making: rest });
  return [[`${index} ${kind}`, took(next, index, { type: "report", callId, report })]];
}

function laneOf(world: World, device: Device, index: number): Nexts {
  const [first, ...rest] = device.queue;
  if (first === undefined) return [];
  const { callId, signal } = first.outgoing;
  const name = `${index} ${signal.kind} ${callId}`;
  const withQueue = (queue: readonly Queued[], from = world): World =>
    withDevice(from, index, { ...device, queue });
  if (first.at === "waiting") {
    const handed = withQueue([{ ...first, at: "flying" }, ...rest]);
    return [[`${name} handed off`, took(handed, index, { type: "handedOff", callId, kind: signal.kind })]];
  }
  if (first.at === "landed") return [[`${name} confirmed`, withQueue(rest)]];
  const arrived = { ...world, room: [...world.room, { by: index, outgoing: first.outgoing }] };
  const found: (readonly [string, World])[] = [
    [`${name} arrives`, withQueue([{ ...first, at: "landed" }, ...rest], arrived)],
  ];
  const { lost, refused } = world.mishaps;
  // Lost on the way: tried again, unless its call is over and it ends none.
  if (lost > 0 && first.isCancelled && !ENDINGS.has(signal.kind)) {
    const less = { ...world, mishaps: { ...world.mishaps, lost: lost - 1 } };
    found.push([`${name} lost`, withQueue(rest, less)]);
  }
  if (refused > 0) {
    const less = { ...world, mishaps: { ...world.mishaps, refused: refused - 1 } };
    const input: CallInput = { type: "unsendable", callId, kind: signal.kind, failure: null };
    found.push([`${name} refused`, took(withQueue(rest, less), index, input)]);
  }
  return found;
}

function syncsOf(world: World, device: Device, index: number): Nexts {
  const found: (readonly [string, World])[] = [];
  const { length } = world.room;
  const news = Array.from({ length: length - device.read }, (_, i) => device.read + i);
  const readAll = withDevice(world, index, { ...device, read: length });
  if (news.length > 0) found.push([`${index} syncs`, synced(readAll, index, news)]);
  const { limited, twice } = world.mishaps;
  if (news.length > 1 && limited > 0) {
    const less = { ...readAll, mishaps: { ...world.mishaps, limited: limited - 1 } };
    const hidden = withDevice(less, index, { ...device, read: length, gap: news.slice(0, -1) });
    found.push([`${index} syncs, limited`, synced(hidden, index, news.slice(-1))]);
  }
  if (device.gap.length > 0) {
    const filled = withDevice(world, index, { ...device, gap: [] });
    found.push([`${index} fills the gap`, synced(filled, index, device.gap)]);
  }
  if (device.read > 0 && twice > 0) {
    const less = { ...world, mishaps: { ...world.mishaps, twice: twice - 1 } };
    const again = Array.from({ length: device.read }, (_, i) => i);
    found.push([`${index} syncs again`, synced(less, index, again)]);
  }
  return found;
}
