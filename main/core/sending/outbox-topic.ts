import type { ListChange } from "../../../preload/contract/list-change.ts";
import type { OutboxEntry } from "../../../preload/contract/models/timeline.ts";
import type { OpenTopic } from "../api.ts";

type Emit = (changes: readonly ListChange<OutboxEntry>[]) => void;

/** Everything unsent, watched. It is short, and rarely looked at: each change sends it whole. */
export function createOutboxTopic(load: () => readonly OutboxEntry[]) {
  const watchers = new Set<Emit>();
  return {
    open(emit: Emit): OpenTopic<"outbox"> {
      watchers.add(emit);
      return { snapshot: load(), stop: () => void watchers.delete(emit) };
    },
    changed(): void {
      if (watchers.size === 0) return;
      const items = load();
      for (const emit of watchers) emit([{ op: "reset", items }]);
    },
  };
}
