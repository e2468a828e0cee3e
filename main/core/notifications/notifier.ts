import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import { parseEvent, stringOf, type MatrixEvent } from "../event.ts";
import type {
  AttentionEvent,
  AttentionQueries,
  AttentionRoom,
  UnreadRow,
} from "../store/queries/attention.ts";
import type { ValueTopic } from "../value-topic.ts";
import { asSaid, editedBy } from "./judge.ts";
import {
  DIGEST,
  digestNotice,
  inviteNotice,
  missedCallNotice,
  roomNotice,
  type CallFacts,
  type Draft,
  type ToldEvent,
} from "./build-notice.ts";
import { newestRows } from "./newest-rows.ts";
import { createTold } from "./told.ts";

// Tells the user. Which events wait to be told is on disk (told.ts), in the same transaction as the events, until a host
// says that it shows their notification: nothing notifies twice, and nothing that was not shown when we died is lost.
// What stands right now is a list in memory, and hosts show it.

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
  /** Whether events of this room may have stopped being unread since this was last asked. */
  readonly takeLessened: (roomId: RoomId) => boolean;
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
  /** A call that rang was taken or turned down, here or elsewhere: no run needs to tell it. */
  answered(call: Pick<CallFacts, "roomId" | "callId">): void;
  /** A host is showing this version of it. */
  shown(tag: string, version: number): void;
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
  const told = createTold(q);
  const standing = new Map<string, Standing>();
  let front: RoomId | null = null;
  let versions = 0;

  function put(draft: Draft, rooms: Standing["rooms"]): void {
    standing.set(draft.tag, { notice: { ...draft, version: ++versions }, rooms });
  }
  const tell = (): void => notices.set([...standing.values()].map(({ notice }) => notice));

  /** What a notification stands for is told: it is shown, or the user has come to it. */
  function settle({ notice, rooms }: Standing): void {
    deps.transaction(() => {
      for (const [roomId, eventIds] of rooms) told.tell(roomId, eventIds);
      if (notice.kind === "invite" && notice.roomId !== null) told.tellInvite(notice.roomId);
    });
  }

  const facts = (roomId: RoomId): AttentionRoom | undefined =>
    q.roomFacts.get({ roomId, ownUserId: deps.ownUserId });

  /** The room's events that are to be told now. Those the user does not want to hear of are told by that. */
  function takeFresh(roomId: RoomId, isThere: boolean): readonly UnreadRow[] {
    const waiting = told.fresh(roomId);
    if (waiting.length === 0) return [];
    const { notify, doNotDisturb } = deps.settings();
    const isHeard = roomId !== front && !doNotDisturb && notify !== "none";
    const isWanted = ({ isHighlight }: UnreadRow): boolean =>
      isHeard && (notify === "all" || isHighlight === 1);
    const wanted = waiting.filter(isWanted);
    deps.transaction(() => told.tell(roomId, idsOf(waiting.filter((row) => !isWanted(row)))));
    told.hand(roomId, idsOf(wanted));
    // While we are there a call rings, and says so itself when nobody took it.
    return isThere ? wanted.filter(({ type }) => type !== "m.call.invite") : wanted;
  }

  function toldEvent(row: AttentionEvent): ToldEvent {
    const event = parseEvent(JSON.parse(row.raw));
    if (event === null) return { ...row, preview: null };
    const preview = callOf(row) === null ? deps.buildPreview(asSaid(event)) : aCall;
    // What an edit leads to is the message that it is an edit of.
    return { ...row, eventId: editedBy(event) ?? row.eventId, preview };
  }

  /** The room's notification over the given events; a silent one changes what stands without a sound. */
  function tellRoom(roomId: RoomId, eventIds: ReadonlySet<string>, isSilent: boolean): void {
    const room = facts(roomId);
    const rows = newestRows(q, roomId, MAX_EVENTS).filter(({ eventId }) => eventIds.has(eventId));
    const [newest] = rows;
    if (room === undefined || newest === undefined) return;
    const hasSound = rows.some(({ sound }) => sound !== null);
    const news = { newest: toldEvent(newest), count: eventIds.size, hasSound };
    const draft = roomNotice(roomId, room, news, deps.settings());
    put(isSilent ? { ...draft, isSilent } : draft, new Map([[roomId, eventIds]]));
  }

  /** Takes away what is read, redacted or gone from what stands for this room. */
  function follow(roomId: RoomId): void {
    for (const [tag, { notice, rooms }] of [...standing]) {
      const events = rooms.get(roomId);
      if (events === undefined) continue;
      const left = new Set(unreadOf(roomId).filter((eventId) => events.has(eventId)));
      if (left.size === events.size) continue;
      standing.delete(tag);
      const remaining = new Map(rooms);
      if (left.size === 0) remaining.delete(roomId);
      else remaining.set(roomId, left);
      if (remaining.size === 0) continue;
      if (tag === roomId) tellRoom(roomId, left, true);
      else if (notice.kind === "digest") put({ ...digestOf(remaining), isSilent: true }, remaining);
      else standing.set(tag, { notice, rooms: remaining });
    }
  }

  /** New events of a room join those its notification stands for already, which are unread: it is followed. */
  function tellNews(roomId: RoomId, fresh: readonly UnreadRow[]): void {
    if (fresh.length === 0) return;
    const before = standing.get(roomId)?.rooms.get(roomId) ?? [];
    tellRoom(roomId, new Set([...before, ...idsOf(fresh)]), false);
  }

  const unreadOf = (roomId: RoomId): readonly string[] => idsOf(q.unreadOfRoom.all({ roomId }));

  function tellInvite(roomId: RoomId): void {
    if (!told.takeInvite(roomId)) return;
    const facts = q.inviteFacts.get({ roomId });
    const { notify, doNotDisturb } = deps.settings();
    const isWanted = !doNotDisturb && notify !== "none" && facts !== undefined;
    if (!isWanted || !deps.invites(roomId, facts.inviterId ?? ""))
      return deps.transaction(() => told.tellInvite(roomId));
    const invite = {
      room: facts.name,
      inviter: facts.inviterName ?? facts.inviterId,
      avatar: facts.avatarMxc,
    };
    put(inviteNotice(roomId, invite, deps.settings()), new Map());
  }

  const inviteOf = (roomId: RoomId, callId: string): AttentionEvent | undefined =>
    newestRows(q, roomId, MAX_EVENTS).find((one) => callOf(one) === callId);

  /** Answered or withdrawn: an invitation that is over is not shown. */
  function followInvite(roomId: RoomId): void {
    if (standing.get(roomId)?.notice.kind === "invite" && q.inviteFacts.get({ roomId }) === undefined)
      standing.delete(roomId);
  }

  return {
    attend(roomId) {
      front = roomId;
      const left = roomId === null ? undefined : standing.get(roomId);
      if (left?.notice.kind !== "message") return;
      settle(left);
      standing.delete(left.notice.tag);
      tell();
    },
    changed(roomIds, isLive) {
      for (const roomId of roomIds) {
        if (deps.takeLessened(roomId)) follow(roomId);
        followInvite(roomId);
        if (!isLive) continue;
        tellNews(roomId, takeFresh(roomId, true));
        tellInvite(roomId);
      }
      tell();
    },
    caughtUp() {
      const rooms = q.untoldRooms.all({}).map(({ roomId }) => ({ roomId, fresh: takeFresh(roomId, false) }));
      const count = rooms.reduce((sum, { fresh }) => sum + fresh.length, 0);
      if (count <= MAX_SINGLES) for (const { roomId, fresh } of rooms) tellNews(roomId, fresh);
      else tellDigest(rooms);
      for (const { roomId } of q.untoldInvites.all({})) tellInvite(roomId);
      tell();
    },
    show(draft) {
      if (deps.settings().doNotDisturb) return;
      put(draft, new Map());
      tell();
    },
    missed(call) {
      const { roomId, callId } = call;
      const row = inviteOf(roomId, callId);
      // Read already, on this or another device.
      if (row === undefined) return;
      const { eventId } = row;
      const { notify, doNotDisturb } = deps.settings();
      const isHeard = roomId !== front && !doNotDisturb && notify !== "none";
      if (!isHeard || (notify === "mentions" && row.isHighlight === 0)) return told.tell(roomId, [eventId]);
      put(missedCallNotice({ ...call, eventId }, deps.settings()), new Map([[roomId, new Set([eventId])]]));
      tell();
    },
    answered({ roomId, callId }) {
      const row = inviteOf(roomId, callId);
      if (row !== undefined) told.tell(roomId, [row.eventId]);
    },
    shown(tag, version) {
      const one = standing.get(tag);
      // A newer one stands for what this one did, too, and is shown in its turn.
      if (one?.notice.version === version) settle(one);
    },
    withdraw(tag) {
      const one = standing.get(tag);
      if (one === undefined) return;
      settle(one);
      standing.delete(tag);
      tell();
    },
    find: (tag) => standing.get(tag)?.notice,
  };

  /** A digest that still stands is part of the next. */
  function tellDigest(
    fresh: readonly { readonly roomId: RoomId; readonly fresh: readonly UnreadRow[] }[],
  ): void {
    const rooms = new Map(standing.get(DIGEST)?.rooms);
    for (const { roomId, fresh: rows } of fresh)
      if (rows.length > 0) rooms.set(roomId, new Set([...(rooms.get(roomId) ?? []), ...idsOf(rows)]));
    put(digestOf(rooms), rooms);
  }

  function digestOf(rooms: Standing["rooms"]): Draft {
    const parts = [...rooms].map(([roomId, eventIds]) => ({
      name: facts(roomId)?.name ?? null,
      count: eventIds.size,
      highlights: q.unreadOfRoom
        .all({ roomId })
        .filter(({ eventId, isHighlight }) => isHighlight === 1 && eventIds.has(eventId)).length,
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

const idsOf = (rows: readonly UnreadRow[]): readonly string[] => rows.map(({ eventId }) => eventId);
