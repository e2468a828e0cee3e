import type { TransactionId } from "../../preload/contract/ids.ts";
import type { MessageItem } from "../../preload/contract/models/timeline.ts";
import { failureOf } from "../state/failure-of.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { failureSentence } from "../text/strings.ts";
import { strings } from "../text/timeline-strings.ts";

type Act = (transactionId: TransactionId) => Promise<string | null>;

/** *Retry* and *Delete* under an unsent message; each answers what went wrong, in words, or null. */
export function unsentActions(
  timeline: TimelineState,
  openThread: (item: MessageItem) => void,
): Record<"retry" | "remove", (item: MessageItem) => Promise<string | null>> {
  const attempt = (act: Act) => async (item: MessageItem) => {
    if (item.transactionId === null) return null;
    try {
      return await act(item.transactionId);
    } catch (error) {
      const failure = failureOf(error);
      // What is in the way is shown: nothing else leads into the thread of a message that was refused.
      if (failure.message === "written-in-thread") openThread(item);
      return failureSentence(failure);
    }
  };
  return {
    retry: attempt(async (id) => {
      await timeline.retry(id);
      return null;
    }),
    remove: attempt(async (id) => ((await timeline.deleteUnsent(id)) ? null : strings.tooLateToDelete)),
  };
}
