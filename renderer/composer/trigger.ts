export type TriggerKind = "person" | "room" | "emoji" | "command";

/** The word at the cursor that can be completed. */
export interface Trigger {
  readonly kind: TriggerKind;
  /** Without its sign. */
  readonly query: string;
  /** Where it begins and ends in the text; its sign is part of it. */
  readonly from: number;
  readonly to: number;
}

// Each stands at the start of a word; what is before it decides whether it is one.
const signs: readonly { readonly kind: TriggerKind; readonly pattern: RegExp }[] = [
  { kind: "person", pattern: /(?:^|[\s([{"'])(@([^\s@]{0,60}(?: [\p{L}\p{N}][^\s@]{0,60})?))$/u },
  // A # alone is a heading that is about to be written.
  { kind: "room", pattern: /(?:^|[\s([{"'])(#([^\s#]{1,120}))$/u },
  { kind: "emoji", pattern: /(?:^|[\s([{"'])(:([a-z0-9_+-]{2,40}))$/i },
];

/** What the cursor stands behind, or null. A selection completes nothing. */
export function findTrigger(text: string, caret: number): Trigger | null {
  const command = /^\/([A-Za-z]{0,20})$/.exec(text.slice(0, caret));
  if (command !== null && !/^\S/.test(text.slice(caret)))
    return { kind: "command", query: command[1] ?? "", from: 0, to: caret };
  const before = text.slice(Math.max(0, caret - 160), caret);
  for (const { kind, pattern } of signs) {
    const match = pattern.exec(before);
    if (match?.[1] === undefined) continue;
    // In the middle of a word nothing is being completed.
    if (/^[\p{L}\p{N}_]/u.test(text.slice(caret))) return null;
    return { kind, query: match[2] ?? "", from: caret - match[1].length, to: caret };
  }
  return null;
}
