import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import { parseEvent, stringOf, type MatrixEvent } from "../event.ts";
import type { AttentionEvent, AttentionQueries, AttentionRoom } from "../store/queries/attention.ts";
import type { ValueTopic } from "../value-topic.ts";
import { asSaid, editedBy } from "./judge.ts";
import {
  digestNotice,
  inviteNotice,
  missedCallNotice,
  roomNotice,
  type CallFacts,
  type Draft,
  type ToldEvent,
} from "./build-notice.ts";

// Tells the user. Which events wait to be told is on disk (attention.is_told), in the same transaction as the events:
// before a notification is handed out its rows are marked as told, so that nothing notifies twice, whenever we die; what
// was not marked yet is told by the next run. What stands right now is a list in memory, and hosts show it.

/** So many messages that came while we were away are told one by one; more as one digest. */
const MAX_SINGLES = 3;
/** Messages of one room looked at for its notification. */
const MAX_EVENTS = 100;

export interface NotifierDeps {
  readonly queries: AttentionQueries;
  readonly ownUserId: UserId;
  readonly transaction: <T>(work: () => T) => T;
  readonly settings: () => Settings;
  readonly buildPreview: (event: MatrixEvent) => RoomPreview | null;
  /** Do the push rules want this invitation told? */
  readonly invites: (roomId: RoomId, inviter: string) => boolean;
  readonly notices: ValueTopic<readonly Notice[]>;
}

export interface Notifier {
  /** The room in front of the user, or none. */
  attend(roomId: RoomId | null): void;
  /** Rooms whose unread events may have changed, after the commit. Nothing new is told before `isLive`. */
  changed(roomIds: Iterable<RoomId>, isLive: boolean): void;
  /** We have caught up: what came meanwhile is told, as a digest when it is much. */
  caughtUp(): void;
  /** Lets a notification of another kind stand (a call, an invite). */
  show(draft: Draft): void;
  /** A call that rang was not answered: told for as long as its invite is unread. */
  missed(call: CallFacts): void;
  withdraw(tag: string): void;
  find(tag: string): Notice | undefined;
}

/** What a standing notification of messages stands for. */
interface Standing {
  readonly notice: Notice;
  readonly rooms: ReadonlyMap<RoomId, ReadonlySet<string>>;
}

export function createNotifier(deps: NotifierDeps): Notifier {
  const { queries: q, notices } = deps;
  const standing = new Map<string, Standing>();
  let front: RoomId | null = null;
  let versions = 0;

  function put(draft: Draft, rooms: Standing["rooms"]): void {
    const { doNotDisturb } = deps.settings();
    if (doNotDisturb) return;
    standing.set(draft.tag, { notice: { ...draft, version: ++versions }, rooms });
  }
  const tell = (): void => notices.set([...standing.values()].map(({ notice }) => notice));

  const facts = (roomId: RoomId): AttentionRoom | undefined =>
    q.roomFacts.get({ roomId, ownUserId: deps.ownUserId });

  /** Marks the room's waiting events as told and answers those the user wants to hear of, newest first. */
  function takeUntold(roomId: RoomId, isThere: boolean): readonly AttentionEvent[] {
    const waiting = q.rowsOfRoom.all({ roomId, limit: MAX_EVENTS }).filter(({ isTold }) => isTold === 0);
    if (waiting.length === 0) return [];
    deps.transaction(() => q.setTold.run({ roomId }));
    const { notify, doNotDisturb } = deps.settings();
    if (roomId === front || doNotDisturb || notify === "none") return [];
    const wanted = notify === "mentions" ? waiting.filter(({ isHighlight }) => isHighlight === 1) : waiting;
    // While we are there a call rings, and says so itself when nobody took it.
    return isThere ? wanted.filter((row) => callOf(row) === null) : wanted;
  }

  function toldEvent(row: AttentionEvent): ToldEvent {
    const event = parseEvent(JSON.parse(row.raw));
    if (event === null) return { ...row, preview: null };
    const preview = callOf(row) === null ? deps.buildPreview(asSaid(event)) : aCall;
    // What an edit leads to is the message that it is an edit of.
    return { ...row, eventId: editedBy(event) ?? row.eventId, preview };
  }

  /** The room's notification over the given events; a silent one changes what stands without a sound. */
  function tellRoom(roomId: RoomId, events: readonly AttentionEvent[], isSilent: boolean): void {
    const room = facts(roomId);
    const [newest, ...others] = events.map(toldEvent);
    if (room === undefined || newest === undefined) return;
    const draft = roomNotice(roomId, room, [newest, ...others], deps.settings());
    const rooms = new Map([[roomId, new Set(events.map(({ eventId }) => eventId as string))]]);
    put(isSilent ? { ...draft, isSilent } : draft, rooms);
  }

  /** Takes away what is read, redacted or gone from what stands for this room. */
  function follow(roomId: RoomId): void {
    for (const [tag, { notice, rooms }] of standing) {
      const events = rooms.get(roomId);
      if (events === undefined) continue;
      const left = q.rowsOfRoom
        .all({ roomId, limit: MAX_EVENTS })
        .filter(({ eventId }) => events.has(eventId));
      if (left.length === events.size) continue;
      if (tag === roomId) {
        standing.delete(tag);
        if (left.length > 0) tellRoom(roomId, left, true);
        continue;
      }
      const remaining = new Map(rooms);
      if (left.length === 0) remaining.delete(roomId);
      else remaining.set(roomId, new Set(left.map(({ eventId }) => eventId as string)));
      standing.delete(tag);
      if (remaining.size === 0) continue;
      if (notice.kind === "digest") putDigest(remaining);
      else standing.set(tag, { notice, rooms: remaining });
    }
  }

  /** What is left of a digest, counted anew and without a sound. */
  function putDigest(rooms: Standing["rooms"]): void {
    const left = [...rooms].map(([roomId, events]) => ({
      roomId,
      events: q.rowsOfRoom.all({ roomId, limit: MAX_EVENTS }).filter(({ eventId }) => events.has(eventId)),
    }));
    put({ ...digestOf(left), isSilent: true }, rooms);
  }

  /** New events of a room join those its notification stands for already. */
  function tellNews(roomId: RoomId): void {
    const fresh = takeUntold(roomId, true);
    if (fresh.length === 0) return;
    const before = standing.get(roomId)?.rooms.get(roomId) ?? new Set<string>();
    const isFresh = new Set(fresh.map(({ eventId }) => eventId as string));
    const all = q.rowsOfRoom
      .all({ roomId, limit: MAX_EVENTS })
      .filter(({ eventId }) => before.has(eventId) || isFresh.has(eventId));
    tellRoom(roomId, all, false);
  }

  function tellInvite(roomId: RoomId): void {
    if (deps.transaction(() => q.setInviteTold.run({ roomId })) === 0) return;
    const facts = q.inviteFacts.get({ roomId });
    if (facts === undefined || deps.settings().notify === "none") return;
    if (!deps.invites(roomId, facts.inviterId ?? "")) return;
    const invite = {
      room: facts.name,
      inviter: facts.inviterName ?? facts.inviterId,
      avatar: facts.avatarMxc,
    };
    put(inviteNotice(roomId, invite, deps.settings()), new Map());
  }

  /** Answered or withdrawn: an invitation that is over is not shown. */
  function followInvite(roomId: RoomId): void {
    if (standing.get(roomId)?.notice.kind === "invite" && q.inviteFacts.get({ roomId }) === undefined)
      standing.delete(roomId);
  }

  return {
    attend(roomId) {
      front = roomId;
      if (roomId === null || standing.get(roomId)?.notice.kind !== "message") return;
      standing.delete(roomId);
      tell();
    },
    changed(roomIds, isLive) {
      for (const roomId of roomIds) {
        follow(roomId);
        followInvite(roomId);
        if (!isLive) continue;
        tellNews(roomId);
        tellInvite(roomId);
      }
      tell();
    },
    caughtUp() {
      const waiting = q.untoldRooms
        .all({})
        .map(({ roomId }) => ({ roomId, events: takeUntold(roomId, false) }));
      const rooms = waiting.filter(({ events }) => events.length > 0);
      const count = rooms.reduce((sum, { events }) => sum + events.length, 0);
      if (count <= MAX_SINGLES) for (const { roomId, events } of rooms) tellRoom(roomId, events, false);
      else put(digestOf(rooms), idsOf(rooms));
      for (const { roomId } of q.untoldInvites.all({})) tellInvite(roomId);
      tell();
    },
    show(draft) {
      put(draft, new Map());
      tell();
    },
    missed(call) {
      const { roomId, callId } = call;
      const row = q.rowsOfRoom.all({ roomId, limit: MAX_EVENTS }).find((one) => callOf(one) === callId);
      const { notify } = deps.settings();
      // Read already, on this or another device, or in a room the user does not want to hear of.
      if (row === undefined || roomId === front || notify === "none") return;
      if (notify === "mentions" && row.isHighlight === 0) return;
      const { eventId } = row;
      put(missedCallNotice({ ...call, eventId }, deps.settings()), new Map([[roomId, new Set([eventId])]]));
      tell();
    },
    withdraw(tag) {
      if (standing.delete(tag)) tell();
    },
    find: (tag) => standing.get(tag)?.notice,
  };

  function digestOf(rooms: readonly RoomEvents[]): Draft {
    const parts = rooms.map(({ roomId, events }) => ({
      name: facts(roomId)?.name ?? null,
      count: events.length,
      highlights: events.filter(({ isHighlight }) => isHighlight === 1).length,
    }));
    return digestNotice(parts, deps.settings());
  }
}

/** What became of it while we were away its line says. */
const aCall: RoomPreview = { sender: null, isOwn: false, kind: "call", text: "" };

/** The call of an invite, or null for anything else. */
function callOf({ raw }: AttentionEvent): string | null {
  const event = parseEvent(JSON.parse(raw));
  return event?.type === "m.call.invite" ? (stringOf(event.content, "call_id") ?? "") : null;
}

interface RoomEvents {
  readonly roomId: RoomId;
  readonly events: readonly AttentionEvent[];
}

const idsOf = (rooms: readonly RoomEvents[]): Standing["rooms"] =>
  new Map(
    rooms.map(({ roomId, events }) => [roomId, new Set(events.map(({ eventId }) => eventId as string))]),
  );
