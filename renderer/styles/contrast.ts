// Reads the tokens as text and computes contrasts, for the test of tokens.css only.

/** Light and dark value of every colour token in the block of `selector`. */
export function tokenPairs(css: string, selector: string): Map<string, { light: string; dark: string }> {
  const start = css.indexOf(`${selector} {`);
  if (start < 0) throw new Error(`no block ${selector}`);
  const block = css.slice(start, css.indexOf("\n}", start));
  const pairs = new Map<string, { light: string; dark: string }>();
  const pattern = /(--[\w-]+): (?:light-dark\((oklch\([^)]*\)), (oklch\([^)]*\))\)|(oklch\([^)]*\)));/g;
  for (const [, name, light, dark, both] of block.matchAll(pattern)) {
    if (name !== undefined) pairs.set(name, { light: light ?? both ?? "", dark: dark ?? both ?? "" });
  }
  return pairs;
}

/** `oklch(L C H)` as linear sRGB, clamped to the gamut (CSS Color 4, section 9). */
export function parseColour(text: string): readonly number[] {
  const match = /^oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)$/.exec(text);
  if (match === null) throw new Error(`not an opaque oklch colour: "${text}"`);
  const [L, C, H] = match.slice(1).map(Number) as [number, number, number];
  const a = C * Math.cos((H * Math.PI) / 180);
  const b = C * Math.sin((H * Math.PI) / 180);
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((channel) => Math.min(1, Math.max(0, channel)));
}

const luminance = ([r = 0, g = 0, b = 0]: readonly number[]): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** WCAG 2 contrast ratio of two linear sRGB colours, 1…21. */
export function contrast(one: readonly number[], other: readonly number[]): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}
