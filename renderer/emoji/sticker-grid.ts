// Stickers as the picker lays them out. Pure.

/** One sticker to choose. `src` null: it cannot be shown. */
export interface ShownSticker {
  readonly packId: string;
  readonly shortcode: string;
  readonly words: string;
  readonly src: string | null;
  readonly isOwn: boolean;
}

export interface ShownPack {
  readonly id: string;
  readonly name: string;
  readonly stickers: readonly ShownSticker[];
}

export interface StickerSection extends ShownPack {
  /** Index of its first cell among all. */
  readonly start: number;
}

/** The packs with what is called so, by its words or its shortcode; all of it without a query. */
export function findStickers(packs: readonly ShownPack[], query: string): readonly ShownPack[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return packs;
  return packs.map((pack) => ({
    ...pack,
    stickers: pack.name.toLowerCase().includes(wanted)
      ? pack.stickers
      : pack.stickers.filter(({ words, shortcode }) =>
          `${words} ${shortcode}`.toLowerCase().includes(wanted),
        ),
  }));
}

/** Those with something in them, each with the place of its first cell. */
export function sectionsOf(packs: readonly ShownPack[]): readonly StickerSection[] {
  let start = 0;
  return packs
    .filter(({ stickers }) => stickers.length > 0)
    .map((pack) => {
      const section = { ...pack, start };
      start += pack.stickers.length;
      return section;
    });
}

/** The lines of the grid: where each begins, and how long it is. */
export const linesOf = (
  sections: readonly StickerSection[],
  columns: number,
): readonly (readonly [start: number, length: number])[] =>
  sections.flatMap(({ start, stickers }) =>
    Array.from({ length: Math.ceil(stickers.length / columns) }, (_, i): readonly [number, number] => [
      start + i * columns,
      Math.min(columns, stickers.length - i * columns),
    ]),
  );
