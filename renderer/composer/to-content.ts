import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import { eventBytes } from "../text/byte-size.ts";
import { strings } from "../text/timeline-strings.ts";

/** Most bytes of a body; the core refuses more (contract, schemas.ts: MAX_BODY_BYTES; a test compares). */
export const MAX_BODY_BYTES = 60_000;

export type Written =
  | { readonly content: MessageContent }
  /** Nothing to send. */
  | { readonly content: null; readonly problem: null }
  /** Cannot be sent as it is, and why in words. */
  | { readonly content: null; readonly problem: string };

/** What was typed, as a message. `/me waves`, `/plain text` and `//` for a text that begins with a slash. */
export function toContent(typed: string): Written {
  const text = typed.replace(/^(?:[^\S\n]*\n)+/, "").trimEnd();
  if (text.trim() === "") return { content: null, problem: null };
  // "/usr/bin" is a path, "/shrug" looks like a command we do not have: sending it as text would surprise.
  const command = /^\/[A-Za-z]+(?=\s|$)/.exec(text)?.[0];
  if (command === undefined) return withBody("m.text", text.startsWith("//") ? text.slice(1) : text);
  const rest = text.slice(command.length).replace(/^\s/, "");
  const problem = strings.composer;
  switch (command.toLowerCase()) {
    case "/me":
      return rest.trim() === "" ? refuse(problem.emptyCommand(command)) : withBody("m.emote", rest);
    case "/plain":
      return rest.trim() === "" ? refuse(problem.emptyCommand(command)) : withBody("m.text", rest);
    default:
      return refuse(problem.unknownCommand(command));
  }
}

/** What one would type to get this message: the way back, for editing. */
export function toTyped(type: string, text: string): string {
  if (type === "emote") return `/me ${text}`;
  return text.startsWith("/") ? `/${text}` : text;
}

function withBody(msgtype: MessageContent["msgtype"], body: string): Written {
  const bytes = eventBytes(body);
  if (bytes > MAX_BODY_BYTES) return refuse(strings.composer.tooLong(bytes, MAX_BODY_BYTES));
  return { content: { msgtype, body } };
}

const refuse = (problem: string): Written => ({ content: null, problem });
