import { parseMxc } from "../mxc.ts";
import { isObject, objectOf, stringOf, type JsonObject, type MatrixEvent } from "../event.ts";

/** How a person calls and shows themselves in one room. */
export interface Profile {
  readonly name: string | null;
  readonly avatarMxc: string | null;
}

/** Longer names are cut on ingest; nobody reads further and the row is stored with every message. */
const MAX_NAME = 512;

/** The profile in the content of a member event, or null when it says nothing about one (a kick, a plain leave). */
export function profileIn(content: JsonObject): Profile | null {
  const name = stringOf(content, "displayname");
  const avatarMxc = parseMxc(content["avatar_url"]);
  const saysNothing = name === null && avatarMxc === null && stringOf(content, "membership") !== "join";
  return saysNothing
    ? null
    : { name: name === null || name === "" ? null : name.slice(0, MAX_NAME), avatarMxc };
}

/** The content this state event replaced, or null when the server did not say (STA-04). */
export function prevContentOf(raw: JsonObject): JsonObject | null {
  const now = objectOf(raw, "unsigned")["prev_content"];
  // At the top level in the API of 2015.
  const then = raw["prev_content"];
  return isObject(now) ? now : isObject(then) ? then : null;
}

/** The person a member event is about, or null when it is no member event. */
export const memberOf = (event: MatrixEvent): string | null =>
  event.type === "m.room.member" && event.stateKey !== null && event.stateKey !== "" ? event.stateKey : null;

/** What the event says its own sender is called from here on, or null. */
export const ownProfileIn = (event: MatrixEvent): Profile | null =>
  memberOf(event) === event.sender ? profileIn(event.content) : null;

/** What a member event says its person was called before it, or null. */
export function profileBefore(raw: JsonObject): Profile | null {
  const content = prevContentOf(raw);
  return content === null ? null : profileIn(content);
}
