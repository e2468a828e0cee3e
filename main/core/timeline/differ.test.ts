import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyListChanges } from "../../../preload/contract/list-change.ts";
import { diffLists } from "./differ.ts";

interface Item {
  readonly id: string;
  readonly value: number;
}
const items = (text: string): Item[] => [...text].map((id) => ({ id, value: 0 }));

describe("the differ", () => {
  const lists = fc.uniqueArray(
    fc.record({ id: fc.integer({ min: 0, max: 30 }).map(String), value: fc.integer({ min: 0, max: 2 }) }),
    { selector: (item) => item.id, maxLength: 25 },
  );

  test("gives changes that make the new list of the old one", () => {
    fc.assert(
      fc.property(lists, lists, (before, after) => {
        expect(applyListChanges(before, diffLists(before, after))).toEqual(after);
      }),
      { numRuns: 5000 },
    );
  });

  test("says nothing when nothing changed, also when every object is new", () => {
    fc.assert(
      fc.property(lists, (list) => {
        expect(diffLists(list, structuredClone(list))).toEqual([]);
      }),
    );
  });

  test("never touches an item that is the same in a list that only grew", () => {
    fc.assert(
      fc.property(lists, lists, (older, list) => {
        const fresh = older.map((item) => ({ ...item, id: `older ${item.id}` }));
        const changes = diffLists(list, [...fresh, ...list]);
        if (list.length === 0) return;
        expect(changes).toEqual(fresh.length === 0 ? [] : [{ op: "insert", at: 0, items: fresh }]);
      }),
    );
  });

  test("makes one replacement of an echo that takes the place of what was sent", () => {
    const before = items("abc");
    const echo = { id: "c", value: 1 };
    expect(diffLists(before, [...before.slice(0, 2), echo])).toEqual([{ op: "replace", at: 2, item: echo }]);
  });

  test("moves an echo the server ordered elsewhere and leaves the others alone", () => {
    const [a, b, c] = items("abc") as [Item, Item, Item];
    const d = { id: "d", value: 0 };
    expect(diffLists([a, b, c], [a, b, d, c])).toEqual([{ op: "insert", at: 2, items: [d] }]);
    expect(diffLists([a, b, c], [a, c, b])).toHaveLength(2);
  });

  test("starts anew when nothing is left of what was there", () => {
    const after = items("xyz");
    expect(diffLists(items("abc"), after)).toEqual([{ op: "reset", items: after }]);
  });
});
