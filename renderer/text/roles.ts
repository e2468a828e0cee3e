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

/** A typed level: a whole number up to one's own; else null. */
export function readLevel(typed: string, own: number): number | null {
  const text = typed.trim();
  // Spec, canonical JSON: integers from -(2^53)+1 to 2^53-1.
  if (!/^-?\d{1,16}$/.test(text)) return null;
  const level = Number(text);
  return Number.isSafeInteger(level) && level <= own ? level : null;
}

/**
 * What has to be said before the level of everybody without one of their own is changed. `equal`: all become as
 * powerful as oneself, which cannot be taken back. `lock`: one's own level is that of everybody, and is lowered with it.
 */
export function everybodyWarning(change: {
  readonly own: number;
  readonly hasOwnLevel: boolean;
  readonly present: number;
  readonly wanted: number;
}): "lock" | "equal" | null {
  const { own, hasOwnLevel, present, wanted } = change;
  if (wanted > present && wanted >= own) return "equal";
  return !hasOwnLevel && wanted < present ? "lock" : null;
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
