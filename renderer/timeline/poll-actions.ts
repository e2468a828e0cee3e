import type { TransactionId } from "../../preload/contract/ids.ts";
import { failureOf } from "../state/failure-of.ts";
import type { TimelineState } from "../state/timeline.svelte.ts";
import { failureSentence } from "../text/strings.ts";
import type { RowActions } from "./row-actions.ts";

/** Voting and ending, as rows of the queue; what went wrong comes back in words. */
export function pollActions(timeline: TimelineState): Pick<RowActions, "vote" | "endPoll"> {
  const done = async (asked: Promise<unknown>): Promise<string | null> => {
    try {
      await asked;
      return null;
    } catch (error) {
      return failureSentence(failureOf(error));
    }
  };
  const newId = (): TransactionId => crypto.randomUUID() as TransactionId;
  return {
    vote: ({ eventId }, answerIds) =>
      eventId === null ? Promise.resolve(null) : done(timeline.votePoll(newId(), eventId, answerIds)),
    endPoll: ({ eventId }) =>
      eventId === null ? Promise.resolve(null) : done(timeline.endPoll(newId(), eventId)),
  };
}
