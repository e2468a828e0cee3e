import type { CallId } from "../../preload/contract/ids.ts";
import type { CallView } from "../../preload/contract/models/call.ts";
import type { Sound } from "./sounds.ts";

/** What was heard last: sounds belong to changes. */
export interface Heard {
  readonly id: CallId | null;
  readonly state: CallView["state"] | null;
}

interface Calls {
  readonly current: CallView | null;
  readonly isRinging: boolean;
  /** Do not disturb: nothing rings; what the user does himself still sounds. */
  readonly isQuiet: boolean;
}

interface Sounding {
  readonly sound: Sound | "silence" | "as-before";
  readonly heard: Heard;
}

/** What sounds now. Pure. */
export function soundOf({ current, isRinging, isQuiet }: Calls, before: Heard): Sounding {
  const heard: Heard = { id: current?.id ?? null, state: current?.state ?? null };
  const isNew = heard.id !== before.id || heard.state !== before.state;
  const isSame = current !== null && current.id === before.id;
  const wasGoingOn = before.state !== null && before.state !== "ended";
  const settled = (sound: Sounding["sound"]): Sounding => ({ sound, heard });

  switch (current?.state) {
    case "inviting":
      return settled("outgoing");
    case "connected":
      return settled(!isNew ? "as-before" : isSame && before.state !== "ended" ? "connected" : "silence");
    case "preparing":
    case "answering":
    case "connecting":
      // A second call that rings meanwhile is shown, not heard over the conversation.
      return settled(isNew ? "silence" : "as-before");
    case "ended":
      if (isRinging && !isQuiet) return settled("incoming");
      if (!isNew) return settled(before.state === "ended" ? "as-before" : "silence");
      return settled(!isSame || !wasGoingOn ? "silence" : endSound(current));
    case "ringing":
    case undefined:
      if (isRinging && !isQuiet) return settled("incoming");
      // The sound of an end plays to its own end.
      return settled(before.state === "ended" && !isRinging ? "as-before" : "silence");
  }
}

function endSound(call: CallView & { state: "ended" }): Sound {
  const { reason } = call;
  const isTheirNo = reason.code === "busy" || (reason.code === "declined" && reason.by === "there");
  return isTheirNo ? "busy" : "ended";
}
