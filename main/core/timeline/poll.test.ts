import fc from "fast-check";
import { PollStartEvent } from "matrix-js-sdk/lib/extensible_events_v1/PollStartEvent.js";
import { describe, expect, test } from "vitest";
import type { EventId, UserId } from "../../../preload/contract/ids.ts";
import type { VoteRow } from "../store/queries/timeline.ts";
import { pollEnd, pollStart, pollVote } from "./poll-content.ts";
import { ballotIn, countPoll, noVotes, parsePoll, withBallot } from "./poll.ts";

const ana = "@ana:example.org" as UserId;
const ben = "@ben:example.org" as UserId;
const cleo = "@cleo:example.org" as UserId;
const pollId = "$poll" as EventId;
const people = { ownUserId: ben, mayRedact: (userId: UserId) => userId === cleo };

const asked = pollStart(
  { question: "Where?", answers: ["Pier", "Harbour", "Dune"], maxSelections: 2, isDisclosed: true },
  (at) => `id${at}`,
);
const poll = parsePoll(asked.content)!;

let events = 0;
const row = (sender: UserId, type: string, body: object, ts: number): VoteRow => ({
  eventId: `$v${++events}` as EventId,
  target: pollId,
  type,
  sender,
  ts,
  raw: JSON.stringify({ content: body }),
});
const vote = (sender: UserId, ids: readonly string[], ts: number): VoteRow => {
  const { eventType, content: body } = pollVote(pollId, "m.poll.start", ids);
  return row(sender, eventType, body, ts);
};
const oldVote = (sender: UserId, ids: readonly string[], ts: number): VoteRow => {
  const { eventType, content: body } = pollVote(pollId, "org.matrix.msc3381.poll.start", ids);
  return row(sender, eventType, body, ts);
};
const end = (sender: UserId, ts: number): VoteRow =>
  row(sender, "m.poll.end", pollEnd(pollId, "m.poll.start", "x").content, ts);
const counts = (rows: readonly VoteRow[]) =>
  countPoll(poll, ana, rows, people).answers.map(({ votes }) => votes);

test("what we send is what we read", () => {
  expect(poll).toEqual({
    question: "Where?",
    answers: [
      { id: "id0", text: "Pier" },
      { id: "id1", text: "Harbour" },
      { id: "id2", text: "Dune" },
    ],
    maxSelections: 2,
    isDisclosed: true,
    fallback: "Where?\n1. Pier\n2. Harbour\n3. Dune",
  });
});

test("what we send is what matrix-js-sdk reads, and what clients that know no polls show", () => {
  const read = new PollStartEvent({ type: asked.eventType, content: asked.content as never });
  expect(read).toMatchObject({ question: { text: "Where?" }, maxSelections: 2 });
  expect(read.kind.name).toMatch(/poll\.disclosed$/);
  expect(read.answers.map(({ id, text }) => [id, text])).toEqual([
    ["id0", "Pier"],
    ["id1", "Harbour"],
    ["id2", "Dune"],
  ]);
  expect(asked.content["body"]).toBe("Where?\n1. Pier\n2. Harbour\n3. Dune");
});

test("polls by their names of before are polls", () => {
  const old = {
    "org.matrix.msc1767.text": "What?\n1. a\n2. b",
    "org.matrix.msc3381.poll.start": {
      kind: "org.matrix.msc3381.poll.undisclosed",
      max_selections: 1,
      question: { "org.matrix.msc1767.text": "What?", body: "What?", msgtype: "m.text" },
      answers: [
        { id: "a", "org.matrix.msc1767.text": "A" },
        { id: "b", "org.matrix.msc1767.text": "B" },
      ],
    },
  };
  expect(parsePoll(old)).toMatchObject({ question: "What?", isDisclosed: false, maxSelections: 1 });
});

describe("counting", () => {
  test("the latest vote of each person counts, whichever name it has", () => {
    expect(counts([vote(ana, ["id0"], 1), oldVote(ben, ["id1"], 2), vote(ana, ["id1"], 3)])).toEqual([
      0, 2, 0,
    ]);
  });

  test("the order in which they are stored does not matter", () => {
    const rows = [vote(ana, ["id0"], 1), vote(ben, ["id1"], 2), vote(ana, ["id2"], 3), end(ana, 9)];
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: 4 }), (shuffled) => {
        expect(counts(shuffled)).toEqual([0, 1, 1]);
      }),
    );
  });

  test("more answers than allowed are cut, one that is not there spoils the vote, none takes it back", () => {
    expect(counts([vote(ana, ["id0", "id1", "id2"], 1)])).toEqual([1, 1, 0]);
    expect(counts([vote(ana, ["id0", "nowhere"], 1)])).toEqual([0, 0, 0]);
    expect(counts([vote(ana, ["id0"], 1), vote(ana, [], 2)])).toEqual([0, 0, 0]);
    expect(counts([vote(ana, ["id0", "id0"], 1)])).toEqual([1, 0, 0]);
  });

  test("who asked may end it, and who may redact; nobody else; what comes later does not count", () => {
    const early = vote(ben, ["id0"], 1);
    const late = vote(ben, ["id1"], 5);
    expect(countPoll(poll, ana, [early, end(ben, 3), late], people)).toMatchObject({ isEnded: false });
    for (const ender of [ana, cleo])
      expect(countPoll(poll, ana, [early, end(ender, 3), late], people)).toMatchObject({
        isEnded: true,
        canEnd: false,
        chosen: ["id0"],
      });
  });

  test("an undisclosed poll tells its counts when it has ended, and our own choice always", () => {
    const hidden = { ...poll, isDisclosed: false };
    const rows = [vote(ben, ["id0"], 1)];
    const open = countPoll(hidden, ana, rows, people);
    expect(open.answers.map(({ votes }) => votes)).toEqual([0, 0, 0]);
    expect(open).toMatchObject({ voters: 1, chosen: ["id0"] });
    const closed = countPoll(hidden, ana, [...rows, end(ana, 2)], people);
    expect(closed.answers.map(({ votes }) => votes)).toEqual([1, 0, 0]);
  });
});

test("our vote on its way counts already, once", () => {
  const view = countPoll(poll, ana, [vote(ben, ["id0"], 1), vote(ana, ["id0"], 1)], people);
  const { eventType, content: body } = pollVote(pollId, "m.poll.start", ["id1", "id2"]);
  const ballot = ballotIn(eventType, body);
  expect(ballot).toEqual({ pollId, selections: ["id1", "id2"] });
  const next = withBallot(view, ballot!.selections);
  expect(next.answers.map(({ votes }) => votes)).toEqual([1, 1, 1]);
  expect(next).toMatchObject({ voters: 2, chosen: ["id1", "id2"] });
  expect(withBallot(next, ["id1", "id2"])).toEqual(next);
  expect(withBallot(next, [])).toMatchObject({ voters: 1, chosen: [] });
});

test("whatever stands in a poll, it is a whole one or none", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.jsonValue()), (start, votes) => {
      const parsed = parsePoll({ "m.poll": start, body: "x" });
      if (parsed === null) return;
      const rows = votes.map((body, at) => row(ana, "m.poll.response", body as never, at));
      const view = countPoll(parsed, ana, rows, people);
      expect(view.answers.length).toBeGreaterThan(0);
    }),
  );
  expect(countPoll(poll, ana, noVotes, people).voters).toBe(0);
});
