// What was used most, on this computer: a convenience that may be lost, so the page keeps it.

const KEY = "dunlin.frequent-emoji";
const KEPT = 32;
const first = ["👍", "❤️", "😂", "🎉", "🙏", "👀", "✅", "🔥"];

type Counts = Record<string, number>;

function load(storage: Pick<Storage, "getItem">): Counts {
  try {
    const value: unknown = JSON.parse(storage.getItem(KEY) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter(([, count]) => typeof count === "number"));
  } catch {
    return {};
  }
}

/** The `count` most used emoji, filled up with those people use most. */
export function frequentEmoji(
  count: number,
  storage: Pick<Storage, "getItem"> = localStorage,
): readonly string[] {
  const used = Object.entries(load(storage)).sort(([, a], [, b]) => b - a);
  return [...new Set([...used.map(([text]) => text), ...first])].slice(0, count);
}

/** Counts one use; what was used long ago fades. */
export function noteEmoji(text: string, storage: Pick<Storage, "getItem" | "setItem"> = localStorage): void {
  const faded = Object.entries(load(storage)).map(([one, count]): [string, number] => [one, count * 0.97]);
  const counts = Object.fromEntries(faded);
  counts[text] = (counts[text] ?? 0) + 1;
  const kept = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .slice(0, KEPT);
  try {
    storage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    // A full storage forgets what was used; nothing else depends on it.
  }
}
