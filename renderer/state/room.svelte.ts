import type { Result } from "../../preload/contract/frames.ts";
import type { EventId, RoomId } from "../../preload/contract/ids.ts";
import type { Attachment } from "../../preload/contract/models/attachment.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { Pill } from "../../preload/contract/models/mentions.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { RoomMediaKind } from "../../preload/contract/models/room-media.ts";
import type { Draft, RoomView } from "../../preload/contract/models/room.ts";
import type { Door } from "../bridge/connect.ts";
import { Staging } from "./staging.ts";
import { latest, WatchedTopic } from "./topic.svelte.ts";

/** What header and composer of one room show, and the requests about the room itself. */
export class RoomState {
  readonly roomId: RoomId;
  readonly topic: WatchedTopic<"room">;
  /** The pinned messages; open while they are read. */
  readonly pins: WatchedTopic<"pins">;
  /** What can be sent here besides text; open while it is read. */
  readonly stickers: WatchedTopic<"stickers">;
  /** Its pictures, files, links and recordings, each open while it is read. */
  readonly media: Readonly<Record<RoomMediaKind, WatchedTopic<"roomMedia">>>;
  /** Files on their way to the core. */
  readonly staging: Staging;
  readonly #client: Door;

  constructor(client: Door, roomId: RoomId) {
    this.#client = client;
    this.roomId = roomId;
    this.staging = new Staging(client);
    this.topic = new WatchedTopic(client, "room", { roomId }, latest);
    this.stickers = new WatchedTopic(client, "stickers", { roomId }, latest);
    const media = (kind: RoomMediaKind) => new WatchedTopic(client, "roomMedia", { roomId, kind }, latest);
    this.media = {
      ...{ pictures: media("pictures"), files: media("files"), links: media("links"), voice: media("voice") },
    };
    this.pins = new WatchedTopic(client, "pins", { roomId }, latest);
  }

  /** Null until the core has answered. */
  get view(): RoomView | null {
    return this.topic.value;
  }
  get failure(): Failure | null {
    return this.topic.failure;
  }

  /** A message that is being answered or edited, as it is now. */
  quote(target: MessageTarget): WatchedTopic<"quote"> {
    return new WatchedTopic(this.#client, "quote", { roomId: this.roomId, target }, latest);
  }

  /** With `thread` that of the thread of this root. */
  saveDraft(draft: Draft | null, thread: MessageTarget | null): Promise<void> {
    const where = thread === null ? {} : { thread };
    return this.#client.call("saveDraft", { roomId: this.roomId, draft, ...where });
  }
  loadThreadDraft(thread: MessageTarget): Promise<Result<"loadThreadDraft">> {
    return this.#client.call("loadThreadDraft", { roomId: this.roomId, thread });
  }
  /** With `thread` the tray of the thread of this root. */
  saveAttachments(attachments: readonly Attachment[], thread: MessageTarget | null): Promise<void> {
    const where = thread === null ? {} : { thread };
    return this.#client.call("saveDraftAttachments", { roomId: this.roomId, attachments, ...where });
  }
  /** More of a list that is open. */
  moreMedia(kind: RoomMediaKind): Promise<void> {
    return this.#client.call("moreRoomMedia", { roomId: this.roomId, kind });
  }
  setTyping(isTyping: boolean): Promise<void> {
    return this.#client.call("setTyping", { roomId: this.roomId, isTyping });
  }
  findPeople(query: string, isPatient: boolean): Promise<Result<"findPeople">> {
    return this.#client.call("findPeople", { roomId: this.roomId, query, isPatient });
  }
  /** How these ids are called now, in the same order; null for what is not known. */
  async describePills(ids: readonly string[]): Promise<readonly (Pill | null)[]> {
    return (await this.#client.call("describePills", { roomId: this.roomId, ids })).pills;
  }
  setOwnName(name: string): Promise<void> {
    return this.#client.call("setRoomDisplayName", { roomId: this.roomId, name });
  }
  /** Servers through which others find the room. */
  async loadVia(): Promise<readonly string[]> {
    return (await this.#client.call("loadVia", { roomId: this.roomId })).via;
  }
  keepSticker(eventId: EventId): Promise<void> {
    return this.#client.call("keepSticker", { roomId: this.roomId, eventId });
  }
  dropSticker(shortcode: string): Promise<void> {
    return this.#client.call("dropSticker", { shortcode });
  }
  pin(target: MessageTarget, isPinned: boolean): Promise<void> {
    return this.#client.call("pinMessage", { roomId: this.roomId, target, isPinned });
  }
  acceptInvite(): Promise<void> {
    return this.#client.call("acceptInvite", { roomId: this.roomId });
  }
  declineInvite(): Promise<void> {
    return this.#client.call("declineInvite", { roomId: this.roomId });
  }
}
