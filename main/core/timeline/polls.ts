import type { EventId, RoomId, TransactionId } from "../../../preload/contract/ids.ts";
import type { Queued } from "../../../preload/contract/requests.ts";
import type { Handlers } from "../api.ts";
import type { JsonObject } from "../event.ts";
import { FailureError, invalid } from "../failure.ts";
import { pollEnd, pollStart, pollVote, type PollEvent } from "./poll-content.ts";

export type PollHandlers = Pick<Handlers, "startPoll" | "votePoll" | "endPoll">;

export interface PollDeps {
  readonly enqueue: (event: {
    readonly roomId: RoomId;
    readonly transactionId: TransactionId;
    readonly eventType: string;
    readonly content: JsonObject;
  }) => Queued;
  /** The type of an event that is stored, or of ours and not back by sync yet; null when it is not here. */
  readonly typeOf: (roomId: RoomId, eventId: EventId) => string | null;
  readonly newId: () => string;
}

/** What clients that know no polls show when one ends. English, as it goes to everybody. */
const ENDED = "The poll has ended.";

/** Polls as rows of the send queue: durable, in order, once. */
export function createPolls(deps: PollDeps): PollHandlers {
  const send = (roomId: RoomId, transactionId: TransactionId, event: PollEvent): Queued =>
    deps.enqueue({ roomId, transactionId, ...event });
  const startTypeOf = (roomId: RoomId, pollId: EventId): string => {
    const type = deps.typeOf(roomId, pollId);
    if (type === null) throw new FailureError(invalid("no such poll"));
    return type;
  };
  return {
    startPoll: ({ roomId, transactionId, poll }) =>
      send(
        roomId,
        transactionId,
        pollStart(poll, (index) => `${deps.newId()}${index}`),
      ),
    votePoll: ({ roomId, transactionId, pollId, answerIds }) =>
      send(roomId, transactionId, pollVote(pollId, startTypeOf(roomId, pollId), answerIds)),
    endPoll: ({ roomId, transactionId, pollId }) =>
      send(roomId, transactionId, pollEnd(pollId, startTypeOf(roomId, pollId), ENDED)),
  };
}
