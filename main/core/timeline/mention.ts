import type { UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, type JsonObject } from "../event.ts";

/** Does this message mean us (spec: User and room mentions)? `mayNotifyRoom`: the sender may notify everybody. */
export function isMentionOf(content: JsonObject, ownUserId: UserId, mayNotifyRoom: () => boolean): boolean {
  if (!isObject(content["m.mentions"])) return false;
  const mentions = objectOf(content, "m.mentions");
  const users = mentions["user_ids"];
  if (Array.isArray(users) && users.includes(ownUserId)) return true;
  return mentions["room"] === true && mayNotifyRoom();
}

const MAX_ADDRESS = 2048;

/** `external_url` where it is a web address; a mail's message id is one of many things bridges put there (BRDG-02). */
export function externalUrlIn(content: JsonObject): string | null {
  const value = content["external_url"];
  if (typeof value !== "string" || value.length > MAX_ADDRESS || !/^https?:\/\/[^/\\\s]/i.test(value))
    return null;
  try {
    return new URL(value).href;
  } catch {
    return null;
  }
}
