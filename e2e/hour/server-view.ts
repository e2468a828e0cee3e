import { request } from "../synapse/request.ts";
import { deleted, wordsOf, type Said, type SaidMedia, type SaidPoll } from "./said.ts";

// What the server's own list of events comes to by the rules of the specification: the measure for all clients. It knows
// nothing of how any of them work.

export interface ServerEvent {
  readonly type: string;
  readonly event_id: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly state_key?: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly unsigned?: { readonly redacted_because?: unknown };
}
interface Page {
  readonly chunk: readonly ServerEvent[];
  readonly end?: string;
}

/** Everything the room holds, in the server's order, oldest first. */
export async function serverEvents(
  baseUrl: string,
  token: string,
  roomId: string,
): Promise<readonly ServerEvent[]> {
  const found: ServerEvent[] = [];
  let from: string | undefined;
  do {
    const query = new URLSearchParams({
      dir: "b",
      limit: "500",
      ...(from === undefined ? {} : { from }),
    });
    const page = await request<Page>(baseUrl, {
      method: "GET",
      path: `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/messages?${query}`,
      token,
    });
    found.push(...page.chunk);
    from = page.end;
  } while (from !== undefined);
  return found.reverse();
}

interface Relation {
  readonly rel_type?: string;
  readonly event_id?: string;
  readonly key?: string;
  readonly is_falling_back?: boolean;
  readonly "m.in_reply_to"?: { readonly event_id?: string };
}
type Content = Readonly<Record<string, unknown>>;

export const relationIn = (content: Content): Relation => content["m.relates_to"] ?? {};
// Polls by the names everybody uses (MSC3381 before it was merged).
export const POLL = "org.matrix.msc3381.poll.start";
export const VOTE = "org.matrix.msc3381.poll.response";
export const POLL_END = "org.matrix.msc3381.poll.end";
const TEXT = "org.matrix.msc1767.text";
const isWhole = ({ unsigned }: ServerEvent): boolean => unsigned?.redacted_because === undefined;
const kinds: Readonly<Record<string, string>> = {
  "m.sticker": "sticker",
  [POLL]: "poll",
};

/** `mayEndPolls`: who may end what others asked. */
export function saidOnServer(events: readonly ServerEvent[], mayEndPolls: string): readonly Said[] {
  const whole = events.filter(isWhole);
  const relating = Map.groupBy(
    whole,
    ({ content }) => `${relationIn(content).rel_type} ${relationIn(content).event_id}`,
  );
  const of = (relType: string, eventId: string): readonly ServerEvent[] =>
    relating.get(`${relType} ${eventId}`) ?? [];
  const isLine = ({ type, content }: ServerEvent): boolean =>
    (type === "m.room.message" || type in kinds) && relationIn(content).rel_type !== "m.replace";
  return events.filter(isLine).map((event): Said => {
    const { event_id: eventId, sender, type } = event;
    if (!isWhole(event)) return deleted(eventId, sender);
    const edit = of("m.replace", eventId)
      .filter((one) => one.sender === sender && one.type === type)
      .toSorted((a, b) => a.origin_server_ts - b.origin_server_ts || (a.event_id < b.event_id ? -1 : 1))
      .at(-1);
    const content = (edit?.content["m.new_content"] ?? event.content) as Content;
    const poll = type === POLL ? pollOf(event, of("m.reference", eventId), mayEndPolls) : null;
    return {
      ...{
        eventId,
        sender,
        poll,
        ...placed(event.content),
        ...saidIn(type, content),
      },
      replies: of("m.thread", eventId).length,
      reactions: counted(of("m.annotation", eventId)),
    };
  });
}

/** Where the message stands, which edits do not change. */
export function placed(content: Content): Pick<Said, "answers" | "thread"> {
  const { rel_type, event_id, is_falling_back, "m.in_reply_to": reply } = relationIn(content);
  const isInThread = rel_type === "m.thread";
  return {
    answers: isInThread && is_falling_back === true ? null : (reply?.event_id ?? null),
    thread: isInThread ? (event_id ?? null) : null,
  };
}

/** What the content says by itself. */
export function saidIn(
  type: string,
  content: Content,
): Pick<Said, "kind" | "text" | "formatted" | "media" | "place"> {
  const kind = kinds[type] ?? String(content["msgtype"]).replace("m.", "");
  const html = content["formatted_body"];
  const [, latitude, longitude] = /^geo:([-\d.]+),([-\d.]+)/.exec(String(content["geo_uri"])) ?? [];
  const question = (content[POLL] as PollContent | undefined)?.question[TEXT];
  return {
    kind,
    text: question ?? String(content["body"]),
    formatted: typeof html === "string" ? wordsOf(html) : null,
    media: content["url"] === undefined ? null : mediaIn(kind, content),
    place: latitude === undefined ? null : `${Number(latitude)},${Number(longitude)}`,
  };
}

interface Info {
  readonly mimetype?: string;
  readonly size?: number;
  readonly w?: number;
  readonly h?: number;
  readonly duration?: number;
  readonly thumbnail_url?: string;
}
function mediaIn(kind: string, content: Content): SaidMedia {
  const { mimetype, size, w, h, duration, thumbnail_url } = (content["info"] ?? {}) as Info;
  return {
    name: String(content["filename"] ?? content["body"]),
    mimetype: mimetype ?? null,
    size: size ?? null,
    width: w ?? null,
    height: h ?? null,
    durationMs: duration ?? null,
    hasThumbnail: kind === "video" && thumbnail_url !== undefined,
    isVoice: content["org.matrix.msc3245.voice"] !== undefined,
    source: String(content["url"]),
  };
}

export interface PollContent {
  readonly kind: string;
  readonly max_selections: number;
  readonly question: { readonly [TEXT]: string };
  readonly answers: readonly { readonly id: string; readonly [TEXT]: string }[];
}
/** A vote or an end, whoever tells of it. */
export interface PollNews {
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly content: Content;
}

function pollOf(start: ServerEvent, news: readonly ServerEvent[], mayEndPolls: string): SaidPoll {
  const ends = news.filter(
    ({ type, sender }) => type === POLL_END && (sender === start.sender || sender === mayEndPolls),
  );
  const endedAt = Math.min(...ends.map((end) => end.origin_server_ts));
  const votes = news.filter(({ type, origin_server_ts: ts }) => type === VOTE && ts <= endedAt);
  return countVotes(start.content[POLL] as PollContent, votes, ends.length > 0);
}

/** The latest vote of each person, up to as many answers as allowed; one with an answer that is not there is spoiled. */
export function countVotes(poll: PollContent, votes: readonly PollNews[], isEnded: boolean): SaidPoll {
  const latest = new Map<string, PollNews>();
  for (const vote of votes.toSorted((a, b) => a.origin_server_ts - b.origin_server_ts))
    latest.set(vote.sender, vote);
  const counts = new Map(poll.answers.map((one) => [one.id, 0]));
  for (const { content } of latest.values()) {
    const chosen = (content[VOTE] as { readonly answers: readonly string[] }).answers.slice(
      0,
      poll.max_selections,
    );
    if (!chosen.every((id) => counts.has(id))) continue;
    for (const id of new Set(chosen)) counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const isOpen = isEnded || poll.kind === "org.matrix.msc3381.poll.disclosed";
  const votesByWords = poll.answers.map((one): [string, number] => [
    one[TEXT],
    isOpen ? (counts.get(one.id) ?? 0) : 0,
  ]);
  return { votes: Object.fromEntries(votesByWords), isEnded };
}

/** Each person counts once with each key. */
function counted(reactions: readonly ServerEvent[]): Readonly<Record<string, number>> {
  const people = Map.groupBy(reactions, ({ content }) => relationIn(content).key ?? "");
  return Object.fromEntries(
    [...people].map(([key, list]) => [key, new Set(list.map(({ sender }) => sender)).size]),
  );
}
