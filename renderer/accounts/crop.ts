// Which square of a picture becomes an avatar. Pure.

export interface Crop {
  /** 1: the largest square there is; 3: a third of it. */
  readonly zoom: number;
  /** Where the square lies: 0 at the start, 1 at the end of what is left over. */
  readonly x: number;
  readonly y: number;
}

/** Pixels of the picture: left, top and side of the square, always within it. */
export function squareOf(
  { width, height }: { readonly width: number; readonly height: number },
  { zoom, x, y }: Crop,
): { readonly left: number; readonly top: number; readonly side: number } {
  const side = Math.min(width, height) / Math.min(Math.max(zoom, 1), 3);
  const within = (part: number): number => Math.min(Math.max(part, 0), 1);
  return { left: (width - side) * within(x), top: (height - side) * within(y), side };
}
