import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { RoomRequests } from "../../preload/contract/models/room-requests.ts";
import type { CallId, EventId, MxcUri, RoomId, TransactionId, UserId } from "../../preload/contract/ids.ts";
import type { Draft, KeptDraft } from "../../preload/contract/models/room.ts";
import type { Connection } from "../../preload/contract/models/session.ts";
import type { Accounts, StoredSession } from "./accounts/accounts.ts";
import { createOwnName, type OwnName } from "./accounts/own-name.ts";
import type { Handlers } from "./api.ts";
import type { CallHandlers, RoomNews } from "./calls/calls.ts";
import { connectCalls } from "./calls/connect.ts";
import { changesOf, type Changes } from "./changes.ts";
import { cleanHtml, picturesOf } from "./clean-html.ts";
import { FailureError, toFailure, type Failure } from "./failure.ts";
import { objectOf, type MatrixEvent } from "./event.ts";
import { gatherChanges, union } from "./gather-changes.ts";
import { fetchLinkPreview } from "./homeserver/link-preview.ts";
import { fetchMembers } from "./homeserver/room-state.ts";
import { fetchProfile } from "./homeserver/profile.ts";
import { readMarkers, sendReadMarkers, sendReceipt, sendTyping } from "./homeserver/receipts.ts";
import {
  fetchContext,
  fetchEvent,
  fetchEventAt,
  fetchMessages,
  fetchRelations,
  fetchThreads,
  fetchTokenBefore,
  sendEvent,
} from "./homeserver/room-events.ts";
import { searchServer } from "./homeserver/search.ts";
import { createFilter, fetchSync } from "./homeserver/sync.ts";
import type { SessionSources } from "./live-topics.ts";
import type { Attachments } from "./media/attachments.ts";
import { mxcsIn } from "./mxc.ts";
import { createAttention, type Attention, type AttentionHandlers } from "./notifications/attention.ts";
import { MAIN, WHOLE_ROOM } from "./notifications/read-positions.ts";
import { sendPushOperation } from "./push-requests.ts";
import { createIgnoring, IGNORED_LIST } from "./people/ignoring.ts";
import type { Platform } from "./platform.ts";
import { createRoomFeatures } from "./room-features.ts";
import { createRoomIntents } from "./room-intents.ts";
import { parseMuted } from "./rooms/account-data.ts";
import { loadCallFacts, loadCallPerson } from "./rooms/call-facts.ts";
import { readFullyTo } from "./rooms/fully-read.ts";
import { createRoomList } from "./rooms/list-topic.ts";
import { createMentionables } from "./rooms/mentionables.ts";
import { createPowers } from "./rooms/powers.ts";
import { createRoomTopic } from "./rooms/room-topic.ts";
import { createMemberNames } from "./rooms/member-names.ts";
import { createRoomWriter } from "./rooms/writer.ts";
import { asItIsNow } from "./sending/draft-as-it-is-now.ts";
import { createDrafts } from "./sending/drafts.ts";
import { whileNothingIsWritten } from "./sending/thread-writing.ts";
import { createOutboxTopic } from "./sending/outbox-topic.ts";
import { putReceipt } from "./sending/put-receipt.ts";
import { createReceipts } from "./sending/receipts.ts";
import { createSending } from "./sending/sending.ts";
import { createTyping } from "./sending/typing.ts";
import type { SettingsTopic } from "./settings/settings.ts";
import { createStickers, type Stickers } from "./stickers/stickers.ts";
import { roomQueries } from "./store/queries/rooms.ts";
import { syncQueries } from "./store/queries/sync.ts";
import type { Store } from "./store/store.ts";
import { createSyncApplier } from "./sync/apply.ts";
import { createArchive } from "./sync/archive.ts";
import { createLongPoll } from "./sync/long-poll.ts";
import { createSyncLoop } from "./sync/loop.ts";
import { createTimelineWriter, editedIn } from "./timeline/apply.ts";
import type { Media } from "./media/media.ts";
import { createExports, type Exports } from "./export/export.ts";
import { createFinding, type FindingHandlers } from "./search/finding.ts";
import { createDateJump } from "./timeline/date-jump.ts";
import { createLinkPreviews } from "./timeline/link-previews.ts";
import { createEventSource } from "./timeline/event-source.ts";
import { createForward } from "./timeline/forward.ts";
import { createPolls, type PollHandlers } from "./timeline/polls.ts";
import { senderOf } from "./timeline/event-item.ts";
import { ownProfileIn } from "./timeline/profile.ts";
import { callPreview } from "./timeline/call-story.ts";
import { messageBody } from "./timeline/message-body.ts";
import { buildPreview } from "./timeline/preview.ts";
import { createRelationLists } from "./timeline/relation-lists.ts";
import { createStretchReader } from "./timeline/stretch.ts";
import { createThreadsOf } from "./timeline/thread-list.ts";
import { createTimelineTopic } from "./timeline/topic.ts";

// What runs while somebody is signed in: the features, each handed the functions of the others that it needs.

/**
 * How often a first sync shows what the list has gained, ms. A change of the list costs the page a walk over all of it:
 * after every slice that would be most of a first sync's time.
 */
const SHOW_LIST_EVERY_MS = 100;

export type SessionHandlers = AttentionHandlers &
  CallHandlers &
  FindingHandlers &
  Pick<
    Handlers,
    | "sendMessage"
    | "sendAttachment"
    | "editMessage"
    | "redactMessage"
    | "forwardMessage"
    | "react"
    | "loadEdits"
    | "loadReactions"
    | "unreact"
    | "retrySend"
    | "retryAllSends"
    | "deleteSend"
    | "editSend"
    | "paginate"
    | "findEventAt"
    | "visitRoom"
    | "markRead"
    | "setTyping"
    | "saveDraft"
    | "loadThreadDraft"
    | "moreThreads"
    | "loadEventSource"
    | "acceptInvite"
    | "declineInvite"
    | keyof RoomRequests
    | keyof OwnName
    | keyof PollHandlers
    | keyof Stickers["handlers"]
    | keyof Exports["handlers"]
    | "findPeople"
    | "findRooms"
    | "loadLinkPreview"
    | "describePills"
  >;
export interface SignedIn {
  readonly userId: UserId;
  readonly handlers: SessionHandlers;
  readonly sources: SessionSources;
  /** Starts talking to the server. What is stored can be read before. */
  start(): void;
  /** The network is said to be back. */
  poke(): void;
  /** Stops talking to the server; what is stored can still be read. Resolves when nothing is under way any more. */
  halt(): Promise<void>;
}

export interface SignedInDeps {
  readonly platform: Platform;
  readonly store: Store;
  readonly accounts: Accounts;
  readonly session: StoredSession;
  readonly settings: SettingsTopic;
  readonly attachments: Attachments;
  readonly onConnection: (connection: Connection) => void;
  /** Media of redacted events are to leave the disk (RED-02). */
  readonly forgetMedia: (mxcs: readonly MxcUri[]) => void;
  readonly media: Pick<Media, "open" | "stored">;
}

export function createSignedIn(deps: SignedInDeps): SignedIn {
  const { platform, store, accounts, settings } = deps;
  const { clock, random, log } = platform;
  const http = accounts.http();
  const { userId: ownUserId } = deps.session;
  const rooms = roomQueries(store.cache);
  const sync = syncQueries(store.cache);

  const session = () => accounts.current();
  let isActive = false;
  let isLive = false;
  let syncing: Connection = { state: "starting" };
  /** What is to be asked of the server once it can be reached. */
  const due = { profile: false, versions: false };
  /** Why the queue cannot take notes. Syncing and reading go on meanwhile. */
  let queueTrouble: Failure | null = null;
  const publish = gatherChanges((changes) => {
    try {
      tell(changes);
    } catch (error) {
      // The step itself is committed. A damaged cache is being replaced, and every topic with it.
      if (toFailure(error).problem !== "damaged") throw error;
    }
  });
  function tell(changes: Changes): void {
    // First what the user is looking at: a key press waits for it.
    intents.pins.changed(changes.queues);
    timelineTopic.changed(changes);
    finding.changed(changes);
    const listed = union(changes.rooms, changes.queues);
    if (listed.size > 0) roomList.changed(listed);
    if (changes.rooms.size > 0) roomTopic.changed(changes.rooms);
    if (changes.queues.size > 0) outbox.changed();
    attention.changed(changes.rooms);
    roomFeatures.changed(changes);
    stickers.changed();
  }

  const faceOf = ({ roomId, peer }: { roomId: RoomId; peer: UserId }): MxcUri | null =>
    loadCallPerson(rooms, roomId, peer).avatarMxc;
  const calls = connectCalls({
    platform,
    store,
    http,
    ownUserId,
    settings: () => settings.current(),
    facts: (roomId) => loadCallFacts(rooms, roomId, ownUserId),
    isGone: (roomId, userId) =>
      ["leave", "ban"].includes(rooms.loadMember.get({ roomId, userId })?.membership ?? ""),
    person(roomId, userId) {
      const { name, avatarMxc } = loadCallPerson(rooms, roomId, userId);
      return senderOf(userId, name, avatarMxc, ownUserId);
    },
    mayRing: (call) => attention.calls.mayRing(call),
    onUnauthorized,
    onRoomChanged: (roomId) =>
      publish.now(changesOf({ rooms: new Set([roomId]), timelines: new Set([roomId]) })),
    notices: {
      ring: (call, hasPage) => attention.calls.ring({ ...call, avatar: faceOf(call) }, hasPage),
      stopRinging: (callId, isMissed) => attention.calls.stopRinging(callId, isMissed),
      missed: (call) => attention.calls.missed({ ...call, avatar: faceOf(call) }),
    },
  });
  let news: RoomNews[] = [];
  const drafts = createDrafts({ store, clock, session });
  const threads = createThreadsOf(store);
  const answering = (roomId: RoomId, draft: Draft | null): KeptDraft | null =>
    draft === null
      ? null
      : asItIsNow(roomId, draft, {
          quote: (...at) => timelineTopic.quote(...at),
          eventOf: (...at) => sending.eventOf(...at),
          currentId: (transactionId) => sending.currentId(transactionId),
          isWaiting: (...at) => sending.isWaiting(...at),
        });
  const sending = createSending({
    platform,
    store,
    publish: publish.now,
    session,
    put: (attempt, signal) => sendEvent(http, { ...attempt, signal }),
    putFile: (upload, signal, onProgress) => deps.attachments.upload(upload, signal, onProgress),
    onLeft: () => deps.attachments.tidy(),
    roomName: (roomId) => rooms.loadRoom.get({ roomId })?.name ?? roomId,
    onUnauthorized,
    onStorage(failure) {
      queueTrouble = failure;
      tellConnection();
    },
  });
  const outbox = createOutboxTopic(() => sending.outbox());
  const roomList = createRoomList({
    store,
    unsentCount: (roomId) => sending.unsentCount(roomId),
    isLiveCall: (callId) => calls.isLive(callId),
  });
  const roomTopic = createRoomTopic({
    store,
    ownUserId: () => ownUserId,
    loadDraft: (roomId) => answering(roomId, drafts.load(roomId)),
    loadAttachments: (roomId) => deps.attachments.tray.load(roomId),
    unreadInThreads: (roomId) => threads.unread(roomId),
    pins: () => intents.pins,
    afterKnock: (roomId) => roomFeatures.afterKnock(roomId),
  });
  const redacted = { rooms: new Set<RoomId>(), media: [] as MxcUri[] };
  const timelineWriter = createTimelineWriter({
    store,
    cleanHtml,
    onRedaction(roomId, eventId, old) {
      roomWriter.applyRedaction(
        roomId,
        eventId,
        old === null ? null : editedIn(objectOf(old, "content")),
        ownUserId,
      );
      attention.apply.redaction(roomId, eventId);
      redacted.rooms.add(roomId);
      if (old !== null) redacted.media.push(...mxcsIn(old), ...picturesOf(old));
    },
  });
  const timelineTopic = createTimelineTopic({
    platform,
    store,
    writer: timelineWriter,
    ownUserId,
    localRows: (roomId) => sending.rows(roomId),
    eventOf: (roomId, target) => sending.eventOf(roomId, target),
    currentId: (transactionId) => sending.currentId(transactionId),
    fetchMessages: (request) => fetchMessages(http, request),
    fetchTokenBefore: (request) => fetchTokenBefore(http, request),
    fetchEvent: (request) => fetchEvent(http, request),
    fetchAround: (request) => fetchContext(http, request),
    fetchRelations: (request) => fetchRelations(http, request),
    fetchThreads: (request) => fetchThreads(http, request),
    ...createPowers(store),
    pinnedIn: (roomId) => intents.pins.pinned(roomId),
    unsentPinsIn: (roomId) => intents.pins.unsent(roomId),
    publish: settled,
    onKept: (roomId) => sending.settle([roomId]),
    onUnauthorized,
    isLive: () => isLive,
    isLiveCall: (callId) => calls.isLive(callId),
  });
  const finding = createFinding({
    platform,
    store,
    ownUserId,
    searchServer: (request) => searchServer(http, request),
    fillGap: (roomId) => timelineTopic.fillGap(roomId),
    onUnauthorized,
    bodyOf: (content) => messageBody(content, null),
  });
  const findEventAt = createDateJump(
    (request) => fetchEventAt(http, request),
    (roomId, ts) => finding.storedAt(roomId, ts),
  );
  const exports = createExports({
    platform,
    store,
    ownUserId,
    read: createStretchReader({ store, ownUserId, ...createPowers(store) }),
    openMedia: (path, isPatient) => (isPatient ? deps.media.open(path) : deps.media.stored(path)),
    isLive: () => isLive,
    history: finding.history,
  });
  const mentionables = createMentionables({
    store,
    ownUserId,
    fetchMembers: (roomId) => fetchMembers(http, { roomId }),
    applyMember: (roomId, event) => roomWriter.applyStateEvent(roomId, event),
    onLearned: (roomId) => publish.now(marked(roomId)),
  });
  const polls = createPolls({
    enqueue: (event) => sending.enqueue(event),
    typeOf: (roomId, eventId) =>
      timelineTopic.typeOf(eventId) ??
      sending.rows(roomId).find((row) => row.eventId === eventId)?.eventType ??
      null,
    newId: () => random.token(),
  });
  const stickers = createStickers({
    ...{ store, http, ownUserId },
    send: ({ replyTo, thread, ...message }) => {
      if (thread !== null) return sending.sendInThread({ ...message, thread, replyTo });
      return replyTo === null ? sending.enqueue(message) : sending.reply({ ...message, target: replyTo });
    },
    queuedBefore: (row) => sending.queuedBefore(row),
    fetchEvent: (at) => fetchEvent(http, at),
    wish: (sticker) => intents.wishSticker(sticker),
    wished: () => intents.wishedStickers(),
  });
  const relationLists = createRelationLists({
    store,
    writer: timelineWriter,
    fetchRelations: (request) => fetchRelations(http, request),
  });
  const memberNames = createMemberNames({ store, clock });
  const roomWriter = createRoomWriter({
    ...{ store, buildPreview, callPreview },
    now: () => clock.now(),
    onMember: (roomId, userId) => memberNames.changed(roomId, userId),
  });
  const ignoring = createIgnoring({
    store,
    ownUserId,
    renewPreview: (roomId) => roomWriter.renewPreview(roomId, ownUserId),
    readAgain: (roomId, token) => timelineWriter.readAgain(roomId, token),
  });
  const intents = createRoomIntents({
    platform,
    store,
    http,
    ownUserId,
    session,
    attention: () => attention,
    stickers: () => stickers,
    messages: sending,
    publish: (roomId) => publish.now(changesOf({ rooms: new Set([roomId]) })),
    onProgress: (roomId) => roomFeatures.changed(changesOf({ rooms: new Set([roomId]) })),
  });
  const roomFeatures = createRoomFeatures({
    platform,
    store,
    http,
    ownUserId,
    memberNames,
    redactionsOf: (roomId) => intents.redactionsOf(roomId),
    onKnockDeclined: (declined) => attention.knockDeclined(declined),
    applyStateEvent: (roomId, event) => roomWriter.applyStateEvent(roomId, event),
    publish: (roomIds) => publish.now(changesOf({ rooms: roomIds, timelines: roomIds })),
  });
  const receipts = createReceipts({
    platform,
    store,
    session,
    put: (receipt) =>
      putReceipt(
        {
          markers: ({ roomId, eventId, type }) => sendReadMarkers(http, readMarkers(roomId, eventId, type)),
          receipt: (request) => sendReceipt(http, request),
        },
        receipt,
      ),
  });

  const attention: Attention = createAttention({
    store,
    clock,
    ownUserId,
    settings: () => settings.current(),
    isLive: () => isLive,
    buildPreview,
    publish: (roomIds) => publish.now(changesOf({ rooms: roomIds })),
    markRead: (roomId, eventId) => markRead(roomId, eventId, WHOLE_ROOM),
    sendText: (roomId, body) =>
      void sending.enqueue({
        roomId,
        transactionId: random.token() as TransactionId,
        content: { msgtype: "m.text", body },
      }),
    sendPushOperation: (operation) => sendPushOperation(http, operation),
    wishUnread: (roomId, mark) => intents.wishUnread(roomId, mark),
    onMarkedFrom: (roomId) => timelineTopic.moveLine(roomId),
    wishLevel: (roomId, level) => intents.wishLevel(roomId, level),
    wishedLevels: () => intents.wishedLevels(),
    mutedBy: parseMuted,
  });

  const typing = createTyping({ clock, put: (notice) => sendTyping(http, { ...notice, userId: ownUserId }) });

  attention.calls.onAct = (callId, act, room) => calls.act(callId as CallId, act, room);
  let isFirstSync = false;
  let listShownAt = 0;
  function showList(): void {
    const now = clock.monotonic();
    if (now - listShownAt < SHOW_LIST_EVERY_MS) return;
    listShownAt = now;
    roomList.release();
    roomList.hold();
  }

  const applier = createSyncApplier({
    store,
    clock,
    ownUserId,
    appliers: {
      state(roomId, event) {
        mentionables.heard(roomId, event);
        roomWriter.applyStateEvent(roomId, event);
        roomFeatures.noteEvent(roomId, event);
        const profile = ownProfileIn(event);
        // Messages that came before their sender's member event get their name now (STA-16).
        if (profile !== null) timelineWriter.learnProfile(roomId, event.sender, profile);
      },
      timeline: (roomId, chunk) =>
        timelineWriter.append(roomId, chunk, {
          profileOf: (userId) => roomWriter.profileOf(roomId, userId),
          onStored(event: MatrixEvent) {
            mentionables.heard(roomId, event);
            roomWriter.applyStateEvent(roomId, event);
            roomFeatures.noteEvent(roomId, event);
            if (isNewsOfUs(event)) due.profile = true;
          },
        }),
      receipts(roomId, content) {
        timelineWriter.applyReceipts(roomId, content);
        attention.apply.receipts(roomId, content);
      },
      room(update, membership, added, isPast) {
        const { roomId, summary, unread: serverCounts } = update;
        const accountData = intents.over(roomId, update.accountData);
        roomWriter.applyRoom({ roomId, membership, ...summary, accountData, added }, ownUserId);
        const { timeline: events, isLimited, prevBatch } = update;
        if (!isPast) news.push({ roomId, events, gapFrom: isLimited && !isFirstSync ? prevBatch : null });
        if (serverCounts !== null) threads.applyCounts(roomId, serverCounts.threads);
        const isReceiptPending = receipts.pending(roomId) !== null;
        attention.apply.room({
          roomId,
          membership,
          serverCounts,
          added,
          isReceiptPending,
          isOld: isFirstSync || isPast,
        });
      },
      stripped(room, membership) {
        roomWriter.applyStripped(room.roomId, membership, room.state, ownUserId);
        if (membership === "invite") attention.apply.invite(room.roomId, isFirstSync);
      },
      accountData: (type, content) => [
        ...roomWriter.applyAccountData(type, content, ownUserId),
        ...(type === IGNORED_LIST ? ignoring.apply(content) : []),
        ...attention.apply.accountData(type),
      ],
      presence: (events) => attention.apply.presence(events),
      onlyRooms: (present) => roomWriter.leaveAllBut(present),
    },
    after: {
      committed: settled,
      typing: (roomId, content) => roomTopic.applyTyping(roomId, content),
      progress(fraction) {
        showList();
        tellConnection({
          state: "catching-up",
          isFirst: sync.load("next_batch") === null,
          progress: fraction,
        });
      },
      breath: () => clock.breath(),
    },
  });

  const archive = createArchive({
    queries: sync,
    present: () => rooms.presentRoomIds.all({}).map(({ roomId }) => roomId),
    isKnown: (roomId) => rooms.hasHistory.get({ roomId }) !== undefined,
    createFilter: (filter) => createFilter(http, { userId: ownUserId, filter }),
    fetchSync: (filter, signal) => fetchSync(http, { since: null, filter, timeoutMs: 0, signal }),
    apply: (past) => applier.applyPast(past),
  });

  const loop = createSyncLoop({
    source: createLongPoll({
      queries: sync,
      createFilter: (filter) => createFilter(http, { userId: ownUserId, filter }),
      fetchSync: (request) => fetchSync(http, { ...request, setPresence: attention.ownPresence() }),
    }),
    clock,
    random,
    log,
    loadToken: () => sync.load("next_batch"),
    dropToken: () => sync.remove("next_batch"),
    // Decryption will stand here: asynchronous, after parsing, before the transaction.
    prepare(update) {
      calls.responseCame();
      return Promise.resolve(update);
    },
    async apply(update, isFirst) {
      // A first sync shows rooms as they come; a catch-up moves rows once, when it is whole.
      roomList.hold();
      isFirstSync = isFirst;
      news = [];
      listShownAt = isFirst ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      try {
        await applier.apply(update, isFirst);
      } finally {
        roomList.release();
      }
      calls.responseTaken(news.splice(0));
    },
    onState(state) {
      isLive = state.state === "live";
      attention.setLive(isLive);
      if (state.state === "offline") roomTopic.clearTyping();
      if (isLive) timelineTopic.wake();
      tellConnection(state);
    },
    onSynced() {
      sending.wake("synced");
      calls.wake();
      receipts.wake("synced");
      finding.history.wake();
      intents.wake("synced");
      roomFeatures.synced();
      askWhatIsDue();
    },
    onUnauthorized,
  });

  function onUnauthorized(failure: Failure): void {
    void accounts.handleUnauthorized(failure);
  }

  /** What keeps words from leaving stands over whatever else is well (architecture.md, section 8). */
  function tellConnection(state: Connection = syncing): void {
    syncing = state;
    if (!isActive) return;
    deps.onConnection(queueTrouble === null ? state : { state: "stopped", failure: queueTrouble });
  }

  /** Cache first, then the queue; the topics hear of both at once, so an echo is one replacement (ECHO-06). */
  function settled(changes: Changes): void {
    const { rooms: redactedRooms, media } = redacted;
    const recounted = attention.historyCame(changes.timelines);
    if (ignoring.takeChange()) {
      timelineTopic.peopleChanged();
      finding.peopleChanged();
    }
    roomFeatures.committed();
    publish.together(() => {
      publish.now({ ...changes, rooms: union(changes.rooms, new Set([...redactedRooms, ...recounted])) });
      sending.settle(changes.timelines);
    });
    if (redactedRooms.size === 0) return;
    redactedRooms.clear();
    // Redacted words leave the write-ahead log too, and pictures the disk.
    store.truncateLogs();
    deps.forgetMedia(media.splice(0));
  }

  const marked = (roomId: RoomId): Changes =>
    changesOf({ rooms: new Set([roomId]), timelines: new Set([roomId]) });

  const { tray } = deps.attachments;
  /** In the thread of a message that is not sent nothing may wait when it is deleted (sending/thread-writing.ts). */
  const deleting = whileNothingIsWritten({ drafts, tray, isWaiting: (...at) => sending.isWaiting(...at) });

  /** Messages of ours while their echo is not here. */
  const waiting = {
    store,
    localRows: (roomId: RoomId) => sending.rows(roomId),
    eventOf: (roomId: RoomId, target: MessageTarget) => sending.eventOf(roomId, target),
    currentId: (transactionId: TransactionId) => sending.currentId(transactionId),
    neededUploads: (row: Parameters<typeof sending.neededUploads>[0]) => sending.neededUploads(row),
  };

  return {
    userId: ownUserId,
    handlers: {
      sendAttachment({ draftLength, ...file }) {
        const { roomId, thread, attachment } = file;
        const isFile = (beginning: string): boolean =>
          deps.attachments.staging.beginsWith(attachment.stagedId, beginning);
        const typed = { alongside: () => drafts.sentAsFile(roomId, isFile, thread) };
        const message = { ...file, ...(draftLength === undefined ? {} : typed) };
        return deps.attachments.send(message, sending);
      },
      sendMessage({ replyTo, thread, ...typed }) {
        const { roomId, content } = typed;
        const message = { ...typed, alongside: () => drafts.sent(roomId, content.body, thread) };
        if (thread !== undefined)
          return sending.sendInThread({ ...message, thread, replyTo: replyTo ?? null });
        return replyTo === undefined
          ? sending.enqueue(message)
          : sending.reply({ ...message, target: replyTo });
      },
      editMessage: (params) => sending.editMessage(params),
      redactMessage: (params) => deleting(params.roomId, params.target, () => sending.redact(params)),
      react: (params) => sending.react(params),
      loadEdits: ({ roomId, eventId }) => relationLists.edits(roomId, eventId),
      loadReactions: async ({ roomId, eventId }) => ({
        reactors: await relationLists.reactions(roomId, eventId),
      }),
      unreact: (params) => sending.unreact(params),
      retrySend: (params) => sending.retry(params),
      retryAllSends: () => sending.retryAll(),
      deleteSend: (params) =>
        deleting(params.roomId, { eventId: null, transactionId: params.transactionId }, () =>
          sending.remove(params),
        ),
      editSend: (params) => sending.edit(params),
      paginate: ({ roomId, focus, direction, thread }) =>
        thread === undefined
          ? timelineTopic.paginate(roomId, focus, direction)
          : timelineTopic.paginateThread(roomId, thread),
      findEventAt: (params) => findEventAt(params),
      ...finding.handlers,
      ...exports.handlers,
      visitRoom: ({ roomId }) => timelineTopic.visit(roomId),
      ...attention.handlers,
      markRead: ({ roomId, eventId, thread }) =>
        markRead(roomId, eventId, thread ?? (threads.hasAny(roomId) ? MAIN : WHOLE_ROOM)),
      setTyping({ roomId, isTyping }) {
        if (settings.current().sendTyping) typing.set(roomId, isTyping);
      },
      saveDraft: ({ roomId, draft, thread }) => drafts.save(roomId, draft, thread),
      loadThreadDraft: ({ roomId, thread }) => ({
        draft: answering(roomId, drafts.load(roomId, thread)),
        attachments: deps.attachments.tray.load(roomId, thread),
      }),
      moreThreads: ({ roomId }) => timelineTopic.threads.more(roomId),
      ...calls.handlers,
      ...roomFeatures.handlers,
      ...intents.handlers,
      ...createOwnName(http, ownUserId),
      async fetchArchive() {
        const failure = await archive.fetch();
        if (failure !== null) throw new FailureError(failure);
      },
      ...polls,
      ...stickers.handlers,
      ...createEventSource(waiting),
      ...createForward({
        ...waiting,
        fetchEvent: (request) => fetchEvent(http, request),
        enqueue: (event) => sending.enqueue(event),
      }),
      findPeople: (asked) => mentionables.find(asked),
      findRooms: ({ query }) => ({ rooms: mentionables.findRooms(query) }),
      ...createLinkPreviews({
        clock: platform.clock,
        isWanted: () => settings.current().linkPreviews,
        fetch: (url) => fetchLinkPreview(http, { url, api: session()?.mediaApi ?? "authenticated" }),
      }),
      describePills: ({ roomId, ids }) => ({ pills: mentionables.describe(roomId, ids) }),
    },
    sources: {
      roomList: (_params, emit) => roomList.open(emit),
      room: ({ roomId }, emit) => roomTopic.open(roomId, emit),
      timeline: (params, emit) => timelineTopic.open(params, emit),
      threads: ({ roomId }, emit) => timelineTopic.threads.open(roomId, emit),
      pins: ({ roomId }, emit) => timelineTopic.pins.open(roomId, emit),
      quote: ({ roomId, target }, emit) => timelineTopic.quoted.open(roomId, target, emit),
      ...stickers.sources,
      ...finding.sources,
      ...exports.sources,
      outbox: (_params, emit) => outbox.open(emit),
      ...attention.sources,
      calls: ({ driverId }, emit) => calls.open(driverId, emit),
      ...roomFeatures.sources,
    },
    start() {
      isActive = true;
      loop.start();
      sending.start();
      calls.start();
      receipts.start();
      intents.start();
      roomFeatures.start();
      finding.start();
      exports.start();
      // A new account shows its name before its rooms are there; a start without network asks when it is back.
      void loadOwnProfile();
      due.versions = true;
    },
    poke() {
      // Without a token there is nobody to talk to.
      if (!isActive) return;
      loop.start();
      loop.poke();
      sending.wake("network");
      calls.wake();
      receipts.wake("network");
      intents.wake("network");
      roomFeatures.poke();
    },
    async halt() {
      isActive = false;
      attention.clear();
      finding.stop();
      await calls.stop();
      await Promise.all([
        loop.stop(),
        archive.stop(),
        sending.stop(),
        receipts.stop(),
        intents.stop(),
        timelineTopic.stop(),
        roomFeatures.stop(),
        exports.stop(),
      ]);
    },
  };

  /** `threadId`: the whole room with its threads, its own timeline, or the root of a thread. */
  function markRead(roomId: RoomId, seenId: EventId, threadId: string): void {
    const isRoom = threadId === WHOLE_ROOM || threadId === MAIN;
    const eventId = store.cache.transaction(() => {
      const upTo = attention.read(roomId, seenId, threadId);
      if (isRoom) readFullyTo(rooms, roomId, upTo);
      return upTo;
    });
    const isPrivate = settings.current().readReceipts === "private";
    receipts.mark({ roomId, eventId, threadId, receiptType: isPrivate ? "m.read.private" : "m.read" });
    publish.now(marked(roomId));
  }

  async function loadOwnProfile(): Promise<void> {
    due.profile = false;
    const profile = await fetchProfile(http, { userId: ownUserId });
    if (!profile.ok) due.profile = profile.failure.kind === "offline" || profile.failure.kind === "timeout";
    else if (isActive) await accounts.setProfile(profile.value);
  }

  function askWhatIsDue(): void {
    if (due.profile) void loadOwnProfile();
    if (due.versions) void accounts.renewVersions();
    due.versions = false;
  }

  /** Another device of ours has given us a new name or picture; or one for this room only, which the profile tells. */
  function isNewsOfUs(event: MatrixEvent): boolean {
    if (event.type !== "m.room.member" || event.stateKey !== ownUserId) return false;
    const { displayName = null, avatarMxc = null } = session() ?? {};
    const said = ownProfileIn(event);
    return said !== null && (said.name !== displayName || said.avatarMxc !== avatarMxc);
  }
}
