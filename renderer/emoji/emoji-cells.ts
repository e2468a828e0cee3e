import type { PackPicture, PicturePack } from "../../preload/contract/models/sticker.ts";

/** One cell of the picker: an emoji, or a picture that stands for one. */
export interface EmojiCell {
  /** What picking it gives. */
  readonly text: string;
  readonly name: string;
  /** The picture; null where it cannot be shown, absent where the text is what is shown. */
  readonly src?: string | null;
  /** The custom emoji that it is. */
  readonly picture?: PackPicture;
}

export type CustomCell = EmojiCell & { readonly picture: PackPicture };

/** Custom emoji of one pack. */
export interface CustomGroup {
  readonly id: string;
  readonly title: string;
  readonly emoji: readonly CustomCell[];
}

/** The custom emoji of these packs; of two of one name each says in its own which pack it is of. Pure. */
export const customGroups = (
  packs: readonly PicturePack[],
  { own, named, resourceUrl }: CustomWords,
): readonly CustomGroup[] =>
  packs.map(({ id, name, isOwn, emoji }) => {
    const title = isOwn ? own : name;
    return {
      ...{ id, title },
      emoji: emoji.map((picture) => ({
        ...{ text: `:${picture.shortcode}:`, name: named(picture.words, title), picture },
        src: resourceUrl(picture.path),
      })),
    };
  });

export interface CustomWords {
  /** What our own pack is called. */
  readonly own: string;
  /** A picture and the pack it is of. */
  readonly named: (words: string, pack: string) => string;
  readonly resourceUrl: (path: string | null) => string | null;
}

/** What is called so, by its words or its name between the colons. Pure. */
export function findCustom(groups: readonly CustomGroup[], query: string): readonly EmojiCell[] {
  const wanted = query.trim().toLowerCase();
  return groups.flatMap(({ emoji }) =>
    emoji.filter(({ text, name }) => `${text} ${name}`.toLowerCase().includes(wanted)),
  );
}
