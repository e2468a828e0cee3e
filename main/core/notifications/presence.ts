import type { UserId } from "../../../preload/contract/ids.ts";
import type { PresenceView } from "../../../preload/contract/models/attention.ts";
import type { OpenTopic } from "../api.ts";
import { numberOf, stringOf, type JsonObject } from "../event.ts";
import type { Clock } from "../platform.ts";
import type { AttentionQueries, PresenceRow } from "../store/queries/attention.ts";
import { oneLine, plainText } from "../text.ts";

// Who is there. Presence belongs to people, not to rooms (PRE-01). `last_active_ago` is of the moment the event was
// made: it becomes a time on arrival and ages from there (PRE-09). While there is no connection nobody is known to be
// online; what was known is only how long ago.

const MAX_STATUS = 200;

/** Without the window in front for so long, we are idle, ms (PRE-04). */
export const IDLE_AFTER_MS = 10 * 60_000;

/** The states of today and of 2015 (PRE-03…08); what we do not know is unknown. */
const states: Readonly<Record<string, PresenceRow["state"]>> = {
  online: "online",
  free_for_chat: "online",
  unavailable: "idle",
  offline: "offline",
  hidden: "offline",
};

/** Pure: the content of `m.presence` as it is stored. */
export function parsePresence(content: JsonObject, now: number): PresenceRow {
  const said = stringOf(content, "presence") ?? "";
  const state = Object.hasOwn(states, said) ? (states[said] ?? "unknown") : "unknown";
  const ago = numberOf(content, "last_active_ago");
  const isActive = content["currently_active"] === true && state === "online";
  const status = plainText(content["status_msg"], MAX_STATUS);
  return {
    state,
    lastActiveTs: isActive ? now : ago === null || ago < 0 ? null : Math.trunc(Math.max(0, now - ago)),
    isActive: Number(isActive),
    status: status === null ? null : oneLine(status, MAX_STATUS),
  };
}

export interface Presence {
  /** Within the caller's transaction. */
  apply(events: readonly { readonly sender: UserId; readonly content: JsonObject }[]): void;
  open(userId: UserId, emit: (view: PresenceView) => void): OpenTopic<"presence">;
  /** After the commit, and when the connection came or went: watchers are told what has changed for them. */
  changed(): void;
}

export function createPresence(deps: {
  readonly queries: AttentionQueries;
  readonly clock: Pick<Clock, "now">;
  readonly isLive: () => boolean;
}): Presence {
  const { queries: q } = deps;
  const watchers = new Set<{
    readonly userId: UserId;
    readonly emit: (view: PresenceView) => void;
    last: string;
  }>();

  function view(userId: UserId): PresenceView {
    const row = q.presence.get({ userId });
    const isKnown = row !== undefined && deps.isLive();
    return {
      userId,
      state: isKnown ? row.state : "unknown",
      lastActiveTs: row?.lastActiveTs ?? null,
      isActiveNow: isKnown && row.isActive === 1,
      status: row?.status ?? null,
    };
  }

  return {
    apply(events) {
      for (const { sender, content } of events)
        q.putPresence.run({ userId: sender, ...parsePresence(content, deps.clock.now()) });
    },
    open(userId, emit) {
      const snapshot = view(userId);
      const watcher = { userId, emit, last: JSON.stringify(snapshot) };
      watchers.add(watcher);
      return { snapshot, stop: () => void watchers.delete(watcher) };
    },
    changed() {
      for (const watcher of watchers) {
        const next = view(watcher.userId);
        const text = JSON.stringify(next);
        if (text === watcher.last) continue;
        watcher.last = text;
        watcher.emit(next);
      }
    },
  };
}
