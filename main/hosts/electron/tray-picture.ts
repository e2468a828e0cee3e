import type { Unread } from "../../../preload/contract/unread-count.ts";

// The picture in the tray, drawn pixel by pixel so that it is crisp at every scale and needs no file for each state: a
// wader's head as one shape, and a dot where something waits.

/** Device-independent pixels of a tray picture. */
export const TRAY_SIZE = 16;
/** Scale factors that screens have. */
export const TRAY_SCALES = [1, 1.25, 1.5, 2, 2.5, 3, 4] as const;

type Colour = readonly [red: number, green: number, blue: number];
const accent: Colour = [224, 60, 72];
const quiet: Colour = [22, 115, 173];
const light: Colour = [255, 255, 255];
const dark: Colour = [28, 32, 38];

/** Each pixel is the mean of so many samples a side. */
const SAMPLES = 4;

/** Inside the unit square, y down: a round head, an eye left free, and a long bill to the lower left. */
function isBird(x: number, y: number): boolean {
  const inHead = (x - 0.6) ** 2 + (y - 0.42) ** 2 < 0.3 ** 2;
  const inEye = (x - 0.64) ** 2 + (y - 0.36) ** 2 < 0.055 ** 2;
  const along = (0.5 - x) / 0.46;
  const inBill =
    along >= 0 && along <= 1 && Math.abs(y - (0.5 + 0.2 * along * along)) < 0.1 * (1 - along) + 0.018;
  const inNeck = x > 0.5 && x < 0.9 && y > 0.42 && y < 0.96 && (x - 0.9) ** 2 + (y - 0.96) ** 2 < 0.56 ** 2;
  return (inHead || inBill || inNeck) && !inEye;
}

const isDot = (x: number, y: number, radius: number): boolean =>
  (x - 0.76) ** 2 + (y - 0.76) ** 2 < radius ** 2;

/** What of the system says how the picture has to look. */
export interface PanelTheme {
  readonly platform: NodeJS.Platform;
  /** Of apps. */
  readonly shouldUseDarkColors: boolean;
  /** Of taskbar and menu bar, which may be dark under light apps. */
  readonly shouldUseDarkColorsForSystemIntegratedUI: boolean;
}

export interface TrayLook {
  readonly isDarkPanel: boolean;
  /** In the other tone, around the bird. */
  readonly hasOutline: boolean;
  /** A Mac colours the picture by itself; one with a coloured dot keeps the colours it has. */
  readonly isTemplate: boolean;
}

/** On Linux nobody knows the panel's colour (GNOME's is dark under a light theme): there the bird has an outline. */
export function trayLook(theme: PanelTheme, unread: Unread): TrayLook {
  const { platform, shouldUseDarkColors, shouldUseDarkColorsForSystemIntegratedUI: isDark } = theme;
  if (platform === "linux") return { isDarkPanel: shouldUseDarkColors, hasOutline: true, isTemplate: false };
  const isTemplate = platform === "darwin" && unread.messages + unread.mentions === 0;
  return { isDarkPanel: !isTemplate && isDark, hasOutline: false, isTemplate };
}

/** Of the unit square: one device-independent pixel. */
const OUTLINE = 1 / TRAY_SIZE;
const around = [0, 1, 2, 3, 4, 5, 6, 7].map((eighth): readonly [number, number] => [
  OUTLINE * Math.cos((eighth * Math.PI) / 4),
  OUTLINE * Math.sin((eighth * Math.PI) / 4),
]);
const isBesideBird = (x: number, y: number): boolean => around.some(([dx, dy]) => isBird(x + dx, y + dy));

/**
 * The picture as BGRA rows with premultiplied alpha, `size` × `size` pixels (what `nativeImage.createFromBitmap` takes).
 */
export function drawTray(options: {
  readonly size: number;
  readonly unread: Unread;
  readonly look: Pick<TrayLook, "isDarkPanel" | "hasOutline">;
}): Buffer {
  const { size, unread, look } = options;
  const bitmap = Buffer.alloc(size * size * 4);
  const [bird, outline] = look.isDarkPanel ? [light, dark] : [dark, light];
  const dot = unread.mentions > 0 ? accent : unread.messages > 0 ? quiet : null;
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const pixel = mean(size, column, row, (x, y) => {
        if (dot !== null && isDot(x, y, 0.22)) return dot;
        // A free ring keeps the dot apart from the bird.
        if (dot !== null && isDot(x, y, 0.28)) return null;
        if (isBird(x, y)) return bird;
        return look.hasOutline && isBesideBird(x, y) ? outline : null;
      });
      bitmap.set(pixel, (row * size + column) * 4);
    }
  return bitmap;
}

function mean(
  size: number,
  column: number,
  row: number,
  at: (x: number, y: number) => Colour | null,
): readonly number[] {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < SAMPLES; i++)
    for (let k = 0; k < SAMPLES; k++) {
      const colour = at((column + (i + 0.5) / SAMPLES) / size, (row + (k + 0.5) / SAMPLES) / size);
      if (colour === null) continue;
      const [red, green, blue] = colour;
      [blue, green, red, 255].forEach((value, channel) => (sum[channel] = (sum[channel] ?? 0) + value));
    }
  return sum.map((value) => Math.round(value / SAMPLES ** 2));
}
