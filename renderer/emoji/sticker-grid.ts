// Stickers as the picker shows and finds them. Pure.

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
