import { roleName } from "./room-strings.ts";

// Pure: which roles can be given, and what has to be said before they are.

/** Levels with a word of their own. */
const named: readonly number[] = [100, 50, 0];

/** Levels to choose from: those with a name up to one's own (`own` may be infinite), and the present one. */
export function roleOptions(
  present: number,
  own: number,
): readonly { readonly value: string; readonly label: string }[] {
  const levels = [...new Set([...named.filter((level) => level <= own), present])].sort((a, b) => b - a);
  return levels.map((level) => ({ value: String(level), label: roleName(level) }));
}

/**
 * `lock`: one lowers oneself, and nobody below could give it back. `equal`: somebody becomes as powerful as oneself,
 * which cannot be taken back. Null where nothing is lost. Creators (`own` infinite) lose nothing.
 */
export function roleWarning(change: {
  readonly isOwn: boolean;
  readonly own: number;
  readonly wanted: number;
}): "lock" | "equal" | null {
  const { isOwn, own, wanted } = change;
  if (isOwn) return wanted < own ? "lock" : null;
  return wanted >= own ? "equal" : null;
}
