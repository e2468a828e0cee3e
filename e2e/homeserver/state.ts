import { randomBytes } from "node:crypto";
import { createIdentifiers, type Identifiers } from "./identifiers.ts";
import type { JsonObject } from "./json.ts";
import { createStreamTokens, type StreamTokens } from "./tokens.ts";
import { Stream } from "./stream.ts";
import type { RawEvent, SentBy, StoredEvent } from "./events.ts";
import { hasRedactsInContent, prunedContent } from "./redaction.ts";
import type { Room } from "./room.ts";
import type { ContactSession, SentMessage } from "./contacts.ts";
import type { UiaSession } from "./uia.ts";
import type { AccessToken, DataEntry, User } from "./users.ts";

/** A stored file of the content repository. */
export interface StoredMedia {
  bytes: Uint8Array;
  contentType: string;
  fileName: string | undefined;
}

/** What an event is made of before the server gives it an id and its places. */
export interface Draft {
  type: string;
  sender: string;
  content: JsonObject;
  stateKey?: string | undefined;
  originServerTs?: number | undefined;
  sentBy?: SentBy | undefined;
  redacts?: string | undefined;
}

/** Everything the homeserver knows: data and the few operations that keep its indexes true. */
export class ServerState {
  readonly serverName: string;
  clock: () => number;
  readonly ids: Identifiers;
  readonly tokens: StreamTokens = createStreamTokens();
  readonly stream = new Stream();
  readonly users = new Map<string, User>();
  readonly rooms = new Map<string, Room>();
  /** User id (local or not) -> rooms with a membership event of theirs. */
  readonly roomsOf = new Map<string, Set<string>>();
  readonly aliases = new Map<string, { roomId: string; creator: string }>();
  readonly published = new Set<string>();
  readonly media = new Map<string, StoredMedia>();
  /** Web address -> what the page there says of itself (Open Graph). */
  readonly pages = new Map<string, JsonObject>();
  readonly accessTokens = new Map<string, AccessToken>();
  /** Refresh token -> the access token it was handed out with. */
  readonly refreshTokens = new Map<string, AccessToken>();
  readonly uiaSessions = new Map<string, UiaSession>();
  readonly contactSessions = new Map<string, ContactSession>();
  /** Mails and text messages sent, oldest first. */
  readonly messages: SentMessage[] = [];
  /** Time shift of the request being handled, in ms (fault clockSkew). */
  skew = 0;
  /** Told of every event after it is filed. */
  readonly watchers = new Set<(roomId: string, event: RawEvent) => void>();
  /** A secret so that tokens of two servers never look alike. */
  readonly secret = randomBytes(8).toString("hex");

  constructor(serverName: string, clock: () => number) {
    this.serverName = serverName;
    this.clock = clock;
    this.ids = createIdentifiers(serverName);
  }

  /** Now in ms as this server believes, skew included. */
  now(): number {
    return this.clock() + this.skew;
  }

  /** A new `$…` event id, shaped as in room versions 4 and later. */
  newEventId(): string {
    return `$${this.ids.next(43)}`;
  }

  /** Makes the event, files it and wakes syncs. */
  append(room: Room, draft: Draft): StoredEvent {
    const raw: RawEvent = {
      event_id: this.newEventId(),
      type: draft.type,
      sender: draft.sender,
      content: draft.content,
      origin_server_ts: draft.originServerTs ?? this.now(),
    };
    if (draft.stateKey !== undefined) raw.state_key = draft.stateKey;
    if (draft.redacts !== undefined) raw.redacts = draft.redacts;
    return this.file(room, raw, draft.sentBy ?? null, null);
  }

  /** Files a ready-made event at the end of the room. */
  file(room: Room, raw: RawEvent, sentBy: SentBy | null, verbatim: StoredEvent["verbatim"]): StoredEvent {
    const event: StoredEvent = {
      raw,
      position: this.stream.advance(),
      index: 0,
      verbatim,
      previous: null,
      sentBy,
      redactedBy: null,
    };
    room.append(event);
    if (raw.type === "m.room.member" && raw.state_key !== undefined) {
      this.#noteRoomOf(raw.state_key, room.id);
    }
    for (const watch of this.watchers) watch(room.id, raw);
    return event;
  }

  #noteRoomOf(userId: string, roomId: string): void {
    const rooms = this.roomsOf.get(userId);
    if (rooms === undefined) this.roomsOf.set(userId, new Set([roomId]));
    else rooms.add(roomId);
    this.users.get(userId)?.forgotten.delete(roomId);
  }

  /** Appends the redaction and prunes its target. `redacts` is written in both places. */
  redact(room: Room, target: StoredEvent, draft: Omit<Draft, "type" | "content">, reason?: string) {
    const content: JsonObject = reason === undefined ? {} : { reason };
    if (hasRedactsInContent(room.version)) content["redacts"] = target.raw.event_id;
    const redaction = this.append(room, {
      ...draft,
      type: "m.room.redaction",
      content,
      redacts: target.raw.event_id,
    });
    // A redaction does not undo a redaction already made, but the first one stays the reason.
    if (target.redactedBy === null) {
      target.raw.content = prunedContent(target.raw, room.version);
      target.redactedBy = redaction;
      room.forgetNotification(target);
      target.verbatim = null;
    }
    return redaction;
  }

  /** Sets account data, global when roomId is null. */
  setAccountData(user: User, roomId: string | null, type: string, content: JsonObject): void {
    const entry: DataEntry = { content, position: this.stream.advance() };
    if (roomId === null) {
      user.accountData.set(type, entry);
      return;
    }
    let data = user.roomData.get(roomId);
    if (data === undefined) user.roomData.set(roomId, (data = new Map<string, DataEntry>()));
    data.set(type, entry);
    user.roomDataChangedAt.set(roomId, entry.position);
  }

  /** Stores a receipt unless it would move back; returns whether anything changed. */
  setReceipt(room: Room, userId: string, type: string, eventId: string, threadId?: string): boolean {
    const key = `${type} ${threadId ?? ""} ${userId}`;
    const event = room.byId.get(eventId);
    const old = room.receipts.get(key);
    const oldIndex = old === undefined ? -1 : (room.byId.get(old.eventId)?.index ?? -1);
    if (event !== undefined && event.index <= oldIndex) return false;
    const position = this.stream.advance();
    room.receipts.set(key, { type, userId, eventId, threadId, ts: this.now(), position });
    room.receiptsChangedAt = position;
    room.changedAt = position;
    return true;
  }

  /** Replaces the list of people typing in the room. */
  setTyping(room: Room, userIds: Iterable<string>): void {
    room.typing.clear();
    for (const userId of userIds) room.typing.add(userId);
    room.typingChangedAt = this.stream.advance();
    room.changedAt = room.typingChangedAt;
  }

  /** Sets a user's presence and tells those who share a room. */
  setPresence(user: User, content: JsonObject): void {
    user.presence = content;
    user.presencePosition = this.stream.advance();
  }

  /** Puts bytes into the content repository. */
  storeMedia(bytes: Uint8Array, contentType: string, fileName?: string): string {
    const mediaId = this.ids.next(24);
    this.media.set(mediaId, { bytes, contentType, fileName });
    return `mxc://${this.serverName}/${mediaId}`;
  }
}
