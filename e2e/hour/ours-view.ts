import type { MessageItem, TimelineItem } from "../../preload/contract/models/timeline.ts";
import { deleted, wordsOf, type Said, type SaidMedia, type SaidPoll } from "./said.ts";

/** What one of our timelines says; `thread` is the root of the one it is. */
export function saidInOurs(items: readonly TimelineItem[], thread: string | null): readonly Said[] {
  return items.flatMap((item): Said[] => {
    if (item.kind === "redacted") return [deleted(item.eventId ?? "", item.sender.userId)];
    if (item.kind !== "message") return [];
    const { reply = null, reactions = [], thread: begun } = item.relations ?? {};
    const eventId = item.eventId ?? `unsent ${item.id}`;
    return [
      {
        eventId,
        sender: item.sender.userId,
        ...bodyOf(item),
        answers: reply?.eventId ?? null,
        // A thread shows its root above the replies.
        thread: eventId === thread ? null : thread,
        replies: begun?.count ?? 0,
        reactions: Object.fromEntries(reactions.map(({ key, count }) => [key, count])),
      },
    ];
  });
}

function bodyOf({
  body,
}: MessageItem): Pick<Said, "kind" | "text" | "formatted" | "poll" | "media" | "place"> {
  return {
    kind: body.type,
    text: body.type === "poll" ? body.poll.question : body.text,
    formatted: "html" in body && typeof body.html === "string" ? wordsOf(body.html) : null,
    poll: body.type === "poll" ? pollOf(body.poll) : null,
    media: "media" in body ? mediaOf(body) : null,
    place: body.type === "location" ? `${body.place.latitude},${body.place.longitude}` : null,
  };
}

type Body = MessageItem["body"];

function pollOf({ answers, isEnded }: Extract<Body, { type: "poll" }>["poll"]): SaidPoll {
  return {
    votes: Object.fromEntries(answers.map(({ text, votes }) => [text, votes])),
    isEnded,
  };
}

function mediaOf({ type, media }: Extract<Body, { media: unknown }>): SaidMedia {
  const { name, mimetype, size, width, height, durationMs, thumbnail, waveform, file } = media;
  return {
    ...{ name, mimetype, size, width, height, durationMs },
    hasThumbnail: type === "video" && thumbnail !== null,
    isVoice: waveform !== null,
    source: file ?? "",
  };
}
