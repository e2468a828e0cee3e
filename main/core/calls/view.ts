import type { CallId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { CallView } from "../../../preload/contract/models/call.ts";
import type { Sender } from "../../../preload/contract/models/timeline.ts";
import { offersVideo } from "./sdp.ts";
import type { ActiveCall, EndedCall, RingingCall, RoomCalls } from "./state.ts";

// What the machine knows as the page shows it. Pure.

export interface Seeing {
  readonly roomId: RoomId;
  readonly person: (userId: UserId) => Sender;
  /** Does the user want to hear it ring? */
  readonly mayRing: (callId: CallId, caller: UserId) => boolean;
  /** A moment of the monotonic clock in ms since the epoch. */
  readonly epoch: (at: number) => number;
}

export function callViews(calls: RoomCalls, seeing: Seeing): readonly CallView[] {
  return [
    ...calls.ended.map((call) => endedView(call, seeing)),
    ...(calls.active === null ? [] : [activeView(calls.active, seeing)]),
    ...calls.ringing.map((call) => ringingView(call, seeing)),
  ];
}

function base(
  call: Pick<ActiveCall, "id" | "callId" | "peer" | "direction" | "isVideo" | "since">,
  { roomId, person, epoch }: Seeing,
) {
  const { id, callId, direction, isVideo, since } = call;
  return { id, callId, roomId, peer: person(call.peer), direction, isVideo, since: epoch(since) };
}

const endedView = (call: EndedCall, seeing: Seeing): CallView => ({
  ...base(call, seeing),
  state: "ended",
  reason: call.reason,
  durationMs: call.durationMs,
});

function ringingView({ invite, since }: RingingCall, seeing: Seeing): CallView {
  const { callId, sender: peer } = invite;
  const isVideo = offersVideo(invite.offer.sdp);
  const shown = { id: callId, callId, peer, direction: "incoming", isVideo, since } as const;
  const until = seeing.epoch(invite.until);
  return { ...base(shown, seeing), state: "ringing", until, isQuiet: !seeing.mayRing(callId, peer) };
}

function activeView(call: ActiveCall, seeing: Seeing): CallView {
  const shown = base(call, seeing);
  const { local } = call;
  switch (call.state) {
    case "preparing":
      return { ...shown, state: "preparing", local };
    case "inviting":
      return { ...shown, state: "inviting", until: seeing.epoch(call.until), local };
    case "answering":
      // Where glare answers for the user, it looks as if the other side had (GLAR-09).
      return call.isAuto
        ? {
            ...shown,
            state: "connecting",
            local,
            remote: { streams: call.invite.streams, isHolding: false, canDtmf: call.invite.canDtmf },
          }
        : { ...shown, state: "answering", local };
    case "connecting":
      return { ...shown, state: "connecting", local, remote: call.remote };
    case "connected": {
      const { link, remote, problem } = call;
      const connectedAt = seeing.epoch(call.connectedAt);
      const seen =
        link.state === "good"
          ? link
          : { state: link.state, since: seeing.epoch(link.since), until: seeing.epoch(link.until) };
      return { ...shown, state: "connected", connectedAt, local, remote, link: seen, problem };
    }
  }
}
