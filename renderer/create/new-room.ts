import type { Failure } from "../../preload/contract/models/failure.ts";
import { bytesOver } from "../text/bytes.ts";

// Pure: what is wrong with what was typed, and to which field an error of the server belongs.

/** Bytes of a name at most (STA-08). */
export const MAX_NAME_BYTES = 255;
/** Bytes of a topic at most; ours, far below what an event may have. */
export const MAX_TOPIC_BYTES = 8000;
/** Bytes of an alias with `#` and server (ALI-03). */
export const MAX_ALIAS_BYTES = 255;

export type Field = "picture" | "alias" | "published" | "version" | "people" | "form";

/** Where an error of /createRoom is shown. */
export function fieldOf(failure: Failure): Field {
  if (failure.kind !== "rejected") return "form";
  switch (failure.errcode) {
    case "M_ROOM_IN_USE":
    case "M_EXCLUSIVE":
    case "M_BAD_ALIAS":
      return "alias";
    case "M_UNSUPPORTED_ROOM_VERSION":
      return "version";
    case "M_INVITE_BLOCKED":
      return "people";
    case "M_BAD_JSON":
    case "M_FORBIDDEN":
    case "M_INVALID_PARAM":
    case "M_UNKNOWN":
      // Codes that say nothing of the field: the words name what they are about.
      return fieldNamedIn(failure.serverText ?? "");
    default:
      return "form";
  }
}

/** By the words servers use; what names none of our fields concerns them all. */
function fieldNamedIn(serverText: string): Field {
  if (/alias/i.test(serverText)) return "alias";
  if (/publish|public (room )?(list|director)|room (list|director)|director(y|ies)/i.test(serverText))
    return "published";
  if (/invite|user[ _]?id|\bMXID\b|@[^\s:]+:\S/i.test(serverText)) return "people";
  if (/room[ _]version/i.test(serverText)) return "version";
  return "form";
}

export type AliasProblem = "foreign" | "invalid" | { readonly tooLong: number };

export interface TypedAlias {
  /** Local part as the server wants it; empty when nothing was typed. */
  readonly localpart: string;
  /** The whole address that will result. */
  readonly alias: string;
  readonly problem: AliasProblem | null;
}

/** "foo", "#foo" and "#foo:ours" all mean foo; another server's name is refused (CRT-04, CRT-05). */
export function readAlias(typed: string, serverName: string): TypedAlias {
  let text = typed.trim();
  if (text.startsWith("#")) text = text.slice(1);
  const isOurs = text.endsWith(`:${serverName}`);
  const localpart = isOurs ? text.slice(0, -serverName.length - 1) : text;
  const alias = `#${localpart}:${serverName}`;
  const colon = localpart.indexOf(":");
  const foreign = colon > 0 && localpart.length > colon + 1;
  const over = bytesOver(alias, MAX_ALIAS_BYTES);
  const problem =
    localpart === ""
      ? null
      : foreign
        ? "foreign"
        : /[\s:\0]/.test(localpart)
          ? "invalid"
          : over > 0
            ? { tooLong: over }
            : null;
  return { localpart, alias, problem };
}
