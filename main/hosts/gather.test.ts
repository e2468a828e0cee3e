import fc from "fast-check";
import { expect, test } from "vitest";
import { applyListChanges, type ListChange } from "../../preload/contract/list-change.ts";
import type { Connection } from "../../preload/contract/models/session.ts";
import { gather, type Gathered } from "./gather.ts";

const live: Connection = { state: "live" };
const starting: Connection = { state: "starting" };

test("of whole values only the last one counts", () => {
  expect(gather.connection([starting, live])).toBe(live);
  expect(gather.connection([starting])).toBe(starting);
});

test("steps of a list are kept in order", () => {
  const first = [{ op: "remove", at: 3, count: 1 }] as const;
  const second = [{ op: "remove", at: 3, count: 2 }] as const;
  expect(gather.outbox([first, second])).toEqual([...first, ...second]);
});

test("what came before a reset is left out", () => {
  const reset = { op: "reset", items: [] } as const;
  const after = { op: "remove", at: 0, count: 1 } as const;
  expect(gather.roomList([[{ op: "remove", at: 0, count: 1 }], [reset, after]])).toEqual([reset, after]);
});

test("a timeline keeps its steps and the last word on older history", () => {
  const step = { op: "remove", at: 0, count: 1 } as const;
  expect(
    gather.timeline([{ items: [step], older: "loading" }, { items: [], older: "idle" }, { items: [step] }]),
  ).toEqual({
    items: [step, step],
    older: "idle",
  });
  expect(gather.timeline([{ items: [step] }, { items: [] }])).toEqual({ items: [step] });
});

/** A step that fits a list of `length`, and how long the list is afterwards. */
const step = (length: number, n: number): ListChange<number> => {
  const kind = n % 4;
  if (kind === 0 || length === 0) return { op: "insert", at: n % (length + 1), items: [n, n + 1] };
  if (kind === 1) return { op: "remove", at: n % length, count: 1 };
  if (kind === 2) return { op: "replace", at: n % length, item: n };
  return { op: "reset", items: [n] };
};

test("a timeline around an event keeps the last word on newer history and on the event", () => {
  const focus = { state: "shown", target: "$a" } as const;
  expect(
    gather.timeline([
      { items: [], newer: "loading" },
      { items: [], focus },
      { items: [], newer: "exhausted" },
    ]),
  ).toEqual({ items: [], newer: "exhausted", focus });
});

test("the gathered change leads to the same list as the changes one by one", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(1000), { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      (seeds) => {
        let list: readonly number[] = [1, 2, 3];
        const changes = seeds.map((numbers) =>
          numbers.map((n) => {
            const change = step(list.length, n);
            list = applyListChanges(list, [change]);
            return change;
          }),
        );
        const gathered = gather.outbox(
          changes as unknown as Gathered<never>,
        ) as unknown as ListChange<number>[];
        expect(applyListChanges([1, 2, 3], gathered)).toEqual(list);
      },
    ),
  );
});
