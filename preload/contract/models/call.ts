import type { CallId, RoomId } from "../ids.ts";
import type { Failure } from "./failure.ts";
import type { Sender } from "./timeline.ts";

// Calls as the page shows them (`CallView`), what the page's WebRTC driver is to do (`MediaEffect`) and what it tells
// (`MediaReport`). Main decides everything; the driver does as it is told and knows nothing of Matrix.
//
// A session of the driver: the page makes an unguessable `driverId` once per load and opens the topic `calls` with it.
// It performs every effect of `media` whose `number` is greater than the last one it has performed, strictly in order,
// each only when the one before of the same call is done, and tells with `performedMedia` how far it came. The same
// effects come again with every change until then. Another `driverId`, or none for five seconds, means that the page
// is gone with its connections: its calls are hung up (`page-gone`).

/** Why one cannot call in a room now; null means one can. */
export type CallBlock =
  | "not-joined"
  /** We may not send `m.call.invite` here (power levels). */
  | "no-permission"
  /** Signalling in clear text would tell what the room hides. */
  | "encrypted"
  /** The room was upgraded. */
  | "upgraded"
  /** Nobody else is here. */
  | "alone"
  /** The other person is invited and has not come. */
  | "not-joined-yet"
  /** More than two people (VOIP-03). */
  | "too-many";

/** What `placeCall` answers: also "busy", which concerns not the room but us. */
export type CallPlaced =
  { readonly isPlaced: true } | { readonly isPlaced: false; readonly why: CallBlock | "busy" };

/** What we send, as the user wishes it. The driver makes it so; what it cannot have it reports as `mediaFailed`. */
export interface LocalMedia {
  readonly microphone: boolean;
  readonly camera: boolean;
  readonly screen: boolean;
  /** We hold the call: nothing is sent and nothing played. */
  readonly isHeld: boolean;
}

/** One stream of the other side (spec: Streams). */
export interface RemoteStream {
  /** `MediaStream.id` as WebRTC shows it. */
  readonly streamId: string;
  readonly purpose: "camera" | "screen";
  /** Said by the other side. Audio is played nevertheless; video is not shown (spec: Streams). */
  readonly isAudioMuted: boolean;
  readonly isVideoMuted: boolean;
}

export interface RemoteMedia {
  /**
   * Null: the other side names no streams; show the first that comes and ignore others. Else show these and ignore
   * those not listed.
   */
  readonly streams: readonly RemoteStream[] | null;
  /** They hold us. */
  readonly isHolding: boolean;
  /** They understand DTMF (`m.call.dtmf`). */
  readonly canDtmf: boolean;
}

/** Why a call is over. "here" is this user on this device. */
export type EndReason =
  | { readonly code: "hung-up"; readonly by: "here" | "there" }
  | { readonly code: "declined"; readonly by: "here" | "there" }
  | { readonly code: "busy" }
  /** Ours, and nobody answered in time. */
  | { readonly code: "unanswered" }
  /** Theirs, and it was not answered: they gave up or time ran out. */
  | { readonly code: "missed" }
  /** Another device of this user did it. */
  | { readonly code: "answered-elsewhere" }
  | { readonly code: "declined-elsewhere" }
  /** The other person left the room, or we did, or we may no longer speak there. */
  | { readonly code: "left" }
  /** A third person came while we were calling (VOIP-03). */
  | { readonly code: "too-many" }
  /** Capture failed here, or there. */
  | { readonly code: "media-failed"; readonly by: "here" | "there"; readonly why: MediaProblem | null }
  /** Media never came to flow. */
  | { readonly code: "no-connection" }
  /** It flowed, and stopped for longer than can be healed. */
  | { readonly code: "connection-lost" }
  /** The server did not take our invite or our answer. */
  | { readonly code: "not-sent"; readonly failure: Failure | null }
  /** The page was reloaded or closed, or the app ended. */
  | { readonly code: "page-gone" }
  | { readonly code: "failed" };

interface CallBase {
  /** Never changes while the user sees one call, also when glare replaces the call id: the key of lists. */
  readonly id: CallId;
  /** The Matrix call this is now (`data-call-id`). Effects and requests name it; glare may change it until connected. */
  readonly callId: CallId;
  readonly roomId: RoomId;
  /** The other person. */
  readonly peer: Sender;
  /** As the user sees it: a call we placed stays outgoing when glare lets us answer theirs instead. */
  readonly direction: "outgoing" | "incoming";
  /** Either side wants video in it: a video call, or a camera is or was on. */
  readonly isVideo: boolean;
  /** When it came into this state, ms since the epoch. */
  readonly since: number;
}

/** Connections of a call in `connected`. */
export type Link =
  | { readonly state: "good" }
  /** Media does not flow since then (ms since the epoch); it ends by itself at `until`. Show it after 2 s. */
  | { readonly state: "reconnecting"; readonly since: number; readonly until: number };

/** A call as it is shown. `state` is `data-call-state` of docs/automation.md. */
export type CallView = CallBase &
  (
    | {
        /** Ours: the microphone is being opened, the offer made. Nothing was sent yet. */
        readonly state: "preparing";
        readonly local: LocalMedia;
      }
    | {
        /** Ours: the invite is on the wire; nobody answered yet. `until`: given up then, ms since the epoch. */
        readonly state: "inviting";
        readonly until: number;
        readonly local: LocalMedia;
      }
    | {
        /** Theirs: waiting for the user's word. `until` as above. */
        readonly state: "ringing";
        readonly until: number;
        /** The user's push rules or settings do not want it heard: it is shown and makes no sound. */
        readonly isQuiet: boolean;
      }
    | {
        /** Theirs: the user said yes; our answer is being made. */
        readonly state: "answering";
        readonly local: LocalMedia;
      }
    | {
        /** Both have said yes; the connection is being made. Also where glare answers for the user. */
        readonly state: "connecting";
        readonly local: LocalMedia;
        readonly remote: RemoteMedia;
      }
    | {
        readonly state: "connected";
        /** When media first flowed, ms since the epoch: the timer counts from here. */
        readonly connectedAt: number;
        readonly local: LocalMedia;
        readonly remote: RemoteMedia;
        readonly link: Link;
        /** What of ours failed last, until it works or is switched off again. */
        readonly problem: { readonly part: MediaPart; readonly why: MediaProblem } | null;
      }
    | {
        /** Over; stays for a few seconds so that the reason can be read. `hangUp` removes it at once. */
        readonly state: "ended";
        readonly reason: EndReason;
        /** How long media flowed, ms; null when it never did. */
        readonly durationMs: number | null;
      }
  );

/** The topic `calls`. Every change is the whole view anew. */
export interface CallsView {
  /** Oldest first. At most one of them is neither `ringing` nor `ended`. */
  readonly calls: readonly CallView[];
  /** For the driver: not yet reported as performed, by ascending number. Empty for a page that is not the driver. */
  readonly media: readonly MediaEffect[];
  /** False for a page whose place as driver another page has taken: it must close its connections. */
  readonly isDriver: boolean;
}

/** As `RTCIceServer`. */
export interface IceServer {
  readonly urls: readonly string[];
  readonly username?: string;
  readonly credential?: string;
}

/**
 * As `RTCIceCandidateInit`. An empty `candidate` says that there will be no more; it need not be passed on where the
 * browser does not take it.
 */
export interface CallCandidate {
  readonly candidate: string;
  readonly sdpMid?: string;
  readonly sdpMLineIndex?: number;
}

export interface SessionDescription {
  readonly type: "offer" | "answer";
  readonly sdp: string;
}

/** One step for the driver. `number` ascends over all calls. Effects of calls the driver does not have are skipped. */
export type MediaEffect = {
  /** Ascends, with holes, and never begins anew, also when the core is restarted under the page. */
  readonly number: number;
  readonly callId: CallId;
} & (
  | {
      /** Make the peer connection and capture what `local` says. Ask for permissions now. */
      readonly do: "open";
      readonly local: LocalMedia;
      readonly iceServers: readonly IceServer[];
      /** `iceTransportPolicy: "relay"`. */
      readonly isRelayOnly: boolean;
    }
  | {
      /**
       * Make the peer connection of this call with the capture of `from`, which may still be waiting for a permission:
       * nothing is asked again and no track stops (GLAR-10). Then close the connection of `from`. From now on this
       * capture is reported for this call.
       */
      readonly do: "handOver";
      readonly from: CallId;
      readonly local: LocalMedia;
      readonly iceServers: readonly IceServer[];
      readonly isRelayOnly: boolean;
    }
  | {
      /**
       * Create and set a local offer, wait until gathering is complete or 200 ms, report `offerReady` with
       * `localDescription.sdp`.
       */
      readonly do: "makeOffer";
      readonly round: number;
      readonly isIceRestart: boolean;
    }
  | {
      /** Set this remote offer, create and set the answer, gather as above, report `answerReady`. */
      readonly do: "makeAnswer";
      readonly round: number;
      readonly offer: SessionDescription;
    }
  /** Set this remote answer. */
  | { readonly do: "acceptAnswer"; readonly round: number; readonly answer: SessionDescription }
  /** Never comes before a remote description was set. One that the browser refuses is dropped silently. */
  | { readonly do: "addCandidates"; readonly candidates: readonly CallCandidate[] }
  /** `setLocalDescription({ type: "rollback" })`: our offer gives way to theirs, whose `makeAnswer` follows. */
  | { readonly do: "rollback" }
  /**
   * Make it so: mute and unmute (`enabled`, and the camera's light off), start and stop the screen, hold. Where that
   * changes what is negotiated, report `negotiationNeeded` and wait for `makeOffer`.
   */
  | { readonly do: "setLocal"; readonly local: LocalMedia }
  /** `setConfiguration`: credentials were renewed. */
  | { readonly do: "setIceServers"; readonly iceServers: readonly IceServer[] }
  /** Close the connection, stop every track of this call. */
  | { readonly do: "close" }
);

/** A screen or a window that can be shared. */
export interface ScreenSource {
  readonly id: string;
  /** As the system calls it: plain text, at most 200 characters. */
  readonly name: string;
  readonly isScreen: boolean;
  /** PNG in base64, at most 320×200, or null. */
  readonly thumbnail: string | null;
}

/** What our description sends, for `sdp_stream_metadata`. */
export interface LocalStream {
  readonly streamId: string;
  readonly purpose: "camera" | "screen";
}

export type MediaPart = "microphone" | "camera" | "screen";
export type MediaProblem =
  /** The user or the system said no. */
  | "denied"
  /** There is no such device, or it was unplugged. */
  | "missing"
  /** Another program has it. */
  | "in-use"
  | "other";

/** What the driver tells. A report about a call or a round that is over is ignored. */
export type MediaReport =
  | {
      readonly kind: "offerReady" | "answerReady";
      readonly round: number;
      readonly sdp: string;
      /** Streams of ours in this description. */
      readonly streams: readonly LocalStream[];
    }
  /** Gathered after the description was reported. `isComplete` once: no more of this gathering. May be empty then. */
  | {
      readonly kind: "candidates";
      readonly candidates: readonly CallCandidate[];
      readonly isComplete: boolean;
    }
  /** `RTCPeerConnection.connectionState`, at each change. */
  | { readonly kind: "connection"; readonly state: "connecting" | "connected" | "disconnected" | "failed" }
  /** The browser's `negotiationneeded`, except for the first offer or answer. */
  | { readonly kind: "negotiationNeeded" }
  /**
   * Could not capture, or a device went away. A microphone that fails before the first description ends the call;
   * everything else only switches that part off.
   */
  | { readonly kind: "mediaFailed"; readonly part: MediaPart; readonly why: MediaProblem }
  /** The user stopped sharing by the system's own button. */
  | { readonly kind: "screenEnded" }
  /** WebRTC refused a description (theirs or ours) of this round: the call cannot go on. */
  | { readonly kind: "descriptionFailed"; readonly round: number };
