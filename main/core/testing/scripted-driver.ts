import type { CallId, RoomId } from "../../../preload/contract/ids.ts";
import type { CallView, MediaEffect, MediaReport } from "../../../preload/contract/models/call.ts";
import type { CoreRig } from "./core-rig.ts";
import type { Recorder } from "./recorder.ts";

// A page's WebRTC driver without WebRTC: performs the effects of `calls` in order, each once, and reports as
// models/call.ts says. Its descriptions carry a name, so that a test can see whose came to whom. Test support.

interface Connection {
  local: string | null;
  remote: string | null;
  candidates: string[];
}

export interface DriverOptions {
  /** Waits before each report of a description: how long capture and gathering take. Default: not at all. */
  readonly making?: (callId: CallId) => Promise<void>;
  /** Default true: reports `connected` once both sides have both descriptions. */
  readonly connects?: boolean;
}

let drivers = 0;
/** Those whose pages are open. */
const living = new Set<ScriptedDriver>();

export class ScriptedDriver {
  readonly #rig: CoreRig;
  readonly #calls: Recorder<"calls">;
  readonly #options: DriverOptions;
  readonly driverId: string;
  readonly performed: MediaEffect[] = [];
  readonly connections = new Map<CallId, Connection>();
  /** How often the user was asked for the microphone. */
  captures = 0;
  #done = 0;
  #reports = 0;
  #turn: Promise<void> = Promise.resolve();
  #isGone = false;

  constructor(rig: CoreRig, options: DriverOptions = {}) {
    this.#rig = rig;
    this.#options = options;
    this.driverId = `driver-of-tests-${++drivers}`;
    this.#calls = rig.watch("calls", { driverId: this.driverId });
    living.add(this);
    void this.#perform();
  }

  get views(): readonly CallView[] {
    return this.#calls.value.calls;
  }

  /** Every state the call on top was ever in, in order, without repetitions. */
  get states(): string[] {
    const all = this.#calls.values.flatMap(({ calls }) => calls.map(({ state }) => state));
    return all.filter((state, i) => state !== all[i - 1]);
  }

  async until(isWanted: (calls: readonly CallView[]) => boolean): Promise<readonly CallView[]> {
    return (await this.#calls.until(({ calls }) => isWanted(calls))).calls;
  }

  /** The only call, once it is in this state. */
  async state<S extends CallView["state"]>(state: S): Promise<Extract<CallView, { state: S }>> {
    const [call] = await this.until((calls) => calls.some((one) => one.state === state));
    return call as Extract<CallView, { state: S }>;
  }

  async place(roomId: RoomId, callId: string, isVideo = false) {
    return this.#rig.core.handlers.placeCall({ roomId, callId: callId as CallId, isVideo });
  }

  async answer(isVideo = false): Promise<void> {
    const { callId } = await this.state("ringing");
    await this.#rig.core.handlers.answerCall({ callId, isVideo });
  }

  async report(callId: CallId, report: MediaReport): Promise<void> {
    if (this.#isGone) return;
    const number = ++this.#reports;
    await this.#rig.core.handlers.reportMedia({ driverId: this.driverId, number, callId, report });
  }

  /** The page is gone: it performs and reports nothing any more, and its connection to the core ends. */
  close(): void {
    this.#isGone = true;
    living.delete(this);
    this.#calls.stop();
  }

  async #perform(): Promise<void> {
    for (;;) {
      const next = this.#calls.value.media.find(({ number }) => number > this.#done);
      if (next === undefined) {
        await this.#calls.until(({ media }) => media.some(({ number }) => number > this.#done));
        continue;
      }
      this.#done = next.number;
      this.performed.push(next);
      this.#turn = this.#turn.then(() => this.#one(next));
      void this.#rig.core.handlers.performedMedia({ driverId: this.driverId, through: next.number });
    }
  }

  #one(effect: MediaEffect): void {
    const { callId } = effect;
    switch (effect.do) {
      case "open":
        this.captures += 1;
        this.connections.set(callId, { local: null, remote: null, candidates: [] });
        return;
      case "handOver":
        this.connections.delete(effect.from);
        this.connections.set(callId, { local: null, remote: null, candidates: [] });
        return;
      case "close":
        this.connections.delete(callId);
        return;
      case "makeOffer":
        return this.#describe(callId, "offerReady", effect.round);
      case "makeAnswer":
        this.#withRemote(callId, effect.offer.sdp);
        return this.#describe(callId, "answerReady", effect.round);
      case "acceptAnswer":
        return this.#withRemote(callId, effect.answer.sdp);
      case "addCandidates":
        this.connections.get(callId)?.candidates.push(...effect.candidates.map(({ candidate }) => candidate));
        return;
      default:
        return;
    }
  }

  /** Not awaited by the next effect: making takes its time, and a `close` may come meanwhile. */
  #describe(callId: CallId, kind: "offerReady" | "answerReady", round: number): void {
    const sdp = `v=0\r\ns=${this.driverId} ${callId} ${round}\r\nm=audio 9 RTP\r\na=sendrecv\r\n`;
    const streams = [{ streamId: `stream of ${this.driverId}`, purpose: "camera" as const }];
    void (this.#options.making?.(callId) ?? Promise.resolve()).then(async () => {
      const connection = this.connections.get(callId);
      if (connection === undefined) return;
      connection.local = sdp;
      await this.report(callId, { kind, round, sdp, streams });
      const candidates = [{ candidate: `candidate of ${this.driverId} ${round}`, sdpMid: "0" }];
      await this.report(callId, { kind: "candidates", candidates, isComplete: true });
      this.#connect(callId);
    });
  }

  #withRemote(callId: CallId, sdp: string): void {
    const connection = this.connections.get(callId);
    if (connection !== undefined) connection.remote = sdp;
    this.#connect(callId);
  }

  /** As ICE does: it is up on both sides, as soon as each has what the other says. */
  #connect(callId: CallId): void {
    for (const other of living)
      if (other !== this && arePaired(this, other, callId))
        for (const side of [this, other]) side.#connected(callId);
  }

  #connected(callId: CallId): void {
    if (this.#options.connects !== false)
      void this.report(callId, { kind: "connection", state: "connected" });
  }
}

/** What the one says it sends is what the other was given, both ways. */
export function arePaired(one: ScriptedDriver, other: ScriptedDriver, callId: CallId): boolean {
  const [a, b] = [one.connections.get(callId), other.connections.get(callId)];
  if (a === undefined || b === undefined || a.local === null || b.local === null) return false;
  return a.local === b.remote && b.local === a.remote;
}
