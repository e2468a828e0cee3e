import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/** In device-independent pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface WindowBounds extends Partial<Pick<Rectangle, "x" | "y">> {
  readonly width: number;
  readonly height: number;
  readonly isMaximized: boolean;
}

export const MIN_SIZE = { width: 480, height: 360 } as const;
const initial: WindowBounds = { width: 1200, height: 800, isMaximized: false };
/** How much of a window must be on a screen so that it can be grabbed. */
const VISIBLE = 100;

const stored = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().min(MIN_SIZE.width).max(16_384),
  height: z.number().int().min(MIN_SIZE.height).max(16_384),
  isMaximized: z.boolean(),
});
/** The last place, and the places by arrangement of screens, the latest last: a desk at home, one at work, none. */
const storedFile = stored.extend({ places: z.array(z.object({ key: z.string(), at: stored })).optional() });
/** Arrangements remembered. */
const MOST_PLACES = 8;

const keyOf = (screens: readonly Rectangle[]): string =>
  screens
    .map(({ x, y, width, height }) => [x, y, width, height].join(","))
    .sort()
    .join(" ");

function readFile(profileDir: string): z.infer<typeof storedFile> | null {
  try {
    return storedFile.parse(JSON.parse(readFileSync(join(profileDir, "window.json"), "utf8")));
  } catch {
    return null; // never saved, or not readable: nothing worth a word
  }
}

/**
 * Where the window was the last time under these screens; else where it was last, as far as that is still on a screen:
 * monitors come and go.
 */
export function loadBounds(profileDir: string, screens: readonly Rectangle[]): WindowBounds {
  const file = readFile(profileDir);
  if (file === null) return initial;
  const { places = [], ...last } = file;
  const bounds = places.find(({ key }) => key === keyOf(screens))?.at ?? last;
  return screens.some((screen) => canBeGrabbed(bounds, screen)) ? bounds : withoutPlace(bounds);
}

/** A size alone lets the system choose the place. */
function withoutPlace({ width, height, isMaximized }: WindowBounds): WindowBounds {
  return { width, height, isMaximized };
}

function canBeGrabbed(bounds: Rectangle, screen: Rectangle): boolean {
  const overlap = (from: number, size: number, screenFrom: number, screenSize: number): number =>
    Math.min(from + size, screenFrom + screenSize) - Math.max(from, screenFrom);
  return (
    overlap(bounds.x, bounds.width, screen.x, screen.width) >= VISIBLE &&
    overlap(bounds.y, bounds.height, screen.y, screen.height) >= VISIBLE &&
    bounds.y >= screen.y // the title bar
  );
}

/**
 * Called while the window closes, which may be the last thing the process does: there is no time to wait. A place that is
 * lost in a power cut is no loss, so nothing is forced to the disk.
 */
export function saveBounds(
  profileDir: string,
  bounds: Rectangle,
  isMaximized: boolean,
  screens: readonly Rectangle[],
): void {
  const { x, y, width, height } = bounds;
  const at = { x, y, width, height, isMaximized };
  const key = keyOf(screens);
  const others = readFile(profileDir)?.places?.filter((place) => place.key !== key) ?? [];
  const places = [...others, { key, at }].slice(-MOST_PLACES);
  const path = join(profileDir, "window.json");
  writeFileSync(`${path}.tmp`, JSON.stringify({ ...at, places }), { mode: 0o600 });
  renameSync(`${path}.tmp`, path);
}
