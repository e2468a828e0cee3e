import { SvelteMap } from "svelte/reactivity";
import type { CallId } from "../../preload/contract/ids.ts";
import type {
  CallsView,
  LocalMedia,
  MediaEffect,
  MediaPart,
  MediaReport,
} from "../../preload/contract/models/call.ts";
import type { OwnMedia, OwnMediaEvents } from "./own-media.svelte.ts";
import type { Described, Peer, PeerEvents, PeerOptions } from "./peer.svelte.ts";

export interface DriverParts {
  makeMedia(): OwnMedia;
  makePeer(media: OwnMedia, options: PeerOptions, events: PeerEvents): Peer;
  report(callId: CallId, report: MediaReport): void;
  performed(through: number): void;
}

/** The media of one call. */
export interface MediaSession {
  readonly peer: Peer;
  readonly media: OwnMedia;
}

interface Running extends MediaSession {
  /** Its effects, one after the other. */
  work: Promise<void>;
  isOver: boolean;
}

type Opening = MediaEffect & { do: "open" | "handOver" };

/**
 * Does what main says, in the order main says it, and tells what came of it (the rules are in models/call.ts). Each call
 * has its own queue; opening, handing over and closing do not wait behind a question the user has not answered yet.
 */
export class MediaDriver {
  readonly #running = new SvelteMap<CallId, Running>();
  readonly #parts: DriverParts;
  /** The highest number seen, and those not done yet. */
  #taken = 0;
  #pending: readonly number[] = [];
  #told = 0;

  constructor(parts: DriverParts) {
    this.#parts = parts;
  }

  /** The media of a call, or null while it has none. */
  session(callId: CallId): MediaSession | null {
    return this.#running.get(callId) ?? null;
  }

  take({ calls, media, isDriver }: CallsView): void {
    if (!isDriver || (calls.length === 0 && media.length === 0)) {
      this.closeAll();
      // A core that was started anew counts from 1 again, and one that has nothing for us has no number we could repeat.
      this.#taken = this.#told = 0;
      this.#pending = [];
      return;
    }
    for (const effect of media) {
      if (effect.number <= this.#taken) continue;
      // What came before our first one was for another page.
      if (this.#taken === 0) this.#told = effect.number - 1;
      this.#taken = effect.number;
      this.#pending = [...this.#pending, effect.number];
      void this.#begin(effect).finally(() => this.#done(effect.number));
    }
  }

  closeAll(): void {
    for (const callId of [...this.#running.keys()]) this.#close(callId);
  }

  #done(number: number): void {
    if (!this.#pending.includes(number)) return;
    this.#pending = this.#pending.filter((other) => other !== number);
    // They ascend: the first is the one everything waits for.
    const [first] = this.#pending;
    const through = first === undefined ? this.#taken : first - 1;
    if (through <= this.#told) return;
    this.#told = through;
    this.#parts.performed(through);
  }

  /** Sessions come and go at once; what takes time waits for its turn. */
  #begin(effect: MediaEffect): Promise<void> {
    const { callId } = effect;
    if (effect.do === "close") {
      this.#close(callId);
      return Promise.resolve();
    }
    if (effect.do === "open") return this.#open(effect, this.#parts.makeMedia());
    if (effect.do === "handOver") {
      const from = this.#running.get(effect.from);
      const media = from?.media ?? this.#parts.makeMedia();
      if (from) {
        from.isOver = true;
        from.peer.close();
        this.#running.delete(effect.from);
      }
      return this.#open(effect, media);
    }
    const running = this.#running.get(callId);
    if (running === undefined) return Promise.resolve();
    return (running.work = running.work.then(async () => {
      if (!running.isOver) await this.#perform(effect, running);
    }));
  }

  #open({ callId, local, iceServers, isRelayOnly }: Opening, media: OwnMedia): Promise<void> {
    const peer = this.#parts.makePeer(media, { iceServers, isRelayOnly }, this.#peerEvents(callId));
    const running: Running = { peer, media, isOver: false, work: Promise.resolve() };
    media.events = this.#mediaEvents(callId, running);
    this.#running.set(callId, running);
    return (running.work = media.apply(local));
  }

  async #perform(
    effect: Exclude<MediaEffect, { do: "open" | "handOver" | "close" }>,
    running: Running,
  ): Promise<void> {
    const { peer } = running;
    switch (effect.do) {
      case "makeOffer":
        return this.#describe(effect, "offerReady", running, () => peer.makeOffer(effect.isIceRestart));
      case "makeAnswer":
        return this.#describe(effect, "answerReady", running, () => peer.makeAnswer(effect.offer));
      case "acceptAnswer":
        return this.#orFail(effect, running, () => peer.acceptAnswer(effect.answer));
      case "rollback":
        // There may be nothing to roll back any more: then all is as it should be.
        return peer.rollBack().catch(() => undefined);
      case "addCandidates":
        return peer.addCandidates(effect.candidates);
      case "setIceServers":
        return peer.setIceServers(effect.iceServers);
      case "setLocal":
        return this.#setLocal(effect.local, running);
    }
  }

  async #describe(
    { callId, round }: { readonly callId: CallId; readonly round: number },
    kind: "offerReady" | "answerReady",
    running: Running,
    describe: () => Promise<Described>,
  ): Promise<void> {
    await this.#orFail({ callId, round }, running, async () => {
      const { sdp, streams } = await describe();
      if (!running.isOver) this.#parts.report(callId, { kind, round, sdp, streams });
    });
  }

  async #orFail(
    { callId, round }: { readonly callId: CallId; readonly round: number },
    running: Running,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch {
      if (!running.isOver) this.#parts.report(callId, { kind: "descriptionFailed", round });
    }
  }

  async #setLocal(local: LocalMedia, { media, peer }: Running): Promise<void> {
    await media.apply(local);
    await peer.setHeld(local.isHeld);
    await peer.follow();
  }

  #close(callId: CallId): void {
    const running = this.#running.get(callId);
    if (running === undefined) return;
    this.#running.delete(callId);
    running.isOver = true;
    running.peer.close();
    running.media.close();
  }

  #peerEvents(callId: CallId): PeerEvents {
    const report = (what: MediaReport): void => {
      if (this.#running.has(callId)) this.#parts.report(callId, what);
    };
    return {
      candidates: (candidates, isComplete) => report({ kind: "candidates", candidates, isComplete }),
      connection: (state) => report({ kind: "connection", state }),
      negotiationNeeded: () => report({ kind: "negotiationNeeded" }),
    };
  }

  #mediaEvents(callId: CallId, running: Running): OwnMediaEvents {
    return {
      changed: () => {
        running.work = running.work.then(async () => {
          if (!running.isOver) await running.peer.follow();
        });
      },
      failed: (part: MediaPart, why) => this.#parts.report(callId, { kind: "mediaFailed", part, why }),
      screenEnded: () => this.#parts.report(callId, { kind: "screenEnded" }),
    };
  }
}
