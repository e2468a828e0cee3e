import type { EventId } from "../../../preload/contract/ids.ts";
import type { NewPoll } from "../../../preload/contract/models/poll.ts";
import type { JsonObject } from "../event.ts";

// The events of polls as we send them (MSC3381). A poll goes out by its stable name; votes and ends take the name of the
// poll they are about, because a client that knows only the old names counts only those.

export interface PollEvent {
  readonly eventType: string;
  readonly content: JsonObject;
}

const text = (body: string): JsonObject => ({ "m.text": [{ body }] });

/** `idOf` gives each answer an id that nobody else has. */
export function pollStart(poll: NewPoll, idOf: (index: number) => string): PollEvent {
  const { question, answers, maxSelections, isDisclosed } = poll;
  const lines = [question, ...answers.map((answer, at) => `${at + 1}. ${answer}`)];
  return {
    eventType: "m.poll.start",
    content: {
      ...text(lines.join("\n")),
      "m.poll": {
        kind: isDisclosed ? "m.disclosed" : "m.undisclosed",
        max_selections: Math.min(maxSelections, answers.length),
        question: text(question),
        answers: answers.map((answer, at) => ({ "m.id": idOf(at), ...text(answer) })),
      },
    },
  };
}

const isOld = (startType: string): boolean => startType.startsWith("org.matrix.msc3381.");
const reference = (pollId: EventId): JsonObject => ({
  "m.relates_to": { rel_type: "m.reference", event_id: pollId },
});

export const pollVote = (pollId: EventId, startType: string, answerIds: readonly string[]): PollEvent =>
  isOld(startType)
    ? {
        eventType: "org.matrix.msc3381.poll.response",
        content: { ...reference(pollId), "org.matrix.msc3381.poll.response": { answers: answerIds } },
      }
    : { eventType: "m.poll.response", content: { ...reference(pollId), "m.selections": answerIds } };

/** `words` are what clients that know no polls show. */
export const pollEnd = (pollId: EventId, startType: string, words: string): PollEvent =>
  isOld(startType)
    ? {
        eventType: "org.matrix.msc3381.poll.end",
        content: {
          ...reference(pollId),
          "org.matrix.msc3381.poll.end": {},
          "org.matrix.msc1767.text": words,
          body: words,
        },
      }
    : { eventType: "m.poll.end", content: { ...reference(pollId), ...text(words) } };
