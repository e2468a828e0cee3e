import type { Box } from "./media-box.ts";

/** Sizes that servers make ahead; another one is made on the spot, or not at all. Px. */
const sizes = [
  { width: 320, height: 240 },
  { width: 640, height: 480 },
  { width: 800, height: 600 },
] as const;

/** The path of the smallest thumbnail that fills the box on this screen; a path that names no size stays as it is. */
export function thumbnailFor(path: string | null, box: Box, pixelRatio: number): string | null {
  if (path === null) return null;
  const fits = sizes.find(
    ({ width, height }) => width >= box.width * pixelRatio && height >= box.height * pixelRatio,
  );
  const { width, height } = fits ?? sizes[2];
  return path.replace(
    /\?width=\d+&height=\d+&method=scale$/,
    `?width=${width}&height=${height}&method=scale`,
  );
}
