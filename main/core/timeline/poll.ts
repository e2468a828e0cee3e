import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import type { PollView } from "../../../preload/contract/models/poll.ts";
import { isObject, numberOf, objectOf, stringOf, type JsonObject } from "../event.ts";
import type { VoteRow } from "../store/queries/timeline.ts";
import { oneLine } from "../text.ts";
import { extensibleText } from "./extensible-text.ts";

// Polls (MSC3381), by their stable names and by those of before, which most clients still send. Pure.

const stable = { start: "m.poll.start", response: "m.poll.response", end: "m.poll.end" } as const;
const unstable = {
  start: "org.matrix.msc3381.poll.start",
  response: "org.matrix.msc3381.poll.response",
  end: "org.matrix.msc3381.poll.end",
} as const;

export const pollStarts: ReadonlySet<string> = new Set([stable.start, unstable.start]);
export const isPollStart = (type: string): boolean => pollStarts.has(type);
const isResponse = (type: string): boolean => type === stable.response || type === unstable.response;
const isEnd = (type: string): boolean => type === stable.end || type === unstable.end;

const MAX_ANSWERS = 20;
const MAX_TEXT = 340;
const MAX_FALLBACK = 2000;

export const noVotes: readonly VoteRow[] = [];

/** What a start event asks. */
interface Poll {
  readonly question: string;
  readonly answers: readonly { readonly id: string; readonly text: string }[];
  readonly maxSelections: number;
  readonly isDisclosed: boolean;
  readonly fallback: string;
}

/** The poll of a start event's content, or null when it asks nothing or has nothing to choose from. */
export function parsePoll(content: JsonObject): Poll | null {
  const poll = ["m.poll", stable.start, unstable.start]
    .map((key) => objectOf(content, key))
    .find((one) => Object.keys(one).length > 0);
  if (poll === undefined) return null;
  const question = extensibleText(objectOf(poll, "question"), MAX_TEXT);
  const list = Array.isArray(poll["answers"]) ? (poll["answers"] as readonly unknown[]) : [];
  const answers = new Map<string, string>();
  // More than the specification allows are cut off, as it says.
  for (const one of list.slice(0, MAX_ANSWERS)) {
    if (!isObject(one)) continue;
    const id = stringOf(one, "m.id") ?? stringOf(one, "id");
    const text = extensibleText(one, MAX_TEXT);
    if (id !== null && id !== "" && id.length <= 255 && text !== null && !answers.has(id))
      answers.set(id, oneLine(text, MAX_TEXT));
  }
  if (question === null || answers.size === 0) return null;
  const most = Math.trunc(numberOf(poll, "max_selections") ?? 1);
  const kind = stringOf(poll, "kind");
  return {
    question: oneLine(question, MAX_TEXT),
    answers: [...answers].map(([id, text]) => ({ id, text })),
    maxSelections: Math.min(Math.max(most, 1), answers.size),
    // What we do not know hides its counts: nothing is told too early.
    isDisclosed: kind === "m.disclosed" || kind === "org.matrix.msc3381.poll.disclosed",
    fallback: extensibleText(content, MAX_FALLBACK) ?? question,
  };
}

export interface PollPeople {
  readonly ownUserId: UserId;
  /** Whoever may redact others' messages may end their polls. */
  readonly mayRedact: (userId: UserId) => boolean;
}

/**
 * The poll with its votes: the latest of each person, none after its end, none with an answer that is not there
 * (those are spoiled), and no more answers than allowed.
 */
export function countPoll(
  poll: Poll,
  creator: UserId,
  rows: readonly VoteRow[],
  people: PollPeople,
): PollView {
  const mayEnd = (userId: UserId): boolean => userId === creator || people.mayRedact(userId);
  const ends = rows.filter((row) => isEnd(row.type) && mayEnd(row.sender)).map((row) => row.ts);
  const endedAt = ends.length === 0 ? null : Math.min(...ends);
  const latest = new Map<UserId, VoteRow>();
  for (const row of rows) {
    if (!isResponse(row.type) || (endedAt !== null && row.ts > endedAt)) continue;
    const before = latest.get(row.sender);
    if (before === undefined || isAfter(row, before)) latest.set(row.sender, row);
  }
  const ballots = new Map([...latest].map(([userId, row]) => [userId, validIn(poll, selectionsIn(row))]));
  const votes = new Map<string, number>();
  let voters = 0;
  for (const chosen of ballots.values()) {
    if (chosen.length > 0) voters += 1;
    for (const id of chosen) votes.set(id, (votes.get(id) ?? 0) + 1);
  }
  const isEnded = endedAt !== null;
  const isOpen = poll.isDisclosed || isEnded;
  return {
    question: poll.question,
    answers: poll.answers.map(({ id, text }) => ({ id, text, votes: isOpen ? (votes.get(id) ?? 0) : 0 })),
    maxSelections: poll.maxSelections,
    isDisclosed: poll.isDisclosed,
    isEnded,
    voters,
    chosen: ballots.get(people.ownUserId) ?? [],
    canEnd: !isEnded && mayEnd(people.ownUserId),
  };
}

/** The same poll with our own choice, which is on its way, in place of the one before. */
export function withBallot(view: PollView, selections: readonly string[]): PollView {
  if (view.isEnded) return view;
  const chosen = validIn(view, selections);
  const change = (id: string): number => Number(chosen.includes(id)) - Number(view.chosen.includes(id));
  return {
    ...view,
    answers: view.answers.map((one) =>
      view.isDisclosed ? { ...one, votes: one.votes + change(one.id) } : one,
    ),
    voters: view.voters + Number(chosen.length > 0) - Number(view.chosen.length > 0),
    chosen,
  };
}

/** The poll and the choice of a response that waits in the queue, or null for anything else. */
export function ballotIn(
  type: string,
  content: JsonObject,
): { readonly pollId: EventId; readonly selections: readonly string[] } | null {
  if (!isResponse(type)) return null;
  const pollId = stringOf(objectOf(content, "m.relates_to"), "event_id");
  return pollId === null ? null : { pollId: pollId as EventId, selections: selectionsOf(content) };
}

function validIn(
  poll: { readonly answers: readonly { readonly id: string }[]; readonly maxSelections: number },
  selections: readonly string[],
): readonly string[] {
  const chosen = [...new Set(selections)].slice(0, poll.maxSelections);
  return chosen.every((id) => poll.answers.some((answer) => answer.id === id)) ? chosen : [];
}

const isAfter = (a: VoteRow, b: VoteRow): boolean => (a.ts !== b.ts ? a.ts > b.ts : a.eventId > b.eventId);

function selectionsIn(row: VoteRow): readonly string[] {
  try {
    const raw: unknown = JSON.parse(row.raw);
    return isObject(raw) ? selectionsOf(objectOf(raw, "content")) : [];
  } catch {
    return [];
  }
}

function selectionsOf(content: JsonObject): readonly string[] {
  const list =
    content["m.selections"] ??
    objectOf(content, stable.response)["answers"] ??
    objectOf(content, unstable.response)["answers"];
  return Array.isArray(list)
    ? (list as readonly unknown[]).filter((one): one is string => typeof one === "string").slice(0, 100)
    : [];
}
