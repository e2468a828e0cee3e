import type { CallId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { CallsView } from "../../../preload/contract/models/call.ts";
import type { Sender } from "../../../preload/contract/models/timeline.ts";
import type { Handlers, OpenTopic } from "../api.ts";
import type { MatrixEvent } from "../event.ts";
import type { Platform } from "../platform.ts";
import { createDriverPost } from "./driver-post.ts";
import type { GapRequest } from "./gaps.ts";
import { createGaps } from "./gaps.ts";
import type { LaneDeps } from "./lane.ts";
import { createLanes } from "./lanes.ts";
import { step } from "./machine.ts";
import type { CallNotes } from "./notes.ts";
import { deadlineOf } from "./on-time.ts";
import { ageOf, isCallEvent, parseSignal } from "./parse-signal.ts";
import { offersVideo } from "./sdp.ts";
import {
  noCalls,
  type CallInput,
  type CallStep,
  type Invite,
  type RoomCalls,
  type RoomFacts,
} from "./state.ts";
import type { TurnServers } from "./turn-servers.ts";
import { callViews } from "./view.ts";

export type CallHandlers = Pick<
  Handlers,
  "placeCall" | "answerCall" | "declineCall" | "hangUp" | "setCallMedia" | "performedMedia" | "reportMedia"
>;

/** What a committed sync response, or a page of history, said of one room. */
export interface RoomNews {
  readonly roomId: RoomId;
  readonly events: readonly MatrixEvent[];
  /** The token at the older end where events are missing before these; null: none are. */
  readonly gapFrom: string | null;
}

export interface CallsDeps {
  readonly platform: Platform;
  readonly ownUserId: UserId;
  readonly notes: CallNotes;
  readonly turn: TurnServers;
  readonly put: (
    event: Parameters<LaneDeps["put"]>[0] & { readonly roomId: RoomId },
    signal: AbortSignal,
  ) => ReturnType<LaneDeps["put"]>;
  readonly fetchGap: GapRequest;
  readonly onUnauthorized: LaneDeps["onUnauthorized"];
  readonly facts: (roomId: RoomId) => Omit<RoomFacts, "gone"> & { readonly peer: UserId | null };
  readonly isGone: (roomId: RoomId, userId: UserId) => boolean;
  readonly person: (roomId: RoomId, userId: UserId) => Sender;
  readonly isRelayOnly: () => boolean;
  /** Do the user's push rules and settings want this call heard? */
  readonly mayRing: (call: Pick<NoticedCall, "callId" | "roomId" | "peer">) => boolean;
  /** Calls of this room began or ended: its timeline and the list show it. */
  readonly onRoomChanged: (roomId: RoomId) => void;
  /** A call rings also where no window is open (architecture.md, section 7). */
  readonly notices: {
    /** `hasPage`: one shows it, and plays the ring tone. */
    ring(call: NoticedCall, hasPage: boolean): void;
    /** `isMissed`: nobody of ours has taken or declined it. */
    stopRinging(callId: CallId, isMissed: boolean): void;
    /** It was over before it could ring. */
    missed(call: NoticedCall): void;
  };
}

/** What a notification of a call says. */
interface NoticedCall {
  readonly callId: CallId;
  readonly roomId: RoomId;
  readonly peer: UserId;
  readonly caller: string;
  readonly isVideo: boolean;
}

export interface Calls {
  readonly handlers: CallHandlers;
  open(driverId: string, emit: (view: CallsView) => void): OpenTopic<"calls">;
  /** A response has come, and is about to be applied: ages count from here. */
  responseCame(): void;
  /** To be called after the commit of the whole response, with every room it touched (VOIP-23). */
  responseTaken(news: readonly RoomNews[]): void;
  /** This call rings, is going on or just ended here. */
  isLive(callId: CallId): boolean;
  iceServersRenewed(): void;
  /** What the user chose in a notification: answering there is answering with voice, and so is calling back. */
  act(callId: CallId, act: "answer" | "decline" | "call-back", roomId: RoomId | null): void;
  start(): void;
  wake(): void;
  /** Hangs up what is going on, and gives that a moment to leave (VOIP-27). */
  stop(): Promise<void>;
}

/** Turn credentials are there long before the first call; should they not be, a call may wait for them so long, ms. */
const TURN_PATIENCE_MS = 1500;
/** Quitting waits for the hangup at most so long, ms; the note takes care of the rest. */
const QUIT_PATIENCE_MS = 2000;

interface Watcher {
  readonly driverId: string;
  readonly emit: (view: CallsView) => void;
  last: string;
}

export function createCalls(deps: CallsDeps): Calls {
  const { platform, ownUserId, notes, turn } = deps;
  const { clock, random, log } = platform;
  const rooms = new Map<RoomId, RoomCalls>();
  const watchers = new Set<Watcher>();
  let inbox: { readonly roomId: RoomId; readonly input: CallInput }[] | null = null;
  let cancelTimer = (): void => {};
  let receivedAt = clock.monotonic();
  let receivedTs = clock.now();
  let isRunning = false;
  /** One for all calls of this run, as a client may have (spec: Party Identifiers); another run is another party. */
  const partyId = random.token();
  const zero = clock.now() - clock.monotonic();

  const post = createDriverPost({ clock, onGone: () => forActive({ type: "driverGone" }) });
  const lanes = createLanes({
    clock,
    random,
    put: deps.put,
    maySend: (roomId) => deps.facts(roomId).canSpeak,
    onUnauthorized: deps.onUnauthorized,
    onHandedOff(roomId, outgoing) {
      const { callId, partyId, version, signal } = outgoing;
      if (signal.kind === "invite" || signal.kind === "answer")
        notes.put({ callId, roomId, partyId, version, since: clock.now() });
      dispatch(roomId, { type: "handedOff", callId, kind: signal.kind });
    },
    onUnsendable(roomId, { callId, signal }, failure) {
      log("warn", "call-signal-lost", { kind: signal.kind, failure: failure?.kind });
      dispatch(roomId, { type: "unsendable", callId, kind: signal.kind, failure });
    },
    onCallDone(roomId, callId) {
      if (rooms.get(roomId)?.active?.callId !== callId) notes.remove(callId);
    },
  });
  const gaps = createGaps({
    clock,
    random,
    fetch: deps.fetchGap,
    take: (roomId, events) => {
      hear(roomId, events);
      settle(roomId);
    },
  });

  /** One input after the other, whatever they bring about: a step is never taken within a step. */
  function dispatch(roomId: RoomId, input: CallInput): void {
    if (inbox !== null) return void inbox.push({ roomId, input });
    inbox = [{ roomId, input }];
    const changed = new Set<RoomId>();
    try {
      for (let next = inbox.shift(); next !== undefined; next = inbox.shift()) {
        changed.add(next.roomId);
        takeStep(next.roomId, next.input);
      }
    } finally {
      inbox = null;
    }
    setTimer();
    publish();
    tellRinging();
    for (const roomId of changed) tellLive(roomId);
  }

  const live = new Map<RoomId, string>();
  function tellLive(roomId: RoomId): void {
    const now = liveIds(rooms.get(roomId) ?? noCalls).join(" ");
    if (now === (live.get(roomId) ?? "")) return;
    live.set(roomId, now);
    deps.onRoomChanged(roomId);
  }

  function takeStep(roomId: RoomId, input: CallInput): void {
    const result = step(rooms.get(roomId) ?? noCalls, input, {
      now: clock.monotonic(),
      ownUserId,
      iceServers: turn.current(),
      isRelayOnly: deps.isRelayOnly(),
      partyId,
    });
    rooms.set(roomId, result.calls);
    for (const one of result.steps) perform(roomId, one);
  }

  function perform(roomId: RoomId, one: CallStep): void {
    switch (one.type) {
      case "signal":
        return lanes.enqueue(roomId, one.outgoing);
      case "cancelSignals":
        return lanes.cancel(roomId, one.callId);
      case "media":
        return post.post(one.step);
      case "over":
        if (!lanes.has(roomId, one.callId)) notes.remove(one.callId);
        return;
      case "missed":
        deps.notices.missed(noticed(roomId, one.invite));
    }
  }

  function noticed(roomId: RoomId, { callId, sender, offer }: Invite): NoticedCall {
    const caller = deps.person(roomId, sender).name;
    return { callId, roomId, peer: sender, caller, isVideo: offersVideo(offer.sdp) };
  }

  const everywhere = (input: CallInput, which: (calls: RoomCalls) => boolean): void => {
    for (const [roomId, calls] of [...rooms]) if (which(calls)) dispatch(roomId, input);
  };
  const forActive = (input: CallInput): void => everywhere(input, ({ active }) => active !== null);

  function setTimer(): void {
    cancelTimer();
    const times = [...rooms.values()].map(deadlineOf).filter((time) => time !== null);
    if (times.length === 0 || !isRunning) return;
    const wait = Math.max(Math.min(...times) - clock.monotonic(), 0);
    cancelTimer = clock.after(wait, () => {
      const now = clock.monotonic();
      for (const [roomId, calls] of [...rooms]) {
        const due = deadlineOf(calls);
        if (due !== null && due <= now) dispatch(roomId, { type: "tick", room: factsOf(roomId) });
      }
      setTimer();
    });
  }

  function factsOf(roomId: RoomId): RoomFacts {
    const { active, ringing } = rooms.get(roomId) ?? noCalls;
    const people = [active?.peer, ...ringing.map(({ invite }) => invite.sender)];
    const { block, canSpeak, isPublic } = deps.facts(roomId);
    const gone = people.filter((userId) => userId !== undefined && deps.isGone(roomId, userId));
    return { block, canSpeak, isPublic, gone: gone.filter((userId) => userId !== undefined) };
  }

  function view(driverId: string): CallsView {
    const seen = [...rooms].flatMap(([roomId, calls]) =>
      callViews(calls, {
        roomId,
        person: (userId) => deps.person(roomId, userId),
        mayRing: (callId, peer) => deps.mayRing({ callId, roomId, peer }),
        epoch: (at) => Math.round(zero + at),
      }),
    );
    return {
      calls: seen.sort((a, b) => a.since - b.since),
      media: post.effectsFor(driverId),
      isDriver: post.isDriver(driverId),
    };
  }

  function publish(): void {
    for (const watcher of watchers) {
      const next = view(watcher.driverId);
      const text = JSON.stringify(next);
      if (text === watcher.last) continue;
      watcher.last = text;
      watcher.emit(next);
    }
  }

  let rung = new Map<CallId, RoomId>();
  function tellRinging(): void {
    const before = rung;
    rung = new Map(
      [...rooms].flatMap(([roomId, { ringing }]) => ringing.map((call) => [call.invite.callId, roomId])),
    );
    for (const [callId, roomId] of before) {
      const over = rooms.get(roomId)?.ended.find((call) => call.callId === callId);
      if (!rung.has(callId)) deps.notices.stopRinging(callId, over?.reason.code === "missed");
    }
    for (const [callId, roomId] of rung) {
      const call = rooms.get(roomId)?.ringing.find(({ invite }) => invite.callId === callId);
      if (before.has(callId) || call === undefined) continue;
      deps.notices.ring(noticed(roomId, call.invite), watchers.size > 0);
    }
  }

  function hear(roomId: RoomId, events: readonly MatrixEvent[]): void {
    for (const event of events) {
      if (!isCallEvent(event)) continue;
      const isEcho = event.sender === ownUserId && lanes.isOwn(roomId, event);
      const signal = parseSignal(event, { receivedAt, receivedTs, isEcho });
      if (signal !== null) dispatch(roomId, { type: "received", event: signal });
    }
  }

  const settle = (roomId: RoomId): void => dispatch(roomId, { type: "settled", room: factsOf(roomId) });

  /** Where a call that matters may hide in the hole: one is going on, or it is a chat of two and the hole is fresh. */
  function fillGap({ roomId, events, gapFrom }: RoomNews): void {
    if (gapFrom === null) return;
    const calls = rooms.get(roomId);
    const isBusy = calls !== undefined && (calls.active !== null || calls.ringing.length > 0);
    const [first] = events;
    const isFresh = first === undefined || gaps.isFresh(ageOf(first, receivedTs));
    if (isBusy || (isFresh && deps.facts(roomId).peer !== null)) gaps.fill(roomId, gapFrom);
  }

  /** The room of a call that is shown now. */
  function roomOf(callId: CallId): RoomId | null {
    for (const [roomId, calls] of rooms) if (callViewsIds(calls).includes(callId)) return roomId;
    return null;
  }

  function toCall(callId: CallId, input: CallInput): void {
    const roomId = roomOf(callId);
    if (roomId !== null) dispatch(roomId, input);
  }

  const activeRoom = (): RoomId | null => [...rooms].find(([, { active }]) => active !== null)?.[0] ?? null;

  const handlers: CallHandlers = {
    async placeCall({ roomId, callId, isVideo }) {
      await turn.ready(TURN_PATIENCE_MS);
      const { block, peer } = deps.facts(roomId);
      if (block !== null || peer === null) return { isPlaced: false, why: block ?? "alone" };
      const busyIn = activeRoom();
      const isSame = busyIn !== null && rooms.get(busyIn)?.active?.id === callId;
      if (busyIn !== null && !isSame) return { isPlaced: false, why: "busy" };
      dispatch(roomId, { type: "place", callId, peer, isVideo });
      return { isPlaced: true };
    },
    async answerCall({ callId, isVideo }) {
      await turn.ready(TURN_PATIENCE_MS);
      const roomId = roomOf(callId);
      const isRinging = roomId !== null && ringingIn(rooms.get(roomId) ?? noCalls, callId);
      if (!isRinging) return;
      // One call at a time: the one that is going on ends.
      const busyIn = activeRoom();
      const busy = busyIn === null ? null : rooms.get(busyIn)?.active;
      if (busyIn !== null && busyIn !== roomId && busy)
        dispatch(busyIn, { type: "hangUp", callId: busy.callId });
      dispatch(roomId, { type: "answer", callId, isVideo });
    },
    declineCall: ({ callId }) => toCall(callId, { type: "decline", callId }),
    hangUp: ({ callId }) => toCall(callId, { type: "hangUp", callId }),
    setCallMedia: ({ callId, ...local }) => toCall(callId, { type: "setLocal", callId, local }),
    performedMedia({ driverId, through }) {
      post.performed(driverId, through);
      // Nothing new for anybody: the page knows what it has done.
      for (const watcher of watchers) watcher.last = JSON.stringify(view(watcher.driverId));
    },
    reportMedia({ driverId, number, callId, report }) {
      if (post.isNew(driverId, number)) toCall(callId, { type: "report", callId, report });
    },
  };

  return {
    handlers,
    open(driverId, emit) {
      const detach = post.attach(driverId);
      publish();
      const snapshot = view(driverId);
      const watcher: Watcher = { driverId, emit, last: JSON.stringify(snapshot) };
      watchers.add(watcher);
      return {
        snapshot,
        stop() {
          watchers.delete(watcher);
          detach();
        },
      };
    },
    responseCame() {
      receivedAt = clock.monotonic();
      receivedTs = clock.now();
    },
    responseTaken(news) {
      for (const one of news) {
        const concerns = rooms.has(one.roomId) || one.events.some(isCallEvent);
        hear(one.roomId, one.events);
        if (concerns) settle(one.roomId);
        fillGap(one);
      }
    },
    isLive: (callId) => {
      const roomId = roomOf(callId);
      return roomId !== null && liveIds(rooms.get(roomId) ?? noCalls).includes(callId);
    },
    act(callId, act, roomId) {
      if (act === "decline") toCall(callId, { type: "decline", callId });
      else if (act === "call-back") {
        const next = random.token() as CallId;
        if (roomId !== null) void handlers.placeCall({ roomId, callId: next, isVideo: false });
      } else void handlers.answerCall({ callId, isVideo: false });
    },
    iceServersRenewed: () => forActive({ type: "iceServers" }),
    start() {
      isRunning = true;
      turn.start();
      // What was going on when the app was killed: the other side is told, and nothing of it is shown here.
      for (const { callId, roomId, partyId, version, isLate } of notes.left()) {
        dispatch(roomId, { type: "bury", callId });
        if (isLate) notes.remove(callId);
        else lanes.hangUpLost(roomId, { callId, partyId, version });
      }
    },
    wake: () => lanes.wake(),
    async stop() {
      forActive({ type: "quit" });
      isRunning = false;
      cancelTimer();
      turn.stop();
      gaps.stop();
      await lanes.stop(QUIT_PATIENCE_MS);
      post.stop();
    },
  };
}

const ringingIn = ({ ringing }: RoomCalls, callId: CallId): boolean =>
  ringing.some(({ invite }) => invite.callId === callId);

const liveIds = ({ active, ringing }: RoomCalls): readonly CallId[] => [
  ...(active === null ? [] : [active.callId]),
  ...ringing.map(({ invite }) => invite.callId),
];

const callViewsIds = ({ active, ringing, ended }: RoomCalls): readonly CallId[] => [
  ...(active === null ? [] : [active.callId, active.id]),
  ...ringing.map(({ invite }) => invite.callId),
  ...ended.flatMap(({ id, callId }) => [id, callId]),
];
