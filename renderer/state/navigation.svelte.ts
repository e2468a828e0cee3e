import type { EventId, RoomId, TransactionId, UserId } from "../../preload/contract/ids.ts";
import type { MatrixTarget } from "../../preload/contract/matrix-link.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";

/** What lies over the room list and the timeline. */
export type Overlay =
  | "settings"
  | "account"
  | "about"
  | "sign-out"
  | "outbox"
  | "shortcuts"
  | "call-devices"
  | "new-room"
  | "new-space"
  | "new-chat"
  | "empty-chat"
  | "find-rooms"
  | "archive"
  | "leave"
  | "browse-space"
  | "export"
  | "switcher"
  | "forward";

/** What the panel beside the timeline shows. */
export type Panel =
  | { readonly kind: "details" }
  | { readonly kind: "members" }
  | { readonly kind: "person"; readonly userId: UserId }
  /** The threads of the open room, and one of them; `target`: the reply somebody asked to see. */
  | { readonly kind: "threads" }
  | { readonly kind: "thread"; readonly thread: MessageTarget; readonly target: MessageTarget | null }
  | { readonly kind: "pins" }
  /** Pictures, files, links and recordings of the open room. */
  | { readonly kind: "media" }
  /** Messages that are looked for, in the open room or in all. */
  | { readonly kind: "search"; readonly isEverywhere: boolean };

/** A message that is to be said again elsewhere, and how it reads. */
export interface ForwardedMessage {
  readonly roomId: RoomId;
  readonly target: MessageTarget;
  readonly who: string;
  readonly text: string;
}

/** A room that was to be a chat, and whoever could not be invited to it. */
export interface EmptyChat {
  readonly roomId: RoomId;
  readonly userId: UserId;
  readonly name: string;
  readonly failure: Failure;
}

/** Remembers the open room over a reload. */
export interface PlaceMemory {
  load(): RoomId | null;
  save(roomId: RoomId | null): void;
}

/** A message somebody asked to see. */
export interface Target {
  readonly roomId: RoomId;
  /** Null while it is not sent; then `transactionId` names it. */
  readonly eventId: EventId | null;
  readonly transactionId?: TransactionId | null;
  /** The event whose timeline it is shown in; null: it is in the live one. */
  readonly focusId: EventId | null;
}

/** Where the user is. */
export class Navigation {
  #roomId = $state.raw<RoomId | null>(null);
  overlay = $state.raw<Overlay | null>(null);
  /** The room that what lies over is about, where it is not the open one. */
  subjectId = $state.raw<RoomId | null>(null);
  /** Stays as it is from room to room: who reads along the details of one wants those of the next. */
  panel = $state.raw<Panel | null>(null);
  /** The space whose rooms the list shows, or null for all. */
  spaceId = $state.raw<RoomId | null>(null);
  /** What the user wants to forward. */
  forwarded = $state.raw<ForwardedMessage | null>(null);
  /** A chat that nobody could be invited to. */
  emptyChat = $state.raw<EmptyChat | null>(null);
  #target = $state.raw<Target | null>(null);
  /** The room whose end somebody asked to see last, until another place is asked for. */
  #latestOf = $state.raw<RoomId | null>(null);
  /** The room a link leads to, of which we are no member; until it is answered. */
  intent = $state.raw<MatrixTarget | null>(null);
  readonly #memory: PlaceMemory;

  constructor(memory: PlaceMemory) {
    this.#memory = memory;
    this.#roomId = memory.load();
  }

  /** The room whose timeline is shown, or null for none. */
  get roomId(): RoomId | null {
    return this.#roomId;
  }

  /** The message being looked at in the open room; a new object for every jump. */
  get target(): Target | null {
    return this.#target?.roomId === this.#roomId ? this.#target : null;
  }
  /** The open room is to be shown at its end, wherever it was left. */
  get isAtLatest(): boolean {
    return this.#latestOf !== null && this.#latestOf === this.#roomId;
  }

  openTarget(target: Target): void {
    this.openRoom(target.roomId);
    this.#target = target;
  }
  /** Away from a message somebody jumped to, to the end of the open room. */
  showLatest(): void {
    this.#target = null;
    this.#latestOf = this.#roomId;
  }
  openRoom(roomId: RoomId): void {
    if (this.#roomId === roomId) return;
    // A person belongs to the room they were looked up in.
    if (this.panel?.kind === "person" || this.panel?.kind === "thread") this.panel = null;
    this.#target = null;
    this.#latestOf = null;
    this.#roomId = roomId;
    this.#memory.save(roomId);
  }
  leaveRoom(): void {
    this.#target = null;
    this.#latestOf = null;
    this.#roomId = null;
    this.#memory.save(null);
  }
  /** A link leads to a room we are not in. */
  intend(target: MatrixTarget): void {
    this.intent = target;
  }
  intentDone(): void {
    this.intent = null;
  }
  show(overlay: Overlay): void {
    this.overlay = overlay;
  }
  showPanel(panel: Panel): void {
    this.panel = panel;
  }
  /** Closes it where it shows this already. */
  togglePanel(panel: Panel): void {
    this.panel = this.panel?.kind === panel.kind ? null : panel;
  }
  closePanel(): void {
    this.panel = null;
  }
  /** Null for the rooms of all spaces and of none. */
  chooseSpace(spaceId: RoomId | null): void {
    this.spaceId = spaceId;
  }
  /** Asks whether to leave the room. */
  askToLeave(roomId: RoomId): void {
    this.subjectId = roomId;
    this.overlay = "leave";
  }
  /** Asks what of the room to export; null: of all rooms. */
  askToExport(roomId: RoomId | null): void {
    this.subjectId = roomId;
    this.overlay = "export";
  }
  /** Asks what to do with it. */
  askAboutChat(chat: EmptyChat): void {
    this.emptyChat = chat;
    this.overlay = "empty-chat";
  }
  /** Asks where to forward it to. */
  askToForward(message: ForwardedMessage): void {
    this.forwarded = message;
    this.overlay = "forward";
  }
  closeOverlay(): void {
    this.overlay = null;
  }
}
