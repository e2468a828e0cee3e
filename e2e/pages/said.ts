import type { TimelineItem } from "../../preload/contract/models/timeline.ts";

/** One message as a client has it at last, so that clients can be compared. */
export interface Said {
  readonly eventId: string;
  readonly sender: string;
  /** As last edited; null once it was deleted. */
  readonly text: string | null;
  /** The message it answers. */
  readonly answers: string | null;
  /** How many people reacted with each key. */
  readonly reactions: Readonly<Record<string, number>>;
}

/** What one of our timelines says. */
export function saidIn(items: readonly TimelineItem[]): readonly Said[] {
  return items.flatMap((item): Said[] => {
    if (item.kind === "redacted")
      return [
        { eventId: item.eventId ?? "", sender: item.sender.userId, text: null, answers: null, reactions: {} },
      ];
    if (item.kind !== "message") return [];
    const { reply = null, reactions = [] } = item.relations ?? {};
    return [
      {
        eventId: item.eventId ?? `unsent ${item.id}`,
        sender: item.sender.userId,
        text: item.body.text,
        answers: reply?.eventId ?? null,
        reactions: Object.fromEntries(reactions.map(({ key, count }) => [key, count])),
      },
    ];
  });
}
