import type { EventId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { Destination, Notice, NoticeAct } from "../../../preload/contract/models/notice.ts";
import type { PushSettings, RoomNotifications } from "../../../preload/contract/models/attention.ts";
import type { RoomPreview } from "../../../preload/contract/models/room.ts";
import type { Settings } from "../../../preload/contract/models/settings.ts";
import type { Handlers, TopicSources } from "../api.ts";
import type { JsonObject, MatrixEvent } from "../event.ts";
import { FailureError, invalid, type Result, unlessRefused, type Failure } from "../failure.ts";
import type { Clock } from "../platform.ts";
import { attentionQueries } from "../store/queries/attention.ts";
import type { Store } from "../store/store.ts";
import { areSameItems, createValueTopic } from "../value-topic.ts";
import { callTag, declinedNotice, type DeclinedKnock } from "./build-notice.ts";
import { createCallNotices } from "./call-notices.ts";
import { explainUnread } from "./explain.ts";
import { accountData } from "./judge.ts";
import { createNotifier } from "./notifier.ts";
import { createPresence, IDLE_AFTER_MS } from "./presence.ts";
import type { PushOperation } from "./push-operations.ts";
import { createPushEditor, type WishedLevel } from "./push-settings.ts";
import { createUnread, type RoomNews } from "./unread.ts";

// Everything about the user's attention, put together: counts, rules, notifications, presence.

export type AttentionHandlers = Pick<
  Handlers,
  | "markRoomRead"
  | "markUnread"
  | "explainUnread"
  | "recountUnread"
  | "attend"
  | "actOnNotice"
  | "arrived"
  | "changePushRules"
>;
export type AttentionSources = Pick<TopicSources, "notices" | "destination" | "pushSettings" | "presence">;

export interface AttentionDeps {
  readonly store: Pick<Store, "cache">;
  readonly clock: Pick<Clock, "now" | "monotonic">;
  readonly ownUserId: UserId;
  readonly settings: () => Settings;
  readonly isLive: () => boolean;
  readonly buildPreview: (event: MatrixEvent) => RoomPreview | null;
  /** Rooms whose counts changed, outside a sync. */
  readonly publish: (roomIds: ReadonlySet<RoomId>) => void;
  /** The whole of "the user has read up to here": marker, receipt and counts. */
  readonly markRead: (roomId: RoomId, eventId: EventId) => void;
  /** Queues a text as the composer does. */
  readonly sendText: (roomId: RoomId, body: string) => void;
  readonly sendPushOperation: (operation: PushOperation) => Promise<Result<void>>;
  /** Written down: the server is told when it can be. Resolves with the refusal when it says no now. An event: from there. */
  readonly wishUnread: (roomId: RoomId, mark: boolean | EventId) => Promise<Failure | null>;
  /** The user said where what is new begins. */
  readonly onMarkedFrom: (roomId: RoomId) => void;
  readonly wishLevel: (roomId: RoomId, level: RoomNotifications) => Promise<Failure | null>;
  /** The levels that the server does not have yet. */
  readonly wishedLevels: () => readonly WishedLevel[];
  /** Rooms that push rules mute. */
  readonly mutedBy: (pushRules: JsonObject) => ReadonlySet<RoomId>;
}

export function createAttention(deps: AttentionDeps) {
  const { ownUserId, clock } = deps;
  const { cache } = deps.store;
  const queries = attentionQueries(cache);
  const notices = createValueTopic<readonly Notice[]>([], areSameItems);
  const destination = createValueTopic<Destination | null>(null);
  let trips = 0;
  let wasLive = false;
  let lookedAt = clock.monotonic();
  let isLooking = false;
  let haveRulesChanged = false;

  const editor = createPushEditor({
    load: () => accountData(queries, "m.push_rules"),
    save: (content) =>
      void queries.putAccountData.run({ type: "m.push_rules", content: JSON.stringify(content) }),
    send: deps.sendPushOperation,
    roomName: (roomId) => queries.roomFacts.get({ roomId, ownUserId })?.name ?? roomId,
    wish: deps.wishLevel,
    wished: deps.wishedLevels,
    onChange(roomIds) {
      unread.judge.forget();
      const changed = cache.transaction(() => {
        remute(roomIds);
        return unread.recountAll();
      });
      pushSettings.set(editor.view());
      deps.publish(new Set([...changed, ...roomIds]));
    },
  });
  const pushSettings = createValueTopic<PushSettings>(editor.view());
  const unread = createUnread({
    store: deps.store,
    ownUserId,
    now: () => clock.now(),
    pushRules: () => editor.content(),
  });
  const presence = createPresence({ queries, clock, isLive: deps.isLive });
  const notifier = createNotifier({
    queries,
    ownUserId,
    transaction: (work) => cache.transaction(work),
    settings: deps.settings,
    buildPreview: deps.buildPreview,
    invites: (roomId, inviter) => unread.judge.invites(roomId, inviter),
    notices,
    takeLessened: (roomId) => unread.takeLessened(roomId),
  });

  const ringing = createCallNotices({
    notifier,
    judge: unread.judge,
    settings: deps.settings,
    isLive: () => wasLive,
    isLooking: () => isLooking,
  });
  const calls = ringing.notices;

  /** The hand-made mark goes with reading. */
  function unmark(roomId: RoomId): void {
    if (queries.setMarkedUnread.run({ roomId, isMarked: 0, from: null }) > 0)
      void deps.wishUnread(roomId, false);
  }

  function mark(roomId: RoomId, from: EventId | null): Promise<void> {
    const tried = deps.wishUnread(roomId, from ?? true);
    queries.setMarkedUnread.run({ roomId, isMarked: 1, from });
    deps.publish(new Set([roomId]));
    if (from !== null) deps.onMarkedFrom(roomId);
    return unlessRefused(tried);
  }

  /** Rooms look muted as the rules in force have it, the wished ones included. */
  function remute(roomIds: readonly RoomId[]): void {
    const muted = roomIds.length === 0 ? null : deps.mutedBy(editor.content() ?? {});
    for (const roomId of roomIds)
      queries.setMuted.run({ roomId, isMuted: Number(muted?.has(roomId) ?? false) });
  }

  function markRoomRead(roomId: RoomId): void {
    const newest = queries.newestPlace.get({ roomId });
    if (newest !== undefined) deps.markRead(roomId, newest.eventId);
    unmark(roomId);
    deps.publish(new Set([roomId]));
  }

  function act(tag: string, what: NoticeAct): void {
    const notice = notifier.find(tag);
    // Somebody was quicker: read on another device, redacted, or over.
    if (notice === undefined) return;
    if (what.act === "shown") return notifier.shown(tag, what.version);
    const { roomId, eventId } = notice;
    notifier.withdraw(tag);
    switch (what.act) {
      case "open":
        if (roomId !== null) destination.set({ number: ++trips, roomId, eventId });
        break;
      case "dismiss":
        ringing.dismissed(tag);
        break;
      case "mark-read":
        if (roomId !== null) markRoomRead(roomId);
        break;
      case "reply":
        if (roomId === null || !notice.actions.includes("reply"))
          throw new FailureError(invalid("nothing to reply to"));
        deps.sendText(roomId, what.body);
        markRoomRead(roomId);
        break;
      case "answer":
      case "decline":
      case "call-back":
        if (notice.actions.includes(what.act)) calls.onAct(tag.slice(callTag("").length), what.act, roomId);
    }
  }

  const handlers: AttentionHandlers = {
    markRoomRead: ({ roomId }) => markRoomRead(roomId),
    async markUnread({ roomId, isUnread, from }) {
      if (isUnread) return mark(roomId, from ?? null);
      unmark(roomId);
      deps.publish(new Set([roomId]));
    },
    explainUnread: ({ roomId }) =>
      explainUnread(roomId, {
        queries,
        ownUserId,
        readUpTo: (one) => unread.readUpTo(one),
        buildPreview: deps.buildPreview,
      }),
    recountUnread({ roomId }) {
      unread.judge.forget();
      const changed = cache.transaction(() =>
        roomId === null ? unread.recountAll() : unread.recount(roomId) ? [roomId] : [],
      );
      deps.publish(new Set(changed));
      return { changedRooms: changed.length };
    },
    attend({ roomId }) {
      const didLook = isLooking;
      isLooking = roomId !== null;
      lookedAt = clock.monotonic();
      notifier.attend(roomId);
      if (isLooking !== didLook) ringing.lookingChanged();
    },
    actOnNotice: (params) => act(params.tag, params.act),
    arrived({ number }) {
      if (destination.current()?.number === number) destination.set(null);
    },
    changePushRules: ({ change }) => editor.change(change),
  };

  return {
    handlers,
    calls,
    sources: {
      notices: (_params, emit) => ({ snapshot: notices.current(), stop: notices.watch(emit) }),
      destination: (_params, emit) => ({ snapshot: destination.current(), stop: destination.watch(emit) }),
      pushSettings: (_params, emit) => ({ snapshot: pushSettings.current(), stop: pushSettings.watch(emit) }),
      presence: ({ userId }, emit) => presence.open(userId, emit),
    } satisfies AttentionSources,
    /** Steps of a sync response, within its transaction. */
    apply: {
      receipts: (roomId: RoomId, content: JsonObject): void => unread.applyReceipts(roomId, content),
      room: (news: RoomNews): void => unread.apply(news),
      accountData(type: string): readonly RoomId[] {
        haveRulesChanged ||= type === "m.push_rules";
        if (type === "m.push_rules") remute(deps.wishedLevels().map(({ roomId }) => roomId));
        return unread.applyAccountData(type);
      },
      invite: (roomId: RoomId, isOld: boolean): void =>
        void queries.insertInvite.run({ roomId, isTold: Number(isOld) }),
      redaction: (roomId: RoomId, eventId: EventId): void => unread.redacted(roomId, eventId),
      presence: (events: Parameters<typeof presence.apply>[0]): void => presence.apply(events),
    },
    /** Within the caller's transaction: the counts' part of reading. Answers up to where. */
    read(roomId: RoomId, eventId: EventId, threadId?: string): EventId {
      const upTo = unread.markRead(roomId, eventId, threadId);
      unmark(roomId);
      return upTo;
    },
    /** Older history came: holes may be filled. Returns the rooms whose counts changed. */
    historyCame: (roomIds: ReadonlySet<RoomId>): readonly RoomId[] =>
      cache.transaction(() => unread.historyCame(roomIds)),
    /** After each commit. */
    changed(roomIds: ReadonlySet<RoomId>): void {
      notifier.changed(roomIds, wasLive);
      if (haveRulesChanged) pushSettings.set(editor.view());
      haveRulesChanged = false;
      presence.changed();
    },
    /** The connection is said to be live, or not. */
    setLive(isLive: boolean): void {
      if (isLive === wasLive) return;
      wasLive = isLive;
      presence.changed();
      if (isLive) notifier.caughtUp();
    },
    /** A request to join was turned down. */
    knockDeclined: (declined: DeclinedKnock): void =>
      notifier.show(declinedNotice(declined, deps.settings())),
    putLevel: (wish: WishedLevel): Promise<Result<void>> => editor.putLevel(wish),
    /** The server refused what was wished of a room. */
    refused: {
      level: (roomId: RoomId): void => editor.refused(roomId),
      unread(roomId: RoomId): void {
        queries.setMarkedUnread.run({ roomId, isMarked: 0, from: null });
        deps.publish(new Set([roomId]));
      },
    },
    /** What the next sync says of us (PRE-03, PRE-04). */
    ownPresence(): "online" | "unavailable" | "offline" {
      const wished = deps.settings().presence;
      const isIdle = !isLooking && clock.monotonic() - lookedAt > IDLE_AFTER_MS;
      return wished === "online" && isIdle ? "unavailable" : wished;
    },
    /** The session ends: nothing of it stands any more. */
    clear(): void {
      notices.set([]);
    },
  };
}

export type Attention = ReturnType<typeof createAttention>;
