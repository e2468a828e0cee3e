// Text as searches compare it: without case, diacritics and invisible characters, blanks made one. Pure. What is searched and what
// is searched for are folded alike, and a match found in folded text is shown in the original.

/** Zero-width characters, direction marks and soft hyphens: nothing anybody would type into a search field. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFE00-\uFE0F\uFEFF]/g;
/** Combining marks of Latin, Greek and Cyrillic. Those of other scripts change the letter, not its ornament. */
const marks = /[\u0300-\u036F]/g;
const blank = /\s/u;
const plain = /^[\x20-\x7E]*$/;

/** Letters that do not come apart into a base and a mark. */
const alike = new Map<string, string>([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ł", "l"],
  ["ħ", "h"],
  ["ı", "i"],
  ["ς", "σ"],
  ["’", "'"],
  ["‘", "'"],
  ["“", '"'],
  ["”", '"'],
]);

const known = new Map<string, string>();
/** Scripts are finite, but what strangers send need not fill the memory. */
const MOST_KNOWN = 20_000;

function foldCharacter(character: string): string {
  const cached = known.get(character);
  if (cached !== undefined) return cached;
  const lower = character.normalize("NFKD").replace(invisible, "").toLowerCase().normalize("NFKD");
  const folded = Array.from(lower.replace(marks, "").normalize("NFC"), (one) => alike.get(one) ?? one).join(
    "",
  );
  if (known.size < MOST_KNOWN) known.set(character, folded);
  return folded;
}

export interface Folded {
  readonly text: string;
  /** For each code unit of `text` where its character begins in the original, and one more for the end. */
  readonly origin: readonly number[];
}

/** Folded text and where each of its characters comes from. */
export function foldWithOrigin(original: string): Folded {
  let text = "";
  const origin: number[] = [];
  let at = 0;
  let wasBlank = true;
  for (const character of original) {
    const isBlank = blank.test(character);
    const folded = isBlank ? (wasBlank ? "" : " ") : foldCharacter(character);
    for (let i = 0; i < folded.length; i++) origin.push(at);
    text += folded;
    if (isBlank || folded !== "") wasBlank = isBlank;
    at += character.length;
  }
  origin.push(at);
  return { text, origin };
}

export function fold(original: string): string {
  const composed = original.normalize("NFC");
  if (plain.test(composed)) return composed.toLowerCase().replace(/ +/g, " ").replace(/^ /, "");
  return foldWithOrigin(composed).text;
}
