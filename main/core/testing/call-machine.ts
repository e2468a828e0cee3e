import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import type { IceServer, MediaReport } from "../../../preload/contract/models/call.ts";
import { step } from "../calls/machine.ts";
import { deadlineOf } from "../calls/on-time.ts";
import {
  noCalls,
  type ActiveCall,
  type CallInput,
  type CallStep,
  type CallVersion,
  type MediaStep,
  type Received,
  type RoomCalls,
  type RoomFacts,
  type Signal,
} from "../calls/state.ts";

// The call machine of one room with a person before it, a driver behind it and a lane beside it, all of them the test:
// nothing happens unless it says so, and time passes only in `wait`. Test support.

/** By code units the first is the lesser. */
export const [LESSER, GREATER, THIRD] = ["call-a", "call-b", "call-c"] as readonly string[] as readonly [
  CallId,
  CallId,
  CallId,
];
export const [ANN, BEN, EVE] = ["@ann:x", "@ben:x", "@eve:x"] as readonly string[] as readonly [
  UserId,
  UserId,
  UserId,
];
/** Our party, and theirs. */
export const [OURS, THEIRS] = ["party-ann", "party-ben"] as const;
export const VOICE = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendrecv\r\n";
export const VIDEO = `${VOICE}m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=sendrecv\r\n`;
export const HELD = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=sendonly\r\n";

type Kind = Received["kind"];
type Part<K extends Kind> = Partial<Extract<Received, { kind: K }>>;

export class CallMachine {
  calls: RoomCalls = noCalls;
  now = 0;
  facts: RoomFacts = { block: null, canSpeak: true, isPublic: false, gone: [] };
  iceServers: readonly IceServer[] = [];
  /** All steps so far. */
  readonly steps: CallStep[] = [];

  take(input: CallInput): this {
    const { calls, steps } = step(this.calls, input, {
      now: this.now,
      ownUserId: ANN,
      iceServers: this.iceServers,
      isRelayOnly: false,
      partyId: OURS,
    });
    this.calls = calls;
    this.steps.push(...steps);
    return this;
  }

  get active(): ActiveCall | null {
    return this.calls.active;
  }
  get state(): string {
    const { active, ringing } = this.calls;
    return active?.state ?? (ringing.length > 0 ? "ringing" : "free");
  }
  /** Why the newest call that is shown as over is over. */
  get ended(): RoomCalls["ended"][number]["reason"] | undefined {
    return this.calls.ended.at(-1)?.reason;
  }

  /** What the lane was given and not told to forget, oldest first. */
  get signals(): readonly Signal[] {
    return this.steps.flatMap((one) => (one.type === "signal" ? [one.outgoing.signal] : []));
  }
  get said(): readonly Signal["kind"][] {
    return this.signals.map(({ kind }) => kind);
  }
  get media(): readonly MediaStep[] {
    return this.steps.flatMap((one) => (one.type === "media" ? [one.step] : []));
  }
  get did(): readonly MediaStep["do"][] {
    return this.media.map((one) => one.do);
  }
  /** Looks only at what comes from now on. */
  forget(): this {
    this.steps.length = 0;
    return this;
  }

  /** Ann's wish. */
  place(isVideo = false, callId = LESSER): this {
    return this.take({ type: "place", callId, peer: BEN, isVideo });
  }
  /** The driver tells something of the active call. */
  report(report: MediaReport): this {
    if (this.active === null) throw new Error("no call to report about");
    return this.take({ type: "report", callId: this.active.callId, report });
  }
  described(kind: "offerReady" | "answerReady", round = 1, sdp = VOICE): this {
    return this.report({ kind, round, sdp, streams: [{ streamId: "ours", purpose: "camera" }] });
  }
  /** The lane hands over the active call's signal of this kind. */
  handedOff(kind: Signal["kind"]): this {
    if (this.active === null) throw new Error("no call to hand over");
    return this.take({ type: "handedOff", callId: this.active.callId, kind });
  }

  /** Something Ben says, unless told otherwise, of the call named. */
  hear<K extends Kind>(kind: K, callId: CallId, part: Part<K> = {}): this {
    const event = { ...heardOf(kind, this.now), callId, ...part } as Received;
    return this.take({ type: "received", event });
  }
  /** The response is wholly taken in. */
  settle(facts: Partial<RoomFacts> = {}): this {
    this.facts = { ...this.facts, ...facts };
    return this.take({ type: "settled", room: this.facts });
  }
  rings(callId = GREATER, part: Part<"invite"> = {}): this {
    return this.hear("invite", callId, part).settle();
  }

  /** Lets time pass, with a tick whenever the machine wants one. */
  wait(ms: number): this {
    const end = this.now + ms;
    for (let due = deadlineOf(this.calls); due !== null && due <= end; due = deadlineOf(this.calls)) {
      this.now = Math.max(this.now, due);
      const before = this.calls;
      this.take({ type: "tick", room: this.facts });
      const after = deadlineOf(this.calls);
      if (after === due && JSON.stringify(before) === JSON.stringify(this.calls))
        throw new Error(`the deadline ${due} passes without anything happening: the timer would spin`);
    }
    this.now = end;
    return this;
  }

  /** Ours, placed and on the wire. */
  inviting(isVideo = false, callId = LESSER): this {
    return this.place(isVideo, callId)
      .described("offerReady", 1, isVideo ? VIDEO : VOICE)
      .handedOff("invite");
  }
  /** Ours, answered by Ben. */
  connecting(part: Part<"answer"> = {}): this {
    return this.inviting().hear("answer", LESSER, part).settle();
  }
  /** Theirs, answered by us. */
  answered(part: Part<"invite"> = {}): this {
    this.rings(GREATER, part).take({ type: "answer", callId: GREATER, isVideo: false });
    return this.described("answerReady").handedOff("answer");
  }
  connected(): this {
    return this.report({ kind: "connection", state: "connected" });
  }
}

function heardOf(kind: Kind, now: number): object {
  const version: CallVersion = 1;
  const base = { kind, sender: BEN, partyId: THEIRS, version, isEcho: false };
  const abilities = { streams: null, canDtmf: false };
  switch (kind) {
    case "invite":
      return {
        ...base,
        ...abilities,
        offer: { type: "offer", sdp: VOICE },
        until: now + 60_000,
        invitee: ANN,
      };
    case "answer":
      return { ...base, ...abilities, answer: { type: "answer", sdp: VOICE } };
    case "candidates":
      return { ...base, candidates: [{ candidate: "candidate:1", sdpMid: "0" }] };
    case "selectAnswer":
      return { ...base, selected: OURS };
    case "hangup":
      return { ...base, reason: null };
    case "negotiate":
      return { ...base, description: { type: "offer", sdp: VIDEO }, until: now + 60_000, streams: null };
    case "metadata":
      return { ...base, streams: [] };
    case "reject":
      return base;
  }
}
