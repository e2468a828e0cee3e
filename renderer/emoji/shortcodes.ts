// Every emoji with its names, from emojibase (MIT, Unicode data). Half a megabyte that nobody needs for the first
// screen: loaded when somebody types a colon, and shared with the picker.

export interface Emoji {
  readonly unicode: string;
  /** What it is called: "grinning face". */
  readonly label: string;
  /** Without colons, the usual one first. */
  readonly shortcodes: readonly string[];
  readonly tags: readonly string[];
  /** Of Unicode: 0 smileys, 1 people, 3 animals, 4 food, 5 travel, 6 activities, 7 objects, 8 symbols, 9 flags. */
  readonly group: number;
}

let loaded: Promise<readonly Emoji[]> | null = null;

/** All emoji in the order of Unicode; a load that failed is tried again. */
export function loadEmoji(): Promise<readonly Emoji[]> {
  loaded ??= Promise.all([
    import("emojibase-data/en/compact.json"),
    import("emojibase-data/en/shortcodes/emojibase.json"),
    import("emojibase-data/en/shortcodes/github.json"),
  ])
    .then(([list, own, github]) => list.default.flatMap((one) => emojiOf(one, [github.default, own.default])))
    .catch((error: unknown) => {
      loaded = null;
      throw error;
    });
  return loaded;
}

interface Entry {
  readonly hexcode: string;
  readonly unicode: string;
  readonly label: string;
  readonly tags?: readonly string[];
  readonly group?: number;
}
type Codes = Readonly<Record<string, string | readonly string[] | undefined>>;

function emojiOf(one: Entry, sources: readonly Codes[]): readonly Emoji[] {
  const shortcodes = [...new Set(sources.flatMap((codes) => codes[one.hexcode] ?? []))];
  // Parts of flags and the like have no name: nobody types them alone.
  return shortcodes.length === 0
    ? []
    : [{ unicode: one.unicode, label: one.label, shortcodes, tags: one.tags ?? [], group: one.group ?? 8 }];
}

/** Emoji whose shortcode, name or tag fits, best first: those that begin with it, then those that contain it. */
export function findEmoji(all: readonly Emoji[], query: string, most: number): readonly Emoji[] {
  const wanted = query.toLowerCase();
  const rank = (one: Emoji): number => {
    if (one.shortcodes.includes(wanted)) return 0;
    if (one.shortcodes.some((code) => code.startsWith(wanted))) return 1;
    if (one.tags.some((tag) => tag.startsWith(wanted))) return 2;
    return one.shortcodes.some((code) => code.includes(wanted)) || one.label.includes(wanted) ? 3 : 9;
  };
  return all
    .map((one) => ({ one, rank: rank(one) }))
    .filter((entry) => entry.rank < 9)
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map(({ one }) => one);
}
