// One message as a client has it at last, so that clients and the server can be compared.

export interface Said {
  readonly eventId: string;
  readonly sender: string;
  /** `text`, `image`, `poll` …; null once it was deleted, and then nothing else is left of it either. */
  readonly kind: string | null;
  /** As last edited; of a file its caption, or its name without one; of a poll the question. */
  readonly text: string | null;
  /** The words of the formatted body; null without one. */
  readonly formatted: string | null;
  /** The message it answers; in a thread only where it answers another than the one before. */
  readonly answers: string | null;
  /** The root of the thread it is in. */
  readonly thread: string | null;
  /** Replies in the thread it began. */
  readonly replies: number;
  /** How many people reacted with each key. */
  readonly reactions: Readonly<Record<string, number>>;
  readonly poll: SaidPoll | null;
  readonly media: SaidMedia | null;
  /** Latitude and longitude. */
  readonly place: string | null;
}

export interface SaidPoll {
  /** By the words of the answers; none is told while an undisclosed poll runs. */
  readonly votes: Readonly<Record<string, number>>;
  readonly isEnded: boolean;
}

export interface SaidMedia {
  readonly name: string;
  readonly mimetype: string | null;
  readonly size: number | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly durationMs: number | null;
  /** Of a film; pictures always have one, by the server. */
  readonly hasThumbnail: boolean;
  readonly isVoice: boolean;
  /** Where this one gets the bytes from; not compared itself. */
  readonly source: string;
}

/** All that is left of a deleted message. */
export const deleted = (eventId: string, sender: string): Said => ({
  ...{
    eventId,
    sender,
    kind: null,
    text: null,
    formatted: null,
    answers: null,
    thread: null,
  },
  ...{ replies: 0, reactions: {}, poll: null, media: null, place: null },
});

/** The words of HTML. */
export const wordsOf = (html: string): string =>
  html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

/** Where somebody's view differs from the truth; everybody has the bytes of a file from somewhere else. */
export function differences(who: string, said: readonly Said[], truth: readonly Said[]): readonly string[] {
  const theirs = new Map(said.map((one) => [one.eventId, one]));
  const known = new Set(truth.map(({ eventId }) => eventId));
  const twice = said.length - theirs.size;
  return [
    ...(twice === 0 ? [] : [`${who} has ${twice} messages twice`]),
    ...said
      .filter(({ eventId }) => !known.has(eventId))
      .map(({ eventId }) => `${who} has ${eventId} besides`),
    ...truth.flatMap((is) => {
      const shown = theirs.get(is.eventId);
      // With its words a deleted reply has lost its thread; who knew it there shows it there, if the thread is left.
      if (shown === undefined && is.kind === null) return [];
      if (shown === undefined) return [`${who} lacks ${JSON.stringify(is)}`];
      return (Object.keys(is) as (keyof Said)[])
        .map((part) => [part, flat(shown[part]), flat(is[part])] as const)
        .filter(([, theirPart, part]) => theirPart !== part)
        .map(([part, wrong, right]) => `${who}, ${is.eventId}, ${part}: ${wrong} instead of ${right}`);
    }),
  ];
}

/** Keys in any order are the same. */
const flat = (part: Said[keyof Said]): string =>
  typeof part !== "object" || part === null
    ? JSON.stringify(part)
    : JSON.stringify(
        Object.entries(part)
          .filter(([key]) => key !== "source")
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );

/**
 * What each person said in the room and in each thread, in order. Messages of several people sent at the same moment may
 * stand either way round: Synapse lists them by depth in /messages and by arrival in /sync.
 */
export const byPerson = (said: readonly Said[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [
      ...Map.groupBy(
        said.filter(({ kind }) => kind !== null),
        ({ sender, thread }) => `${sender} in ${thread ?? "the room"}`,
      ),
    ]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([place, list]) => [place, list.map(({ eventId }) => eventId)]),
  );
