import type {
  CallCandidate,
  IceServer,
  LocalStream,
  SessionDescription,
} from "../../preload/contract/models/call.ts";
import type { OwnMedia } from "./own-media.svelte.ts";
import type { ArrivedTrack } from "./remote-tracks.ts";
import { sampleOf, type Sample } from "./stats.ts";

type ConnectionReport = "connecting" | "connected" | "disconnected" | "failed";

export interface PeerEvents {
  candidates(candidates: readonly CallCandidate[], isComplete: boolean): void;
  connection(state: ConnectionReport): void;
  negotiationNeeded(): void;
}

export interface PeerOptions {
  readonly iceServers: readonly IceServer[];
  readonly isRelayOnly: boolean;
}

/** A description of ours, and the streams in it. */
export interface Described {
  readonly sdp: string;
  readonly streams: readonly LocalStream[];
}

interface Held {
  readonly transceiver: RTCRtpTransceiver;
  readonly direction: RTCRtpTransceiverDirection;
}

type Slot = "microphone" | "camera" | "screen" | "screenSound";
const slots: readonly Slot[] = ["microphone", "camera", "screen", "screenSound"];

/** How long a description waits for candidates, in ms (spec: ICE Candidate Batching). */
const GATHERING = 200;

/** One RTCPeerConnection, and nothing decided: what to offer, accept or restart is main's to say. */
export class Peer {
  #arrived = $state.raw<readonly ArrivedTrack<MediaStreamTrack>[]>([]);
  readonly media: OwnMedia;
  readonly #connection: RTCPeerConnection;
  readonly #events: PeerEvents;
  readonly #senders: { [slot in Slot]?: RTCRtpSender } = {};
  /** The directions before the call was held. */
  #held: readonly Held[] | null = null;
  /** Before the first description nothing is renegotiated: the first offer or answer carries it all. */
  #isNegotiated = false;
  /** Candidates found now are in the description that is about to be told. */
  #isDescribing = false;
  /** While we were answering it turned out that the offer had no place for all of ours: a camera in a voice call. */
  #isMoreNeeded = false;

  constructor(media: OwnMedia, options: PeerOptions, events: PeerEvents) {
    this.media = media;
    this.#events = events;
    const connection = new RTCPeerConnection({ ...configuration(options.iceServers), ...policy(options) });
    this.#connection = connection;
    connection.onicecandidate = ({ candidate }) => this.#candidateFound(candidate);
    connection.onconnectionstatechange = () => {
      const state = connection.connectionState;
      if (state !== "new" && state !== "closed") events.connection(state);
    };
    connection.onnegotiationneeded = () => {
      if (this.#isDescribing) this.#isMoreNeeded = true;
      else if (this.#isNegotiated) events.negotiationNeeded();
    };
    connection.ontrack = (event) => this.#trackArrived(event);
  }

  /** What comes from the other side, in the order it came. */
  get arrived(): readonly ArrivedTrack<MediaStreamTrack>[] {
    return this.#arrived;
  }

  async makeOffer(isIceRestart: boolean): Promise<Described> {
    await this.#attach();
    return this.#describe(await this.#connection.createOffer({ iceRestart: isIceRestart }));
  }

  async makeAnswer(offer: SessionDescription): Promise<Described> {
    await this.#connection.setRemoteDescription(offer);
    // Now that their sections are there: ours go into them instead of beside them.
    await this.#attach();
    return this.#describe(await this.#connection.createAnswer());
  }

  async acceptAnswer(answer: SessionDescription): Promise<void> {
    await this.#connection.setRemoteDescription(answer);
  }

  async rollBack(): Promise<void> {
    await this.#connection.setLocalDescription({ type: "rollback" });
  }

  /** One that makes no sense is dropped: there are others. */
  async addCandidates(candidates: readonly CallCandidate[]): Promise<void> {
    for (const candidate of candidates)
      await this.#connection.addIceCandidate(candidate).catch(() => undefined);
  }

  setIceServers(servers: readonly IceServer[]): void {
    this.#connection.setConfiguration({ ...this.#connection.getConfiguration(), ...configuration(servers) });
  }

  /**
   * Makes the connection send what is open now. Where that changes what is agreed, `negotiationNeeded` follows. Before the
   * first description there is nothing to do: it takes what is open then.
   */
  async follow(): Promise<void> {
    if (this.#isNegotiated) await this.#attach();
  }

  async #attach(): Promise<void> {
    for (const slot of slots) {
      if (this.#connection.signalingState === "closed") return;
      await this.#send(slot);
    }
  }

  /** On hold nothing is sent and nothing taken; the other side sees it by the directions. */
  async setHeld(isHeld: boolean): Promise<void> {
    if (isHeld === (this.#held !== null) || this.#connection.signalingState === "closed") return;
    const transceivers = this.#connection
      .getTransceivers()
      .filter((one) => one.currentDirection !== "stopped");
    const before = this.#held;
    this.#held = isHeld
      ? transceivers.map((transceiver) => ({ transceiver, direction: transceiver.direction }))
      : null;
    for (const transceiver of transceivers) {
      const sends = transceiver.direction === "sendrecv" || transceiver.direction === "sendonly";
      const resumed =
        before?.find((one) => one.transceiver === transceiver)?.direction ?? transceiver.direction;
      transceiver.direction = isHeld ? (sends ? "sendonly" : "inactive") : resumed;
    }
    await this.follow();
  }

  /** One of 0-9, *, # and A-D; false when the other side takes none. */
  sendTone(tone: string): boolean {
    const dtmf = this.#senders.microphone?.dtmf;
    if (dtmf?.canInsertDTMF !== true) return false;
    dtmf.insertDTMF(dtmf.toneBuffer + tone);
    return true;
  }

  async sample(): Promise<Sample> {
    const report = (await this.#connection.getStats()) as unknown as ReadonlyMap<string, unknown>;
    return sampleOf(report.values(), performance.now());
  }

  close(): void {
    this.#connection.close();
    this.#arrived = [];
  }

  async #describe(description: RTCLocalSessionDescriptionInit): Promise<Described> {
    this.#isDescribing = true;
    this.#isMoreNeeded = false;
    await this.#connection.setLocalDescription(description);
    this.#isNegotiated = true;
    await this.#gathered();
    this.#isDescribing = false;
    // After an offer of ours the browser says it again, once that is answered.
    if (this.#isMoreNeeded && this.#connection.signalingState === "stable")
      setTimeout(() => this.#events.negotiationNeeded());
    // Found already, so nothing will say it again: after the description was told, that is.
    if (this.#connection.iceGatheringState === "complete")
      setTimeout(() => this.#events.candidates([], true));
    return { sdp: this.#connection.localDescription?.sdp ?? "", streams: this.#streams() };
  }

  #gathered(): Promise<void> {
    const connection = this.#connection;
    return new Promise((done) => {
      const look = (): void => {
        if (connection.iceGatheringState === "complete") end();
      };
      const end = (): void => {
        clearTimeout(timer);
        connection.removeEventListener("icegatheringstatechange", look);
        done();
      };
      const timer = setTimeout(end, GATHERING);
      connection.addEventListener("icegatheringstatechange", look);
      look();
    });
  }

  #candidateFound(candidate: RTCIceCandidate | null): void {
    if (this.#isDescribing) return;
    if (candidate === null) return this.#events.candidates([], true);
    // The empty one of a generation: the end is told by null, once for all sections.
    if (candidate.candidate === "") return;
    const { sdpMid, sdpMLineIndex } = candidate;
    const found: CallCandidate = {
      candidate: candidate.candidate,
      ...(sdpMid === null ? {} : { sdpMid }),
      ...(sdpMLineIndex === null ? {} : { sdpMLineIndex }),
    };
    this.#events.candidates([found], false);
  }

  async #send(slot: Slot): Promise<void> {
    const track = this.#held === null ? this.media[slot] : null;
    const sender = this.#senders[slot];
    if (sender === undefined) {
      if (track !== null) this.#senders[slot] = this.#connection.addTrack(track, this.#streamOf(slot));
      return;
    }
    if (sender.track !== track) await sender.replaceTrack(track);
    const transceiver = this.#connection.getTransceivers().find((one) => one.sender === sender);
    if (transceiver === undefined || this.#held !== null) return;
    const wanted = directionOf(transceiver.direction, slot, track !== null);
    if (transceiver.direction !== wanted) transceiver.direction = wanted;
  }

  #streamOf(slot: Slot): MediaStream {
    return slot === "microphone" || slot === "camera" ? this.media.userStream : this.media.screenStream;
  }

  #streams(): LocalStream[] {
    const { userStream, screenStream, screen } = this.media;
    const user: LocalStream = { streamId: userStream.id, purpose: "camera" };
    return screen === null ? [user] : [user, { streamId: screenStream.id, purpose: "screen" }];
  }

  #trackArrived({ track, streams }: RTCTrackEvent): void {
    const [stream] = streams;
    const without = (): ArrivedTrack<MediaStreamTrack>[] =>
      this.#arrived.filter((one) => one.track !== track);
    this.#arrived = [...without(), { track, kind: track.kind, streamId: stream?.id ?? "" }];
    // It leaves its stream when the other side stops sending it; it may come again.
    stream?.addEventListener("removetrack", (event) => {
      if (event.track === track) this.#arrived = without();
    });
  }
}

/**
 * A camera that is off keeps its place, so that it is back at once; a screen that is not shared gives its place up, but
 * never that of the other side's screen in the same section.
 */
function directionOf(
  now: RTCRtpTransceiverDirection,
  slot: Slot,
  sends: boolean,
): RTCRtpTransceiverDirection {
  const isScreen = slot === "screen" || slot === "screenSound";
  switch (now) {
    case "recvonly":
      return sends ? "sendrecv" : now;
    case "inactive":
      return sends ? (isScreen ? "sendonly" : "sendrecv") : now;
    case "sendrecv":
      return !sends && isScreen ? "recvonly" : now;
    case "sendonly":
      return !sends && isScreen ? "inactive" : now;
    case "stopped":
      return now;
  }
}

const configuration = (servers: readonly IceServer[]): RTCConfiguration => ({
  iceServers: servers.map(({ urls, ...rest }) => ({ ...rest, urls: [...urls] })),
});

const policy = ({ isRelayOnly }: PeerOptions): RTCConfiguration => ({
  iceTransportPolicy: isRelayOnly ? "relay" : "all",
  bundlePolicy: "max-bundle",
});
