export interface Box {
  readonly width: number;
  readonly height: number;
}

const most = { image: [480, 360], video: [480, 360], sticker: [192, 192] } as const;
/** A sender's numbers may be nonsense: no picture is thinner than this, px, so that it can be hit. */
const LEAST = 48;

/** The space a picture takes in the timeline, px, known before a byte of it is loaded and never changed after. */
export function mediaBox(
  width: number | null,
  height: number | null,
  kind: keyof typeof most = "image",
): Box {
  const [mostWidth, mostHeight] = most[kind];
  if (width === null || height === null || width <= 0 || height <= 0) {
    return { width: Math.min(320, mostWidth), height: Math.min(240, mostHeight) };
  }
  const scale = Math.min(1, mostWidth / width, mostHeight / height);
  const fit = (px: number, limit: number) => Math.min(limit, Math.max(LEAST, Math.round(px * scale)));
  return { width: fit(width, mostWidth), height: fit(height, mostHeight) };
}
