import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type {
  ComposerBlock,
  KeptDraft,
  RoomInvite,
  RoomSummary,
  RoomView,
} from "../../../preload/contract/models/room.ts";
import type { DraftAttachment } from "../../../preload/contract/models/attachment.ts";
import type { OpenTopic } from "../api.ts";
import { isObject, type JsonObject } from "../event.ts";
import { mxcPath } from "../mxc.ts";
import { roomQueries, type RoomQueries, type RoomRow } from "../store/queries/rooms.ts";
import type { Store } from "../store/store.ts";
import { loadCallFacts } from "./call-facts.ts";
import { isAllowed } from "./powers.ts";
import { canSendMessage, isCreatorAboveLevels } from "./power.ts";
import { numeric, rightsOf } from "./rights.ts";
import { AVATAR_THUMBNAIL } from "./summary.ts";
import { memberName, stateContent } from "./row.ts";

export interface RoomTopicDeps {
  readonly store: Store;
  readonly ownUserId: () => UserId | null;
  readonly loadDraft: (roomId: RoomId) => KeptDraft | null;
  readonly loadAttachments: (roomId: RoomId) => readonly DraftAttachment[];
  /** Replies in threads that notify and are not read. */
  readonly unreadInThreads: (roomId: RoomId) => RoomView["threads"];
  /** What the user wants pinned; made after us. */
  readonly pins: () => {
    pinned(roomId: RoomId): RoomView["pinned"];
    unsent(roomId: RoomId): RoomView["pinnedUnsent"];
    refusal(roomId: RoomId): RoomView["pinRefused"];
  };
  /** What becomes of an invitation that we have asked for. */
  readonly afterKnock: (roomId: RoomId) => RoomInvite["afterKnock"];
}

/** Header, composer and typing line of open rooms. */
export interface RoomTopic {
  open(roomId: RoomId, emit: (view: RoomView) => void): OpenTopic<"room">;
  changed(roomIds: ReadonlySet<RoomId>): void;
  /** m.typing: who is typing now, replacing who was (ephemeral, never stored). */
  applyTyping(roomId: RoomId, content: JsonObject): void;
  /** Nobody is known to be typing any more: the connection is gone. */
  clearTyping(): void;
}

interface Watcher {
  readonly emit: (view: RoomView) => void;
  last: string;
}

export function createRoomTopic(deps: RoomTopicDeps): RoomTopic {
  const queries = roomQueries(deps.store.cache);
  const watchers = new Map<RoomId, Set<Watcher>>();
  const typing = new Map<RoomId, readonly UserId[]>();

  const isIgnored = (userId: UserId): boolean => queries.isIgnored.get({ userId }) !== undefined;

  function view(roomId: RoomId): RoomView {
    const writing = { draft: deps.loadDraft(roomId), attachments: deps.loadAttachments(roomId) };
    const view = buildView(queries, roomId, deps.ownUserId(), typing.get(roomId) ?? [], writing);
    const pins = deps.pins();
    return {
      ...view,
      invite: view.invite === null ? null : { ...view.invite, afterKnock: deps.afterKnock(roomId) },
      threads: deps.unreadInThreads(roomId),
      pinned: pins.pinned(roomId),
      pinnedUnsent: pins.unsent(roomId),
      pinRefused: pins.refusal(roomId),
    };
  }

  function refresh(roomId: RoomId): void {
    const open = watchers.get(roomId);
    if (open === undefined || open.size === 0) return;
    const next = view(roomId);
    const text = comparable(next);
    for (const watcher of open) {
      if (watcher.last === text) continue;
      watcher.last = text;
      watcher.emit(next);
    }
  }

  return {
    open(roomId, emit) {
      const snapshot = view(roomId);
      const watcher: Watcher = { emit, last: comparable(snapshot) };
      const open = watchers.get(roomId) ?? new Set();
      watchers.set(roomId, open.add(watcher));
      return { snapshot, stop: () => void open.delete(watcher) };
    },
    changed(roomIds) {
      for (const roomId of watchers.keys()) if (roomIds.has(roomId)) refresh(roomId);
    },
    applyTyping(roomId, content) {
      const ids = content["user_ids"];
      const own = deps.ownUserId();
      const users = Array.isArray(ids)
        ? ids.filter((id): id is UserId => typeof id === "string" && id !== own && !isIgnored(id as UserId))
        : [];
      if (users.length === 0) typing.delete(roomId);
      else typing.set(roomId, users.slice(0, 10));
      refresh(roomId);
    },
    clearTyping() {
      const rooms = [...typing.keys()];
      typing.clear();
      rooms.forEach(refresh);
    },
  };
}

/** The part that follows from the stored room and what is typed there. */
type Stored = Omit<RoomView, "invite" | "threads" | "pinned" | "pinnedUnsent" | "pinRefused"> & {
  readonly invite: Omit<RoomInvite, "afterKnock"> | null;
};

/** What a change is about: the composer knows what it holds, but not what became of the message it answers (RED-02). */
const comparable = (view: RoomView): string =>
  JSON.stringify({ ...view, draft: view.draft?.answers?.state === "redacted", attachments: null });

function buildView(
  queries: RoomQueries,
  roomId: RoomId,
  ownUserId: UserId | null,
  typing: readonly UserId[],
  writing: Pick<RoomView, "draft" | "attachments">,
): Stored {
  const row = queries.loadRoom.get({ roomId });
  if (row === undefined) return unknownRoom(roomId, writing);
  return {
    roomId,
    name: row.name ?? roomId,
    topic: row.topic,
    avatar: row.avatarMxc === null ? null : mxcPath(row.avatarMxc, AVATAR_THUMBNAIL),
    membership: row.membership as RoomSummary["membership"],
    memberCount: row.joinedCount,
    isEncrypted: row.isEncrypted === 1,
    directUserId: row.directUserId,
    invite: row.membership === "invite" ? inviteOf(queries, row) : null,
    composerBlock: composerBlock(queries, row, ownUserId),
    ...rightsOfOurs(queries, row, ownUserId),
    callBlock: ownUserId === null ? "not-joined" : loadCallFacts(queries, roomId, ownUserId).block,
    canMentionRoom: ownUserId !== null && isAllowed(queries, roomId, ownUserId, "room"),
    typing: typing.map((userId) => memberName(queries, roomId, userId)),
    ...writing,
    replacementRoomId: row.replacementRoomId,
  };
}

function inviteOf(queries: RoomQueries, row: RoomRow): Stored["invite"] {
  return {
    inviterId: row.inviterId,
    inviterName: row.inviterId === null ? null : memberName(queries, row.roomId, row.inviterId),
    isDirect: row.inviteIsDirect === 1,
    reason: row.inviteReason,
  };
}

/** Why one may not write here (MEM-01, STA-15, XSS-05). The server has the last word; this saves a refusal. */
function composerBlock(queries: RoomQueries, row: RoomRow, ownUserId: UserId | null): ComposerBlock | null {
  if (row.membership === "ban") return "banned";
  if (row.membership !== "join" || ownUserId === null) return "not-joined";
  if (row.replacementRoomId !== null) return "upgraded";
  if (row.isEncrypted === 1) return "encrypted";
  const create = queries.loadState.get({ roomId: row.roomId, type: "m.room.create", stateKey: "" });
  const createContent: unknown = create === undefined ? null : JSON.parse(create.content);
  if (isCreatorAboveLevels(createContent, create?.sender ?? null, ownUserId)) return null;
  const levels = stateContent(queries, row.roomId, "m.room.power_levels");
  return !isObject(levels) || canSendMessage(levels, ownUserId, "m.room.message") ? null : "no-permission";
}

/** The levels that `redact` and pinning ask for (MEM-12, RED-05). */
function rightsOfOurs(
  queries: RoomQueries,
  row: RoomRow,
  ownUserId: UserId | null,
): Pick<RoomView, "mayDeleteOthers" | "mayPin"> {
  if (row.membership !== "join" || ownUserId === null) return { mayDeleteOthers: false, mayPin: false };
  const create = queries.loadState.get({ roomId: row.roomId, type: "m.room.create", stateKey: "" });
  const createContent: unknown = create === undefined ? null : JSON.parse(create.content);
  const levels = stateContent(queries, row.roomId, "m.room.power_levels");
  const rights = rightsOf(isObject(levels) ? levels : null, createContent, create?.sender ?? null);
  const own = numeric(rights.level(ownUserId));
  return {
    mayDeleteOthers: own >= rights.neededForAction("redact"),
    mayPin: own >= rights.neededForState("m.room.pinned_events"),
  };
}

const unknownRoom = (roomId: RoomId, writing: Pick<RoomView, "draft" | "attachments">): Stored => ({
  roomId,
  name: roomId,
  topic: null,
  avatar: null,
  membership: "leave",
  memberCount: 0,
  isEncrypted: false,
  directUserId: null,
  invite: null,
  composerBlock: "not-joined",
  mayDeleteOthers: false,
  mayPin: false,
  callBlock: "not-joined",
  canMentionRoom: false,
  typing: [],
  ...writing,
  replacementRoomId: null,
});
