import type { EventId, TransactionId, UserId } from "../../../preload/contract/ids.ts";
import type { EventItem, Quote } from "../../../preload/contract/models/timeline.ts";
import type { EditRow, StoredRow } from "../store/queries/timeline.ts";
import { oneLine } from "../text.ts";

// The message that is answered, as the two lines shown above the answer. The text comes from the item that the message
// is shown as itself, so it went through the same cleaning (XSS-03) and shows the same edit.

const MAX_TEXT = 300;
const MAX_LINES = 3;

/** A stored event as far as a quote needs it; it may have no place in the timeline. */
export type QuotedRow = Omit<StoredRow, "segment" | "position">;

export interface QuoteSource {
  /** What is stored of the event; undefined when nothing is. */
  readonly load: (
    eventId: EventId,
  ) => { readonly row: QuotedRow; readonly edits: readonly EditRow[] } | undefined;
  /** As `eventItem`. */
  readonly itemOf: (row: QuotedRow, edits: readonly EditRow[]) => EventItem | null;
  /** Asks for an event that is not stored; answers what is known about that by now. */
  readonly want: (eventId: EventId) => "loading" | "missing";
}

/** The quotes of one timeline; each is made once and kept while nothing changes. */
export class Quotes {
  readonly #source: QuoteSource;
  readonly #known = new Map<EventId, Quote>();

  constructor(source: QuoteSource) {
    this.#source = source;
  }

  of(eventId: EventId): Quote {
    const known = this.#known.get(eventId);
    if (known !== undefined && (known.state === "shown" || known.state === "redacted")) return known;
    const quote = this.#make(eventId);
    // The very same object while it says the same, so that nothing is built again for it.
    if (known?.state === quote.state) return known;
    this.#known.set(eventId, quote);
    return quote;
  }

  /** The event changed: the next look makes its quote anew. */
  forget(eventId: EventId): void {
    this.#known.delete(eventId);
  }

  #make(eventId: EventId): Quote {
    const found = this.#source.load(eventId);
    if (found === undefined) return unavailable(eventId, this.#source.want(eventId));
    const item = this.#source.itemOf(found.row, found.edits);
    return item === null ? unavailable(eventId, "missing") : quoteOf(item, eventId, null);
  }
}

const unavailable = (eventId: EventId, state: "loading" | "missing"): Quote => ({
  ...{ eventId, transactionId: null, state, sender: null },
  ...{ kind: "text", text: "" },
});

/** The quote of what an item shows. */
export function quoteOf(
  item: EventItem,
  eventId: EventId | null,
  transactionId: TransactionId | null,
): Quote {
  const { userId, name, isOwn }: { userId: UserId; name: string; isOwn: boolean } = item.sender;
  const base = { eventId, transactionId, sender: { userId, name, isOwn } } as const;
  switch (item.kind) {
    case "message":
      return { ...base, state: "shown", kind: item.body.type, text: shortened(item.body.text) };
    case "redacted":
      return { ...base, state: "redacted", kind: "text", text: "" };
    case "undecryptable":
      return { ...base, state: "shown", kind: "encrypted", text: "" };
    default:
      return { ...base, state: "missing", kind: "text", text: "" };
  }
}

function shortened(text: string): string {
  const lines = text.trim().split("\n").slice(0, MAX_LINES);
  let left = MAX_TEXT;
  const kept: string[] = [];
  for (const line of lines) {
    if (left <= 1) break;
    const short = oneLine(line, left);
    kept.push(short);
    left -= short.length;
  }
  return kept.join("\n");
}
