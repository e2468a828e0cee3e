// How the cells of a picker lie in its lines. Pure.

/** Cells under one title. */
export interface Section<T> {
  readonly id: string;
  readonly title: string;
  readonly cells: readonly T[];
}

/** With the index of its first cell among all. */
export interface PlacedSection<T> extends Section<T> {
  readonly start: number;
}

/** Those with something in them, each with its place. */
export function placed<T>(sections: readonly Section<T>[]): readonly PlacedSection<T>[] {
  let start = 0;
  return sections
    .filter(({ cells }) => cells.length > 0)
    .map((section) => {
      const at = { ...section, start };
      start += section.cells.length;
      return at;
    });
}

/** The lines of the grid: where each begins, and how long it is. */
export const linesOf = (
  sections: readonly PlacedSection<unknown>[],
  columns: number,
): readonly (readonly [start: number, length: number])[] =>
  sections.flatMap(({ start, cells }) =>
    Array.from({ length: Math.ceil(cells.length / columns) }, (_, i): readonly [number, number] => [
      start + i * columns,
      Math.min(columns, cells.length - i * columns),
    ]),
  );
