import type { EventId } from "../../../preload/contract/ids.ts";
import type { LocalRow } from "./local-item.ts";
import type { LocalReaction } from "./reactions.ts";

// What rows of ours that are not in the timeline yet say of messages: shown at once, as if it had arrived. Pure.

/** What is said of one message. */
export interface Pending {
  /** The last edit. */
  edit: LocalRow | null;
  redaction: LocalRow | null;
  readonly reactions: LocalReaction[];
}

/** By message: its event id, or the transaction id it waits under. */
export interface PendingRelations {
  readonly of: (eventId: EventId | null, transactionId: string | null) => Pending | null;
  /** Reactions of ours that are being taken back. */
  readonly leaving: ReadonlySet<EventId>;
  readonly isEmpty: boolean;
}

export function pendingRelations(local: readonly LocalRow[]): PendingRelations {
  const byTarget = new Map<string, Pending>();
  const leaving = new Set<EventId>();
  const taken = new Set<string>();
  for (const { relation, send } of local) {
    if (relation?.does !== "redact" || send.state === "unsent") continue;
    if (relation.eventId !== null) leaving.add(relation.eventId);
    taken.add(relation.eventId ?? relation.transactionId ?? "");
  }
  for (const row of local) {
    const { relation } = row;
    const target = relation === null ? null : (relation.eventId ?? relation.transactionId);
    if (relation === null || target === null || relation.does === "reply") continue;
    const pending = byTarget.get(target) ?? { edit: null, redaction: null, reactions: [] };
    byTarget.set(target, pending);
    if (relation.does === "edit") pending.edit = row;
    else if (relation.does === "redact") pending.redaction = row;
    else if (relation.key !== null && !taken.has(row.eventId ?? "") && !taken.has(row.transactionId)) {
      const { send, transactionId, eventId } = row;
      const { shortcode } = row.content;
      pending.reactions.push({ key: relation.key, shortcode, send, transactionId, eventId });
    }
  }
  return {
    of: (eventId, transactionId) =>
      (eventId === null ? undefined : byTarget.get(eventId)) ??
      (transactionId === null ? undefined : byTarget.get(transactionId)) ??
      null,
    leaving,
    isEmpty: byTarget.size === 0,
  };
}
