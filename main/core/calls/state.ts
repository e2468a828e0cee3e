import type { CallId, UserId } from "../../../preload/contract/ids.ts";
import type {
  CallBlock,
  CallCandidate,
  EndReason,
  IceServer,
  LocalMedia,
  LocalStream,
  MediaEffect,
  MediaPart,
  MediaProblem,
  MediaReport,
  RemoteStream,
  SessionDescription,
} from "../../../preload/contract/models/call.ts";
import type { Failure } from "../../../preload/contract/models/failure.ts";

// What the call machine of one room knows, hears and asks for. All times are ms of the monotonic clock.

/** Version 0 is the integer of the 2015 protocol; everything else counts as 1 (spec: Voice over IP). */
export type CallVersion = 0 | 1;

export type HangupReason =
  | "ice_failed"
  | "ice_timeout"
  | "invite_timeout"
  | "user_hangup"
  | "user_media_failed"
  | "user_busy"
  | "unknown_error";

/** An event of the room as `parse-signal.ts` reads it. */
export type Received = {
  readonly callId: CallId;
  readonly sender: UserId;
  readonly partyId: string | null;
  readonly version: CallVersion;
  /** Sent from here: known by its transaction id or event id. Our `party_id` says it too (VOIP-24). */
  readonly isEcho: boolean;
} & (
  | {
      readonly kind: "invite";
      readonly offer: SessionDescription;
      /** The end of its life, by the server's `age` (VOIP-09). */
      readonly until: number;
      readonly invitee: UserId | null;
      readonly streams: readonly RemoteStream[] | null;
      readonly canDtmf: boolean;
    }
  | {
      readonly kind: "answer";
      readonly answer: SessionDescription;
      readonly streams: readonly RemoteStream[] | null;
      readonly canDtmf: boolean;
    }
  | { readonly kind: "candidates"; readonly candidates: readonly CallCandidate[] }
  | { readonly kind: "selectAnswer"; readonly selected: string }
  | { readonly kind: "reject" }
  /** `reason` as it came; unknown and absent ones count as user_hangup. */
  | { readonly kind: "hangup"; readonly reason: string | null }
  | {
      readonly kind: "negotiate";
      readonly description: SessionDescription;
      readonly until: number;
      readonly streams: readonly RemoteStream[] | null;
    }
  | { readonly kind: "metadata"; readonly streams: readonly RemoteStream[] }
);

export type Invite = Extract<Received, { kind: "invite" }>;

/** What is to be said in the room; `signal-content.ts` knows how. */
export type Signal =
  | {
      readonly kind: "invite";
      readonly sdp: string;
      readonly lifetimeMs: number;
      readonly invitee: UserId;
      readonly media: SaidMedia;
    }
  | { readonly kind: "answer"; readonly sdp: string; readonly media: SaidMedia }
  | { readonly kind: "candidates"; readonly candidates: readonly CallCandidate[] }
  | { readonly kind: "selectAnswer"; readonly selected: string }
  | { readonly kind: "reject" }
  | { readonly kind: "hangup"; readonly reason: HangupReason }
  | {
      readonly kind: "negotiate";
      readonly description: SessionDescription;
      readonly lifetimeMs: number;
      readonly media: SaidMedia;
    }
  | { readonly kind: "metadata"; readonly media: SaidMedia };

/** For `sdp_stream_metadata`. */
export interface SaidMedia {
  readonly streams: readonly LocalStream[];
  readonly local: LocalMedia;
}

/** A signal with what every event of its call carries. */
export interface Outgoing {
  readonly callId: CallId;
  readonly partyId: string;
  readonly version: CallVersion;
  /** Not handed to the wire, and not tried again, from then on (VOIP-25). */
  readonly expiresAt: number;
  readonly signal: Signal;
}

type WithoutNumber<T> = T extends unknown ? Omit<T, "number"> : never;
/** A `MediaEffect` before the driver's post numbers it. */
export type MediaStep = WithoutNumber<MediaEffect>;

export type CallInput =
  | {
      readonly type: "place";
      readonly callId: CallId;
      readonly peer: UserId;
      readonly isVideo: boolean;
    }
  | { readonly type: "answer"; readonly callId: CallId; readonly isVideo: boolean }
  | { readonly type: "decline"; readonly callId: CallId }
  | { readonly type: "hangUp"; readonly callId: CallId }
  | { readonly type: "setLocal"; readonly callId: CallId; readonly local: Partial<LocalMedia> }
  | { readonly type: "received"; readonly event: Received }
  /**
   * The whole sync response (and what a gap in it hid) was taken in: now, and not before, invites are judged. `gone`:
   * people of our calls who have left.
   */
  | { readonly type: "settled"; readonly room: RoomFacts }
  /** The lane gives this signal to the network now: from here on it is sent. */
  | { readonly type: "handedOff"; readonly callId: CallId; readonly kind: Signal["kind"] }
  /** The lane gave it up: refused for good, or expired. */
  | {
      readonly type: "unsendable";
      readonly callId: CallId;
      readonly kind: Signal["kind"];
      readonly failure: Failure | null;
    }
  | { readonly type: "report"; readonly callId: CallId; readonly report: MediaReport }
  /** The page with the connections is gone. */
  | { readonly type: "driverGone" }
  /** The app ends. */
  | { readonly type: "quit" }
  | { readonly type: "iceServers" }
  /** A call of an earlier run, known to be over: what still comes of it changes nothing. */
  | { readonly type: "bury"; readonly callId: CallId }
  /** Time has come for something; see `deadlineOf`. The rest as in `settled`. */
  | { readonly type: "tick"; readonly room: RoomFacts };

export interface RoomFacts {
  readonly block: CallBlock | null;
  /** We are there, and may speak, in clear. */
  readonly canSpeak: boolean;
  readonly isPublic: boolean;
  readonly gone: readonly UserId[];
}

/** What a step may look at besides its state. */
export interface CallContext {
  readonly now: number;
  readonly ownUserId: UserId;
  readonly iceServers: readonly IceServer[];
  readonly isRelayOnly: boolean;
  /** Unguessable; for the call that may begin in this step. */
  readonly partyId: string;
}

export type CallStep =
  | { readonly type: "signal"; readonly outgoing: Outgoing }
  /** Everything of this call that the lane has not handed over yet leaves it. */
  | { readonly type: "cancelSignals"; readonly callId: CallId }
  | { readonly type: "media"; readonly step: MediaStep }
  /** This call needs no hangup after a crash any more, once its own hangup is out. */
  | { readonly type: "over"; readonly callId: CallId }
  /** Over before it could ring, and taken or declined by nobody of ours. */
  | { readonly type: "missed"; readonly invite: Invite };

/** Local candidates on their way into an event. */
export interface Gathered {
  readonly pending: readonly CallCandidate[];
  readonly isComplete: boolean;
  readonly isEndSaid: boolean;
  /** When the batch goes; null: nothing waits, or our description has not gone out yet. */
  readonly sendAt: number | null;
  /** Our description was handed to the wire: candidates may follow (VOIP-13). */
  readonly isDescribed: boolean;
}

/** Their candidates that came before their description could be used (VOIP-14). */
export interface Early {
  readonly sender: UserId;
  readonly partyId: string | null;
  readonly candidates: readonly CallCandidate[];
}

export interface Opponent {
  readonly userId: UserId;
  /** Null for version 0. */
  readonly partyId: string | null;
  readonly version: CallVersion;
}

/** Renegotiation after the first offer and answer (perfect negotiation, with main as its referee). */
export type Talks =
  | { readonly state: "stable" }
  /** The driver makes our offer. */
  | { readonly state: "making"; readonly round: number }
  /** Our offer is out; it counts as failed at `until`. */
  | { readonly state: "offered"; readonly round: number; readonly until: number }
  /** The driver makes our answer to theirs. */
  | { readonly state: "answering"; readonly round: number };

interface Common {
  /** As the user knows it: the first call id. */
  readonly id: CallId;
  readonly callId: CallId;
  readonly partyId: string;
  readonly peer: UserId;
  readonly direction: "outgoing" | "incoming";
  readonly isVideo: boolean;
  readonly since: number;
  readonly local: LocalMedia;
  /** What the other side was told of `local`; null: nothing yet. */
  readonly told: LocalMedia | null;
  readonly streams: readonly LocalStream[];
  readonly gathered: Gathered;
  readonly early: readonly Early[];
}

/** Both sides have said yes. */
interface Linked extends Common {
  readonly opponent: Opponent;
  /** The callee, and who yielded in glare: gives way when offers cross. */
  readonly isPolite: boolean;
  /** Ours: they know whose answer counts. Theirs: they chose ours; with version 0, ours stands first in the room. */
  readonly isSelected: boolean;
  readonly remote: {
    readonly streams: readonly RemoteStream[] | null;
    readonly isHolding: boolean;
    readonly canDtmf: boolean;
  };
  readonly talks: Talks;
  /** The highest round so far. */
  readonly round: number;
  /** What is to be negotiated as soon as it can. */
  readonly wanted: null | "renegotiation" | "restart";
}

export type ActiveCall =
  /** The driver captures and makes the offer, or the offer waits in the lane (`isQueued`). Nothing was sent. */
  | (Common & { readonly state: "preparing"; readonly isQueued: boolean })
  /**
   * Our invite was handed to the wire, and nobody answered. `isEchoed`: we saw it in the room. `givenUp`: they hung it up
   * for one of theirs, which is about to be answered; this is what to say should it not come to that by `until`.
   */
  | (Common & {
      readonly state: "inviting";
      readonly until: number;
      readonly isEchoed: boolean;
      readonly givenUp: EndReason | null;
    })
  /**
   * Our answer is being made, or waits in the lane. `isAuto`: glare said yes for the user. `isMoreWanted`: it had no
   * place for all of ours (a camera in their voice call), so a new round follows it.
   */
  | (Common & {
      readonly state: "answering";
      readonly invite: Invite;
      readonly isAuto: boolean;
      readonly isQueued: boolean;
      readonly isMoreWanted: boolean;
    })
  /** Descriptions are exchanged; media does not flow yet. Given up at `until`. */
  | (Linked & { readonly state: "connecting"; readonly until: number })
  /** Media flows, or flowed. */
  | (Linked & {
      readonly state: "connected";
      readonly connectedAt: number;
      readonly link:
        | { readonly state: "good" }
        /** `restartAt`: when to try an ICE restart; null: tried, or not ours to try. */
        | {
            readonly state: "reconnecting";
            readonly since: number;
            readonly until: number;
            readonly restartAt: number | null;
          };
      readonly problem: { readonly part: MediaPart; readonly why: MediaProblem } | null;
    });

export type LinkedCall = Extract<ActiveCall, { state: "connecting" | "connected" }>;

export interface RingingCall {
  readonly invite: Invite;
  readonly since: number;
  readonly early: readonly Early[];
}

export interface EndedCall {
  readonly id: CallId;
  readonly callId: CallId;
  readonly peer: UserId;
  readonly direction: "outgoing" | "incoming";
  readonly isVideo: boolean;
  readonly since: number;
  readonly reason: EndReason;
  readonly durationMs: number | null;
}

export interface RoomCalls {
  readonly active: ActiveCall | null;
  readonly ringing: readonly RingingCall[];
  /** Invites not judged yet; `notBefore`: beside a call with the same person they get a moment to be taken back. */
  readonly fresh: readonly { readonly invite: Invite; readonly notBefore: number | null }[];
  /** Lost to ours in glare; taken after all should ours prove unsendable. */
  readonly passedOver: Invite | null;
  readonly ended: readonly EndedCall[];
  /** Calls that are over for us, newest last: nothing about them matters any more (VOIP-22). */
  readonly over: readonly CallId[];
  /** Candidates that came before their invite (a gap brought it later). */
  readonly strays: readonly (Early & { readonly callId: CallId })[];
}

export const noCalls: RoomCalls = {
  active: null,
  ringing: [],
  fresh: [],
  passedOver: null,
  ended: [],
  over: [],
  strays: [],
};
