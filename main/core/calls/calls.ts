import type { CallsView } from "../../../preload/contract/models/call.ts";
import type { Handlers, OpenTopic } from "../api.ts";
import { FailureError, invalid } from "../failure.ts";

export type CallHandlers = Pick<
  Handlers,
  "placeCall" | "answerCall" | "declineCall" | "hangUp" | "setCallMedia" | "performedMedia" | "reportMedia"
>;

export interface Calls {
  readonly handlers: CallHandlers;
  open(driverId: string, emit: (view: CallsView) => void): OpenTopic<"calls">;
}

export function createCalls(): Calls {
  const refuse = (): never => {
    throw new FailureError(invalid("no such call"));
  };
  return {
    handlers: {
      placeCall: refuse,
      answerCall: refuse,
      declineCall: refuse,
      hangUp: refuse,
      setCallMedia: refuse,
      performedMedia() {},
      reportMedia() {},
    },
    open: () => ({ snapshot: { calls: [], media: [], isDriver: true }, stop() {} }),
  };
}
