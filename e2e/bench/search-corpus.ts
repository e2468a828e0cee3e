// A million things people said, the same every time: words as unequal as in a language, some scripts without blanks, a
// few links and files, and words that were said hardly ever.

/** What stands in a message. */
export type Content = Readonly<Record<string, unknown>>;

/** Said once in so many messages. */
const SELDOM = 200_003;
const RARE = "quokka";
const VOCABULARY = 6000;
const syllables =
  "an ber cha den el fro gar hal in jo kal lun mor nes or pit qua ras sen tor ul ven wis xi yor zam shi tra ple".split(
    " ",
  );
const frequent =
  "the dunlin runs along wet sand and probes for worms while tide goes out harbour lantern meeting tomorrow evening".split(
    " ",
  );
const unspaced = [
  "明日の会議は三時からです",
  "港で写真を撮りました",
  "今日は風が強いですね",
  "鳥が砂浜を走っている",
];

/** Numbers that look like chance and are not: the same for the same seed, 0 … 2^32 - 1 (mulberry32). */
function scramble(seed: number): number {
  let t = (seed + 0x6d2b79f5) >>> 0;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

const share = (seed: number): number => scramble(seed) / 2 ** 32;

function inventedWord(index: number): string {
  const parts = 2 + (index % 3);
  return Array.from(
    { length: parts },
    (_, part) => syllables[scramble(index * 7 + part) % syllables.length],
  ).join("");
}

const words: readonly string[] = [
  ...frequent,
  ...Array.from({ length: VOCABULARY - frequent.length }, (_, index) => inventedWord(index)),
];

/** The tenth word is said a tenth as often as the first (Zipf). */
const wordFor = (seed: number): string => words[Math.floor(VOCABULARY ** share(seed)) - 1] ?? "the";

function sentence(seed: number): string {
  const length = 3 + (scramble(seed) % 15);
  return Array.from({ length }, (_, at) => wordFor(seed * 31 + at)).join(" ");
}

/** The message with this number. */
export function contentAt(index: number): Content {
  if (index % SELDOM === 1000) return text(`${sentence(index)} ${RARE} ${sentence(index + 1)}`);
  if (index % 50 === 7) return text(unspaced[scramble(index) % unspaced.length] ?? "");
  if (index % 40 === 3) return text(`${sentence(index)} https://example.org/${index}`);
  if (index % 60 === 11)
    return { msgtype: "m.image", body: `${wordFor(index)}-${index}.jpg`, url: `mxc://bench/${index}` };
  return text(sentence(index));
}

/** Who said it, among so many people. */
export const speakerAt = (index: number, people: number): number => scramble(index * 3) % people;

const text = (body: string): Content => ({ msgtype: "m.text", body });

/**
 * What is asked for at the core, each with an answer somewhere: often said and hardly ever, parts of words, phrases, short
 * ones, scripts without blanks, and every filter.
 */
export const questions: readonly string[] = [
  "tide",
  "harbour lantern",
  "meeting tomorrow evening",
  RARE,
  "uokk",
  '"the dunlin"',
  "the and for",
  "t",
  "th",
  "会議",
  "議",
  "砂浜を走",
  "example.org",
  "tide has:link",
  "has:image",
  "sand from:person-17",
  "worms in:00042",
  "tide before:2024-06",
  "harbour after:2024-03 before:2024-05 has:link",
  `${inventedWord(4000)}`,
];

/** Common letters that never stand together so: all of the index has to be looked through. */
export const inVain: readonly string[] = [
  '"tide the harbour lantern"',
  "denberchaqua",
  '"sand sand sand sand"',
];

/** What is typed in the page, key by key; every beginning of it is found. */
export const typed: readonly string[] = ["tide", "harbour", "lantern", RARE, "evening", "worms"];
