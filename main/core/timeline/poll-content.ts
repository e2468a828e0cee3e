import type { EventId } from "../../../preload/contract/ids.ts";
import type { NewPoll } from "../../../preload/contract/models/poll.ts";
import type { JsonObject } from "../event.ts";

// The events of polls as we send them (MSC3381). No published specification has them, so a poll goes out by the names the
// proposal has until then, which are the only ones that matrix-js-sdk and what is built on it read; votes and ends take
// the name of the poll they are about.

export interface PollEvent {
  readonly eventType: string;
  readonly content: JsonObject;
}

const text = (body: string): JsonObject => ({ "m.text": [{ body }] });
const oldText = (body: string): JsonObject => ({ "org.matrix.msc1767.text": body });

/** `idOf` gives each answer an id that nobody else has. */
export function pollStart(poll: NewPoll, idOf: (index: number) => string): PollEvent {
  const { question, answers, maxSelections, isDisclosed } = poll;
  const lines = [question, ...answers.map((answer, at) => `${at + 1}. ${answer}`)];
  const words = lines.join("\n");
  return {
    eventType: "org.matrix.msc3381.poll.start",
    content: {
      // For clients that know no polls.
      body: words,
      ...oldText(words),
      "org.matrix.msc3381.poll.start": {
        kind: `org.matrix.msc3381.poll.${isDisclosed ? "disclosed" : "undisclosed"}`,
        max_selections: Math.min(maxSelections, answers.length),
        question: { msgtype: "m.text", body: question, ...oldText(question) },
        answers: answers.map((answer, at) => ({ id: idOf(at), ...oldText(answer) })),
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
          ...oldText(words),
          body: words,
        },
      }
    : { eventType: "m.poll.end", content: { ...reference(pollId), ...text(words) } };
