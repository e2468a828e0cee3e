import { readFileSync } from "node:fs";
import { join } from "node:path";

// The specification's own examples of events, and what becomes of them when they are bent.

export type Example = Readonly<Record<string, unknown>>;

/**
 * The 89 examples of the Matrix specification (github.com/matrix-org/matrix-spec, `data/event-schemas/examples` at
 * d0ba2aaef801e0134a4e5c6054a2c2f41bb55531), their references resolved, by name. Copyright of The Matrix.org Foundation C.I.C.
 * and the authors of the specification, under the Apache License 2.0.
 */
export const specExamples = JSON.parse(
  readFileSync(join(import.meta.dirname, "spec-events.json"), "utf8"),
) as Readonly<Record<string, unknown>>;

/** mulberry32: small, and the same on every machine. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const deep = (depth: number): unknown => (depth === 0 ? "x" : { a: [deep(depth - 1)] });
const strange: readonly unknown[] = [
  ...[null, true, false, 0, -1, 0.5, 1e308, -1e308, 2 ** 53, "", " ", "\u0000", "\ud800", [], {}],
  ...[
    "\u202eabc\u2066",
    "x\u0301".repeat(50),
    `Z${"\u0336".repeat(500)}`,
    "w".repeat(10_000),
    "🏴‍☠️".repeat(40),
  ],
  ...[
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<b>".repeat(300),
    "<a href=javascript:1>x</a>",
  ],
  ...[
    "mxc://../../x",
    "mxc://example.org/abc",
    "geo:999,999",
    "geo:1,2;u=-1",
    "javascript:alert(1)",
    "$self",
    "@:",
  ],
  ...[
    "m.text",
    "m.location",
    "m.image",
    "org.matrix.custom.html",
    "m.replace",
    "m.reference",
    "m.poll.start",
  ],
  ...[
    [null],
    [[]],
    [{}],
    { "m.text": [{ body: "x" }] },
    { rel_type: "m.replace", event_id: "$self" },
    deep(40),
  ],
  JSON.parse('{"__proto__":{"toString":1},"constructor":5,"hasOwnProperty":"x"}'),
];
const keys = (
  "type sender content msgtype body format formatted_body url info file m.relates_to m.new_content m.mentions unsigned " +
  "state_key redacts origin_server_ts geo_uri m.poll m.selections external_url membership displayname users w h size " +
  "transaction_id redacted_because prev_content m.text org.matrix.msc1767.text __proto__ constructor"
).split(" ");

/** A copy: what is bent twice must not bend what others get. */
const fresh = (value: unknown): unknown =>
  typeof value === "object" && value !== null ? JSON.parse(JSON.stringify(value)) : value;

/** Bends the example in a few places: other values, other keys, missing ones, the whole in a list. */
function bend(example: Example, next: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  const copy: unknown = JSON.parse(JSON.stringify(example));
  for (let times = 1 + Math.floor(next() * 4); times > 0; times--) {
    let place = copy as Record<string, unknown>;
    // Down a random way, more often near the top.
    for (let depth = Math.floor(next() * 4); depth > 0; depth--) {
      const inner = Object.values(place).filter((value) => typeof value === "object" && value !== null);
      if (inner.length === 0) break;
      place = pick(inner) as Record<string, unknown>;
    }
    const own = Object.keys(place);
    const key = own.length > 0 && next() < 0.6 ? pick(own) : pick(keys);
    const how = next();
    if (how < 0.2) delete place[key];
    else if (how < 0.3) place[key] = [place[key]];
    else
      Object.defineProperty(place, key, {
        value: fresh(pick(strange)),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return next() < 0.005 ? [copy] : copy;
}

const examples = Object.values(specExamples).filter(
  (value): value is Example => typeof value === "object" && value !== null && !Array.isArray(value),
);

/** One of the examples bent in a few places, the same for the same number everywhere; `own` is put into it before. */
export function bentExample(number: number, own: Example): unknown {
  const example = examples[number % examples.length] ?? {};
  return bend({ ...example, ...own }, numbers(number + 1));
}
