import type { MessageItem, TimelineItem } from "../../preload/contract/models/timeline.ts";
import { mediaBox } from "./media-box.ts";
import type { Row } from "./rows.ts";

// A guess at the height of a row that was never in the page, px. It only decides how far the scroll bar jumps when the
// row is measured: the line being read stays anyway.

const LINE = 20;
const NARROW = 24;
const QUOTE = 42;
const CHARS_PER_LINE = 95;

export function estimateHeight(row: Row): number {
  if (row.kind === "run") return NARROW + 4;
  const head = row.isFollower ? 4 : LINE + 12;
  return estimateItem(row.item, head);
}

function estimateItem(item: TimelineItem, head: number): number {
  switch (item.kind) {
    case "message":
      return head + estimateBody(item.body) + estimateRelations(item.relations);
    case "undecryptable":
    case "placeholder":
      return head + LINE;
    case "date":
    case "gap":
      return 48;
    case "read-marker":
      return 32;
    case "start":
      return 188;
    default:
      return NARROW + 4;
  }
}

/** The line under the root of a thread, px. */
const THREAD = 36;

function estimateRelations(relations: MessageItem["relations"]): number {
  if (relations === null) return 0;
  const quote = relations.reply === null ? 0 : QUOTE;
  const chips = relations.reactions.length === 0 ? 0 : NARROW + 8;
  const thread = relations.thread === undefined ? 0 : THREAD;
  return quote + chips + thread + (relations.edit === null ? 0 : NARROW);
}

function estimateBody(body: Extract<TimelineItem, { kind: "message" }>["body"]): number {
  switch (body.type) {
    case "image":
    case "video":
    case "sticker":
      return mediaBox(body.media.width, body.media.height, body.type).height + 8;
    case "audio":
      return 84;
    case "file":
      return 64;
    case "location":
      return 76;
    case "poll":
      return 84 + body.poll.answers.length * 44;
    default:
      return linesOf(body.text) * LINE;
  }
}

function linesOf(text: string): number {
  if (text.length < CHARS_PER_LINE && !text.includes("\n")) return 1;
  let lines = 0;
  for (const line of text.split("\n", 200)) lines += Math.max(1, Math.ceil(line.length / CHARS_PER_LINE));
  return lines;
}
