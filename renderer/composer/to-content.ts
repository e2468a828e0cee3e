import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import type { DraftMention } from "../../preload/contract/models/room.ts";
import { eventBytes } from "../text/byte-size.ts";
import { strings } from "../text/timeline-strings.ts";
import { wanted, type RoomAction } from "./commands.ts";
import { formatted } from "./formatting.ts";
import type { Formatted } from "./markdown.ts";

/** Most bytes of a body; the core refuses more (contract, schemas.ts: MAX_BODY_BYTES; a test compares). */
export const MAX_BODY_BYTES = 60_000;
/** And of an edit, which says its words twice (contract, schemas.ts: MAX_EDIT_BYTES). */
export const MAX_EDIT_BYTES = 30_000;

export type Written =
  | { readonly content: MessageContent }
  /** Not a message but something to do. */
  | { readonly content: null; readonly action: RoomAction }
  /** What formats it is still being loaded. */
  | { readonly content: null; readonly isLoading: true }
  /** Nothing to send. */
  | { readonly content: null; readonly problem: null }
  /** Cannot be sent as it is, and why in words. */
  | { readonly content: null; readonly problem: string; readonly instead?: Instead };

/** How it can be sent all the same: what looks like a command as words, what is too long as a file. */
export type Instead = "words" | "file";

/** What the text is written with. */
export interface WrittenWith {
  /** Names in the text that stand for somebody. */
  readonly mentions: readonly DraftMention[];
  /** `@room` notifies everybody. */
  readonly canMentionRoom: boolean;
  /** New words for a message that is there already. */
  readonly isEdit?: boolean;
}

const nothing: WrittenWith = { mentions: [], canMentionRoom: false };

/** What was typed, as a message: Markdown, a command, or `//` for a text that begins with a slash. */
export function toContent(
  typed: string,
  { mentions, canMentionRoom, isEdit = false }: WrittenWith = nothing,
): Written {
  const most: Most = { bytes: isEdit ? MAX_EDIT_BYTES : MAX_BODY_BYTES, isEdit };
  const text = typed.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
  if (text.trim() === "") return { content: null, problem: null };
  const what = wanted(text);
  if ("problem" in what) return { content: null, ...what };
  if ("action" in what) return { content: null, action: what.action };
  if ("content" in what) return fitting(what.content, most);
  // Before it is formatted: of megabytes that would take long.
  const tooLong = problemOf(eventBytes(what.markdown), most);
  if (tooLong !== null) return tooLong;
  const format = formatted(what.markdown, mentions);
  if (format === null) return { content: null, isLoading: true };
  return fitting(
    {
      msgtype: what.msgtype,
      body: what.markdown,
      ...(format.html === null
        ? {}
        : { format: "org.matrix.custom.html" as const, formatted_body: format.html }),
      ...mentionsOf(format, canMentionRoom),
    },
    most,
  );
}

/** Only where somebody is meant. */
export function mentionsOf(
  { users, isRoom }: Formatted,
  canMentionRoom: boolean,
): Pick<MessageContent, "m.mentions"> {
  const room = isRoom && canMentionRoom;
  if (users.length === 0 && !room) return {};
  return {
    "m.mentions": { ...(users.length === 0 ? {} : { user_ids: users }), ...(room ? { room: true } : {}) },
  };
}

interface Most {
  readonly bytes: number;
  readonly isEdit: boolean;
}

/** New words for a message cannot become a file. */
function problemOf(bytes: number, most: Most): Written | null {
  if (bytes <= most.bytes) return null;
  return most.isEdit
    ? { content: null, problem: strings.composer.tooLongEdit(bytes, most.bytes) }
    : { content: null, problem: strings.composer.tooLong(bytes, most.bytes), instead: "file" };
}

function fitting(content: MessageContent, most: Most): Written {
  const mentions = content["m.mentions"];
  const bytes =
    eventBytes(content.body) +
    eventBytes(content.formatted_body ?? "") +
    (mentions === undefined ? 0 : eventBytes(JSON.stringify(mentions)));
  const tooLong = problemOf(bytes, most);
  if (tooLong !== null) return tooLong;
  // Also where nobody is meant: without it others' rules of before mentions look for names in the text (spec: User and
  // room mentions).
  return { content: { "m.mentions": {}, ...content } };
}
