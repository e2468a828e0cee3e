/** One cell of the picker: an emoji, or a picture that stands for one. */
export interface EmojiCell {
  /** What picking it gives. */
  readonly text: string;
  readonly name: string;
  /** The picture; null where it cannot be shown, absent where the text is what is shown. */
  readonly src?: string | null;
}

/** Custom emoji of one pack. */
export interface CustomGroup {
  readonly id: string;
  readonly title: string;
  readonly emoji: readonly EmojiCell[];
}

/** What is called so, by its words or its name between the colons. Pure. */
export function findCustom(groups: readonly CustomGroup[], query: string): readonly EmojiCell[] {
  const wanted = query.trim().toLowerCase();
  return groups.flatMap(({ emoji }) =>
    emoji.filter(({ text, name }) => `${text} ${name}`.toLowerCase().includes(wanted)),
  );
}
