import type { AccountView } from "../../../preload/contract/models/accounts.ts";
import type { CallsView } from "../../../preload/contract/models/call.ts";
import type { Core } from "../../core/api.ts";
import type { Face } from "../face.ts";

/** Whether a call goes on that a restart or a lock would end. */
export const isInCall = ({ calls }: CallsView): boolean =>
  calls.some(({ state }) => state !== "ended" && state !== "ringing");

/**
 * The same face, listening along to the calls its page watches. Watching them ourselves would make us the page that
 * holds the microphone (contract, `calls`); and without a page there are none.
 */
export function overhearCalls(face: Face, onCalls: (isInCall: boolean) => void): Face {
  const calls: Face["topics"]["calls"] = (params, emit) => {
    const opened = face.topics.calls(params, (view) => {
      onCalls(isInCall(view));
      emit(view);
    });
    onCalls(isInCall(opened.snapshot));
    return {
      snapshot: opened.snapshot,
      stop() {
        onCalls(false);
        opened.stop();
      },
    };
  };
  return {
    handlers: face.handlers,
    handlersOf: (accountId) => face.handlersOf(accountId),
    topics: Object.assign(Object.create(face.topics) as Face["topics"], { calls }),
  };
}

/**
 * Tells whether something is on its way out at this moment, in whichever account, now and when that changes. No more
 * is to be asked of calls: while one goes on, the account it belongs to is the one shown.
 */
export function watchSending(core: Pick<Core, "topics">, onChange: (isSending: boolean) => void): () => void {
  const tell = (accounts: readonly AccountView[]): void =>
    onChange(accounts.some(({ isSending }) => isSending));
  const opened = core.topics.accounts(null, tell);
  tell(opened.snapshot);
  return () => opened.stop();
}
