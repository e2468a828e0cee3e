import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { isObject, objectOf, stringOf, type JsonObject, type MatrixEvent } from "../event.ts";
import type { AttentionQueries } from "../store/queries/attention.ts";
import { defaultPushRules } from "./default-rules.ts";
import { creatorsIn, mayNotify } from "./permission.ts";
import { evaluate, parsePushRules, type PushContext, type PushRules, type Verdict } from "./rules.ts";

// The push rules applied to events of rooms as they are stored: what the conditions ask about is loaded once per room.

/** How many relations are followed to find the thread an event belongs to (the specification says at most 3). */
const MAX_HOPS = 3;

export interface Judged {
  readonly verdict: Verdict;
  /** '' the main timeline, else the thread's root. */
  readonly threadId: string;
}

export interface Judge {
  /** Judges events of one room; null for what counts for nobody: edits, ignored people, our own, redacted. */
  ofRoom(roomId: RoomId): (event: MatrixEvent) => Judged | null;
  /** Do the rules want us to hear of an invitation by this person? */
  invites(roomId: RoomId, inviter: string): boolean;
  /** What the rules say of a call that comes in; null where it counts for nobody. */
  calls(roomId: RoomId, caller: string, callId: string): Verdict | null;
  /** Rules or ignored people have changed; or the transaction that changed them was rolled back. */
  forget(): void;
}

export interface JudgeDeps {
  readonly queries: AttentionQueries;
  readonly ownUserId: UserId;
  /** The rules in force, as content of m.push_rules; null where the server has not said. */
  readonly pushRules: () => JsonObject | null;
}

export function createJudge({ queries: q, ownUserId, pushRules }: JudgeDeps): Judge {
  let known: { rules: PushRules; ignored: ReadonlySet<string> } | null = null;

  const load = () => (known ??= { rules: loadRules(), ignored: loadIgnored() });
  function loadRules(): PushRules {
    const content = pushRules();
    return content === null || !isObject(content["global"])
      ? defaultPushRules(ownUserId)
      : parsePushRules(content);
  }
  const loadIgnored = (): ReadonlySet<string> =>
    new Set(Object.keys(objectOf(accountData(q, "m.ignored_user_list") ?? {}, "ignored_users")));

  function contextOf(roomId: RoomId): PushContext {
    const facts = q.roomFacts.get({ roomId, ownUserId });
    const create = q.state.get({ roomId, type: "m.room.create" });
    const levels = q.state.get({ roomId, type: "m.room.power_levels" });
    const parsed: unknown = levels === undefined ? null : JSON.parse(levels.content);
    const permission = {
      levels: isObject(parsed) ? parsed : null,
      ...creatorsIn(create && { content: JSON.parse(create.content) as unknown, sender: create.sender }),
    };
    return {
      ownUserId,
      ownName: facts?.ownName ?? null,
      memberCount: facts?.joinedCount ?? 0,
      mayNotify: (sender, key) => mayNotify(permission, sender, key),
    };
  }

  /** The thread an event stands in, through what it relates to. */
  function threadOf(roomId: RoomId, event: MatrixEvent): string {
    const relation = objectOf(event.content, "m.relates_to");
    let relType = stringOf(relation, "rel_type");
    let relatesTo = stringOf(relation, "event_id") as EventId | null;
    for (let hop = 0; hop < MAX_HOPS && relType !== null && relatesTo !== null; hop++) {
      if (relType === "m.thread") return relatesTo;
      const target = q.relation.get({ roomId, eventId: relatesTo });
      relType = target?.relType ?? null;
      relatesTo = target?.relatesTo ?? null;
    }
    return "";
  }

  /** Only whoever said something can say it anew: edits by others are shown to nobody. */
  function isStrangersEdit(roomId: RoomId, event: MatrixEvent): boolean {
    const edited = editedBy(event);
    const author = edited === null ? undefined : q.relation.get({ roomId, eventId: edited })?.sender;
    return author !== undefined && author !== event.sender;
  }

  return {
    ofRoom(roomId) {
      const { rules, ignored } = load();
      let context: PushContext | null = null;
      return (event) => {
        if (
          event.sender === ownUserId ||
          ignored.has(event.sender) ||
          isNeverNews(event, ownUserId) ||
          isStrangersEdit(roomId, event)
        )
          return null;
        const verdict = evaluate(rules, { ...event.raw, room_id: roomId }, (context ??= contextOf(roomId)));
        return { verdict, threadId: threadOf(roomId, event) };
      };
    },
    invites(roomId, inviter) {
      const event = {
        type: "m.room.member",
        state_key: ownUserId,
        sender: inviter,
        room_id: roomId,
        content: { membership: "invite" },
      };
      return !load().ignored.has(inviter) && evaluate(load().rules, event, contextOf(roomId)).notifies;
    },
    calls(roomId, caller, callId) {
      if (load().ignored.has(caller)) return null;
      const content = { call_id: callId };
      const event = { type: "m.call.invite", sender: caller, room_id: roomId, content };
      return evaluate(load().rules, event, contextOf(roomId));
    },
    forget() {
      known = null;
    },
  };
}

/** Global account data as stored. */
export function accountData(q: AttentionQueries, type: string): JsonObject | null {
  const row = q.accountData.get({ type });
  const value: unknown = row === undefined ? null : JSON.parse(row.content);
  return isObject(value) ? value : null;
}

/**
 * Edits say again what was said, and redacted events say nothing: neither is unread, whatever rules say. But those whom
 * an edit newly mentions are told by it (spec: User and room mentions): the rules have the word.
 */
const isNeverNews = (event: MatrixEvent, ownUserId: UserId): boolean =>
  (isEdit(event) && !namesUs(event.content, ownUserId)) ||
  isObject(event.unsigned["redacted_because"]) ||
  event.type === "m.room.redaction";

/** The event that this one edits, or null. */
export function editedBy({ content }: MatrixEvent): EventId | null {
  const relation = objectOf(content, "m.relates_to");
  return relation["rel_type"] === "m.replace" ? (stringOf(relation, "event_id") as EventId | null) : null;
}
export const isEdit = (event: MatrixEvent): boolean => editedBy(event) !== null;

/** What an edit says, under its own id; anything else is itself. */
export function asSaid(event: MatrixEvent): MatrixEvent {
  const content = isEdit(event) ? event.content["m.new_content"] : null;
  return isObject(content) ? { ...event, content } : event;
}

function namesUs(content: JsonObject, ownUserId: UserId): boolean {
  const mentions = objectOf(content, "m.mentions");
  const users: unknown = mentions["user_ids"];
  return (Array.isArray(users) && users.includes(ownUserId)) || mentions["room"] === true;
}
