import type { RedactedItem, StateItem } from "../../preload/contract/models/timeline.ts";
import { nameOf } from "./state-sentence.ts";
import { strings } from "./timeline-strings.ts";

// One line for a run of people coming and going, or of deleted messages.

/** Names that are spelled out before "and N others". */
const NAMED = 3;

/** "Ana, Ben and 3 others joined · Cara left" */
export function runSentence(
  run: "changes" | "redacted" | "setup",
  items: readonly (StateItem | RedactedItem)[],
): string {
  if (run === "redacted") return strings.messagesDeleted(items.length);
  const [first] = items;
  if (run === "setup") return first === undefined ? "" : strings.runs.setup(nameOf(first.sender));
  const groups = new Map<string, Set<string>>();
  for (const item of items) {
    if (item.kind !== "state") continue;
    const { change, name } = partOf(item);
    const names = groups.get(change) ?? new Set();
    groups.set(change, names.add(name));
  }
  return [...groups].map(([change, names]) => phrase(change, [...names])).join(" · ");
}

function partOf(item: StateItem): { readonly change: string; readonly name: string } {
  const { change, sender } = item;
  if (change.type !== "membership") return { change: change.type, name: nameOf(sender) };
  const isSelf = change.target === sender.userId;
  return { change: change.change, name: isSelf ? nameOf(sender) : change.targetName };
}

function phrase(change: string, names: readonly string[]): string {
  const who = listNames(names);
  const say = strings.runs[change as keyof typeof strings.runs];
  return say === undefined ? who : say(who, names.length);
}

/** "Ana", "Ana and Ben", "Ana, Ben and 5 others" */
export function listNames(names: readonly string[]): string {
  if (names.length <= NAMED) return strings.list(names);
  return strings.list([...names.slice(0, NAMED - 1), strings.others(names.length - NAMED + 1)]);
}
