// Pure: glob patterns of push rules (Appendices, "Glob-style matching"): `*` is any text, `?` any one character, case
// does not matter. Rules come from the server and texts from anybody, so no regular expression is made of either: time
// is at most text × pattern, whatever they are.

const characters = (text: string): readonly string[] => [...text.toLowerCase()];

const isPlain = (pattern: string): boolean => !pattern.includes("*") && !pattern.includes("?");
const isEdge = (character: string | undefined): boolean =>
  character === undefined || character === "" || !/^[a-z0-9_]$/i.test(character);

/** Does the pattern match the whole text? */
export function matchesWhole(pattern: string, text: string): boolean {
  // Nearly all: a first sync asks this of every event many times.
  if (isPlain(pattern)) return pattern === text || pattern.toLowerCase() === text.toLowerCase();
  return simulate(characters(pattern), characters(text), {
    startsAt: (at) => at === 0,
    endsAt: (at, length) => at === length,
  });
}

/** Does it match a part of the text that starts and ends at a word boundary (event_match, content.body)? */
export function matchesWords(pattern: string, text: string): boolean {
  if (isPlain(pattern)) return containsWords(pattern, text);
  const body = characters(text);
  return simulate(characters(pattern), body, {
    startsAt: (at) => isEdge(body[at - 1]),
    endsAt: (at) => isEdge(body[at]),
  });
}

/** Does the text contain these words, as they are, between word boundaries? */
export function containsWords(words: string, text: string): boolean {
  const [body, wanted] = [text.toLowerCase(), words.toLowerCase()];
  for (let at = body.indexOf(wanted); at >= 0 && at <= body.length; at = body.indexOf(wanted, at + 1)) {
    if (isEdge(body.charAt(at - 1)) && isEdge(body.charAt(at + wanted.length))) return true;
    if (at === body.length) return false;
  }
  return false;
}

interface Ends {
  readonly startsAt: (at: number, length: number) => boolean;
  readonly endsAt: (at: number, length: number) => boolean;
}

/** Runs all ways to match side by side: `open[p]` says that the first p signs of the pattern match up to here. */
function simulate(pattern: readonly string[], text: readonly string[], { startsAt, endsAt }: Ends): boolean {
  const end = pattern.length;
  let open = new Uint8Array(end + 1);
  let next = new Uint8Array(end + 1);
  for (let at = 0; ; at++) {
    if (startsAt(at, text.length)) open[0] = 1;
    // A star may match nothing.
    for (let p = 0; p < end; p++) if (open[p] === 1 && pattern[p] === "*") open[p + 1] = 1;
    if (open[end] === 1 && endsAt(at, text.length)) return true;
    const character = text[at];
    if (character === undefined) return false;
    next.fill(0);
    for (let p = 0; p < end; p++) {
      if (open[p] !== 1) continue;
      if (pattern[p] === "*") next[p] = 1;
      else if (pattern[p] === "?" || pattern[p] === character) next[p + 1] = 1;
    }
    [open, next] = [next, open];
  }
}
