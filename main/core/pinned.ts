import type { EventId } from "../../preload/contract/ids.ts";
import { isObject } from "./event.ts";

/** Read at most: what somebody put behind that is not looked at. */
const MOST = 2000;

/** The messages a content of `m.room.pinned_events` names, in its order; malformed entries count as absent (MAL-04). Pure. */
export function pinnedIn(content: unknown): readonly EventId[] {
  const list: unknown = isObject(content) ? content["pinned"] : null;
  if (!Array.isArray(list)) return [];
  const ids = (list as readonly unknown[])
    .slice(-MOST)
    .filter((id): id is EventId => typeof id === "string" && id.startsWith("$") && id.length <= 255);
  return [...new Set(ids)];
}
