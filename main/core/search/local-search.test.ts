import { expect, it } from "vitest";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Clock } from "../platform.ts";
import type { DocRange, SearchDoc, SearchQueries } from "../store/queries/search.ts";
import { firstDocument } from "./document.ts";
import { LocalSearch } from "./local-search.ts";
import { parseQuery } from "./query.ts";

const DAY = 24 * 3_600_000;
const roomId = "!r:x" as RoomId;

/** Three years of documents, one a day, and a store where every statement takes its time, however narrow it asks. */
function slowStore(text: (day: number) => string) {
  const docs = Array.from({ length: 3 * 365 }, (_, day): SearchDoc => ({
    doc: firstDocument(Date.UTC(2023, 0, 1) + day * DAY),
    ...{ roomId, sender: "@a:x" as UserId, has: 0, text: text(day) },
  })).reverse();
  let now = 0;
  let reads = 0;
  const matches = {
    all({ newest, oldest, limit }: DocRange) {
      now += 50;
      reads += 1;
      return docs.filter(({ doc }) => doc <= newest && doc >= oldest).slice(0, limit);
    },
  };
  const queries = {
    range: { get: () => ({ newest: docs[0]?.doc, oldest: docs.at(-1)?.doc }) },
    matches,
  } as unknown as SearchQueries;
  const clock = { monotonic: () => now } as Clock;
  const search = new LocalSearch(queries, clock, parseQuery("heron"), { rooms: null, senders: null });
  return { search, docs, reads: () => reads };
}

it("comes to its end in a few steps where every statement is slow and nothing fits", () => {
  const { search, reads } = slowStore(() => "another bird");
  while (!search.isDone && reads() < 1000) expect(search.step(30, 8)).toEqual([]);
  expect(search.isDone).toBe(true);
  expect(reads()).toBeLessThan(20);
});

it("finds everything once, newest first, however many are asked for at a time", () => {
  const { search, docs } = slowStore((day) => (day % 3 === 0 ? "a heron" : "none"));
  const found: number[] = [];
  for (let turn = 0; !search.isDone; turn += 1)
    found.push(...search.step(1 + (turn % 40), 8).map(({ doc }) => doc));
  expect(found).toEqual(docs.filter(({ text }) => text === "a heron").map(({ doc }) => doc));
  expect(search.reached).toBe(0);
});
