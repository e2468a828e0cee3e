import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { TimelineItem } from "../../preload/contract/models/timeline.ts";
import { buildRows, GROUP_MS, noRows, type Row, type RowList } from "./rows.ts";
import { date, joined, message, redacted, sender, state } from "./testing/items.ts";

/** "a: $1 $2" per row, so that expectations read like the screen. */
function draw(list: RowList): string[] {
  return list.rows.map((row) =>
    row.kind === "run"
      ? `${row.run}(${row.items.map((item) => item.id).join(" ")})${row.isOpen ? " open" : ""}`
      : `${row.isFollower ? "  " : ""}${row.item.id}`,
  );
}
const emote = { type: "emote", text: "waves", html: null } as const;
const minute = 60_000;

const groups: readonly [string, readonly TimelineItem[], readonly string[]][] = [
  [
    "one sender within five minutes",
    [message("1"), message("2", "Ana", minute), message("3", "Ana", 2 * minute)],
    ["1", "  2", "  3"],
  ],
  ["five minutes of silence", [message("1"), message("2", "Ana", GROUP_MS)], ["1", "2"]],
  ["two senders", [message("1"), message("2", "Ben"), message("3")], ["1", "2", "3"]],
  [
    "a clock that runs backwards by little",
    [message("1", "Ana", minute), message("2", "Ana", 0)],
    ["1", "  2"],
  ],
  ["a day between", [message("1"), date("d"), message("2")], ["1", "d", "2"]],
  [
    "an emote stands for itself",
    [message("1"), message("2", "Ana", 0, emote), message("3")],
    ["1", "2", "3"],
  ],
  [
    "a new name must be seen (DSP-02)",
    [message("1"), { ...message("2"), sender: { ...sender("Ana"), name: "Anna" } }],
    ["1", "2"],
  ],
  ["people coming fold into one line", [joined("1", "Ana"), joined("2", "Ben")], ["changes(1 2)"]],
  ["one alone does not fold", [joined("1", "Ana"), message("2"), joined("3", "Ben")], ["1", "2", "3"]],
  [
    "other changes of state stand alone",
    [
      joined("1", "Ana"),
      joined("2", "Ben"),
      state("3", { type: "pinned", change: "changed", eventId: null }),
      joined("4", "Cara"),
    ],
    ["changes(1 2)", "3", "4"],
  ],
  [
    "what made the room is one line, whoever else comes stands alone",
    [
      state("1", { type: "created" }),
      joined("2", "Ana"),
      state("3", { type: "power-levels" }),
      state("4", { type: "encryption" }),
      joined("5", "Ben"),
      state("6", { type: "topic", from: null, to: "x" }),
    ],
    ["setup(1 2 3 4)", "5", "6"],
  ],
  ["a room of which only the creation is known", [state("1", { type: "created" }), message("2")], ["1", "2"]],
  ["deleted messages fold", [redacted("1"), redacted("2", "Ben"), message("3")], ["redacted(1 2)", "3"]],
  [
    "deleted and coming are two lines",
    [redacted("1"), redacted("2"), joined("3", "A"), joined("4", "B")],
    ["redacted(1 2)", "changes(3 4)"],
  ],
];
test.each(groups)("%s", (_situation, items, rows) => {
  expect(draw(buildRows(items))).toEqual(rows);
});

test.each(["kicked", "knock-denied"] as const)("who was %s is never folded away", (change) => {
  const { userId } = sender("Ben");
  const told = state("2", { type: "membership", change, target: userId, targetName: "Ben", reason: null });
  expect(draw(buildRows([joined("1", "Ana"), told, joined("3", "Cara")]))).toEqual(["1", "2", "3"]);
});

test("an unfolded run shows its line and then every item", () => {
  const items = [message("0"), joined("1", "Ana"), joined("2", "Ben"), message("3")];
  const folded = buildRows(items);
  const open = buildRows(items, folded, new Set(["1", "2"]));
  expect(draw(open)).toEqual(["0", "changes(1 2) open", "1", "2", "3"]);
  // One more joins: the run stays open, although it is not the same run.
  const more = buildRows([...items.slice(0, 3), joined("9", "Cara"), message("3")], open, open.unfolded);
  expect(draw(more)).toEqual(["0", "changes(1 2 9) open", "1", "2", "9", "3"]);
});

test("history put in above leaves the rows below as they are", () => {
  const below = Array.from({ length: 200 }, (_, i) => message(`b${i}`, i % 3 === 0 ? "Ana" : "Ben"));
  const before = buildRows(below);
  before.rows.forEach((row) => (row.height = 40));
  const after = buildRows([message("a0", "Ben"), message("a1", "Ben"), ...below], before);
  // The first of the old rows may now follow one above it; every other is the same object.
  expect(after.rows.slice(3)).toEqual(before.rows.slice(1));
  expect(after.rows.slice(3).every((row, i) => row === before.rows[i + 1])).toBe(true);
  expect(after.starts[3]).toBe(3);
});

test("the height of a rebuilt row is kept as the best guess", () => {
  const items = [message("1", "Ana"), message("2", "Ana")];
  const before = buildRows(items);
  before.rows.forEach((row) => (row.height = 44));
  const sent = { ...message("2", "Ana"), readByCount: 1 };
  const after = buildRows([message("0", "Ben"), items[0]!, sent], before);
  expect(after.rows.map((row) => row.height)).toEqual([-1, 44, 44]);
});

test("a whole new copy of the list, after a lost connection, keeps every height", () => {
  const before = buildRows(Array.from({ length: 3000 }, (_, i) => message(`m${i}`)));
  before.rows.forEach((row, i) => (row.height = i));
  const copy = JSON.parse(JSON.stringify(before.items)) as TimelineItem[];
  expect(buildRows(copy, before).rows.map((row) => row.height)).toEqual(before.rows.map((_, i) => i));
});

test("nothing new gives the same list", () => {
  const items = [message("1")];
  const list = buildRows(items);
  expect(buildRows(items, list)).toBe(list);
  expect(buildRows(items.slice(), list).rows[0]).toBe(list.rows[0]);
});

test("after any changes, rows are what they would be from scratch", () => {
  const kinds = fc.constantFrom("Ana", "Ben", "join", "redacted", "date", "created", "topic");
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat(3),
    insert: fc.array(kinds, { maxLength: 4 }),
    open: fc.boolean(),
  });
  let ids = 0;
  const make = (kind: string): TimelineItem => {
    const id = `i${ids++}`;
    if (kind === "join") return joined(id, "Cara");
    if (kind === "created") return state(id, { type: "created" });
    if (kind === "topic") return state(id, { type: "topic", from: null, to: "x" });
    if (kind === "redacted") return redacted(id);
    return kind === "date" ? date(id) : message(id, kind);
  };
  const strip = (rows: readonly Row[]) => rows.map((row) => ({ ...row, height: 0 }));
  fc.assert(
    fc.property(fc.array(kinds, { maxLength: 12 }), fc.array(edit, { maxLength: 8 }), (first, edits) => {
      let items = first.map(make);
      let unfolded: ReadonlySet<string> = new Set();
      let list = buildRows(items, noRows, unfolded);
      for (const { at, remove, insert, open } of edits) {
        const from = items.length === 0 ? 0 : at % (items.length + 1);
        items = [...items.slice(0, from), ...insert.map(make), ...items.slice(from + remove)];
        const some = items[from];
        if (open && some !== undefined) unfolded = new Set([...unfolded, some.id]);
        list = buildRows(items, list, unfolded);
        const scratch = buildRows(items, noRows, unfolded);
        expect(strip(list.rows)).toEqual(strip(scratch.rows));
        expect(list.starts).toEqual(scratch.starts);
      }
    }),
    { numRuns: 2000 },
  );
});
