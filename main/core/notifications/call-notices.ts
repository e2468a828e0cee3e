import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import { callNotice, callTag, type CallFacts } from "./build-notice.ts";
import type { Judge } from "./judge.ts";
import type { Notifier } from "./notifier.ts";

// Calls as notifications. A page that is looked at shows the card of a call and plays its ring tone: the system's
// notification is for whoever looks elsewhere, and sounds where there is no page to do it.

export interface CallToRing {
  readonly callId: string;
  readonly roomId: RoomId;
  readonly peer: UserId;
}

/** The wiring of calls hands in what *Answer* and *Decline* do. */
export interface CallNotices {
  /** Do the push rules and settings want it heard? What they do not want is shown without a sound, or not at all. */
  mayRing(call: CallToRing): boolean;
  ring(call: CallFacts & CallToRing, hasPage: boolean): void;
  stopRinging(callId: string, isMissed: boolean): void;
  /** It was over before it rang; one that came while we were away is told with everything else. */
  missed(call: CallFacts): void;
  onAct: (callId: string, act: "answer" | "decline" | "call-back", roomId: RoomId | null) => void;
}

export interface CallNoticesDeps {
  readonly notifier: Notifier;
  readonly judge: Pick<Judge, "calls">;
  readonly settings: () => Settings;
  readonly isLive: () => boolean;
  /** The user has a page in front. */
  readonly isLooking: () => boolean;
}

interface Ringing {
  readonly call: CallFacts & CallToRing;
  readonly hasPage: boolean;
  /** The user has put its notification away. */
  isDismissed: boolean;
}

export function createCallNotices(deps: CallNoticesDeps) {
  const { notifier, judge, settings } = deps;
  const ringing = new Map<string, Ringing>();

  const verdictOn = ({ roomId, peer, callId }: CallToRing) =>
    settings().notify === "none" ? null : judge.calls(roomId, peer, callId);
  const mayRing = (call: CallToRing): boolean => {
    const verdict = verdictOn(call);
    return verdict !== null && verdict.notifies && verdict.sound !== null;
  };

  function tell({ call, hasPage, isDismissed }: Ringing): void {
    if (deps.isLooking()) return notifier.withdraw(callTag(call.callId));
    if (isDismissed || verdictOn(call)?.notifies !== true) return;
    notifier.show(callNotice(call, hasPage || !mayRing(call), settings()));
  }

  const notices: CallNotices = {
    mayRing,
    ring(call, hasPage) {
      const one = { call, hasPage, isDismissed: false };
      ringing.set(call.callId, one);
      tell(one);
    },
    stopRinging(callId, isMissed) {
      const call = ringing.get(callId)?.call;
      ringing.delete(callId);
      notifier.withdraw(callTag(callId));
      if (call === undefined) return;
      if (isMissed) notifier.missed(call);
      else notifier.answered(call);
    },
    missed(call) {
      if (deps.isLive()) notifier.missed(call);
    },
    onAct: () => undefined,
  };
  return {
    notices,
    dismissed(tag: string): void {
      const one = ringing.get(tag.slice(callTag("").length));
      if (one !== undefined) one.isDismissed = true;
    },
    /** The user has come to a page, or turned away from it. */
    lookingChanged(): void {
      for (const one of ringing.values()) tell(one);
    },
  };
}
