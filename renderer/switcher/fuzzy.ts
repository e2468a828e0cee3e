// Pure: how well a name fits what was typed, when its letters stand in the name in their order.

/** Higher is better; null when it does not fit. Both folded (lower case, no accents). */
export function fuzzyScore(name: string, query: string): number | null {
  if (query === "") return 0;
  const at = name.indexOf(query);
  // A piece as it was typed stands over scattered letters; the beginning over the middle, of a word too.
  if (at === 0) return 1000 - Math.min(name.length, 200);
  if (at > 0) return (isWordStart(name, at) ? 700 : 500) - Math.min(at, 200);
  return scattered(name, query);
}

function scattered(name: string, query: string): number | null {
  let score = 200;
  let from = 0;
  let last = -1;
  for (const letter of query) {
    if (letter === " ") continue;
    const at = name.indexOf(letter, from);
    if (at === -1) return null;
    if (isWordStart(name, at)) score += 10;
    else if (at === last + 1) score += 4;
    else score -= Math.min(at - last, 10);
    last = at;
    from = at + letter.length;
  }
  return score;
}

const isWordStart = (name: string, at: number): boolean =>
  at === 0 || !/[\p{L}\p{N}]/u.test(name.charAt(at - 1));
