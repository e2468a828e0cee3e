import type { EventId, RoomId, UserId } from "./ids.ts";
import type { ListChange } from "./list-change.ts";
import type { AccountView } from "./models/accounts.ts";
import type { DownloadView } from "./models/attachment.ts";
import type { PresenceView, PushSettings } from "./models/attention.ts";
import type { ExportView } from "./models/export.ts";
import type { Authentication } from "./models/authentication.ts";
import type { MessageTarget } from "./models/message-content.ts";
import type { Destination, Notice } from "./models/notice.ts";
import type { DesktopView } from "./models/desktop.ts";
import type { CallsView } from "./models/call.ts";
import type { Boundaries } from "./models/person.ts";
import type { PinsView } from "./models/pins.ts";
import type { RoomSummary, RoomView } from "./models/room.ts";
import type { RoomMediaKind, RoomMediaView } from "./models/room-media.ts";
import type { RoomDetails } from "./models/room-details.ts";
import type { HistoryView, SearchParams, SearchView } from "./models/search.ts";
import type { Connection, Session } from "./models/session.ts";
import type { Settings } from "./models/settings.ts";
import type { StickersView } from "./models/sticker.ts";
import type { SpaceView } from "./models/space.ts";
import type {
  FocusState,
  OutboxEntry,
  PageState,
  Quote,
  ThreadListView,
  TimelineItem,
  TimelineView,
} from "./models/timeline.ts";

/** What did not change is absent. */
export interface TimelineChange {
  readonly items: readonly ListChange<TimelineItem>[];
  readonly older?: PageState;
  readonly root?: EventId | null;
  readonly newAfter?: EventId | null;
  readonly newer?: PageState;
  readonly focus?: FocusState;
}

/** Everything the renderer may watch: a snapshot, then numbered changes. */
export interface Topics {
  /** Those of this window, in the order they were added. All other topics are the active one's, but notices are all's. */
  accounts: { params: null; snapshot: readonly AccountView[]; change: readonly AccountView[] };
  session: { params: null; snapshot: Session; change: Session };
  /** The stage at which a protected request stands; null while none does. */
  authentication: { params: null; snapshot: Authentication | null; change: Authentication | null };
  connection: { params: null; snapshot: Connection; change: Connection };
  settings: { params: null; snapshot: Settings; change: Settings };
  /** In display order: by section, by the place a room was given there, then by last activity. */
  roomList: { params: null; snapshot: readonly RoomSummary[]; change: readonly ListChange<RoomSummary>[] };
  room: { params: { roomId: RoomId }; snapshot: RoomView; change: RoomView };
  /**
   * Live; with `focus` the timeline around that event, wherever in the history it is (architecture.md, section 6); with
   * `thread` what is said in the thread of that root, which need not be sent yet.
   */
  timeline: {
    params: { roomId: RoomId; focus?: EventId; thread?: MessageTarget };
    snapshot: TimelineView;
    change: TimelineChange;
  };
  /** The threads of one room. */
  threads: { params: { roomId: RoomId }; snapshot: ThreadListView; change: ThreadListView };
  /** The pinned messages of one room. */
  pins: { params: { roomId: RoomId }; snapshot: PinsView; change: PinsView };
  /** The stickers and custom emoji that can be sent in one room. */
  stickers: { params: { roomId: RoomId }; snapshot: StickersView; change: StickersView };
  /** A message that is being answered or edited, as it is now. */
  quote: { params: { roomId: RoomId; target: MessageTarget }; snapshot: Quote; change: Quote };
  /**
   * Messages that contain what was typed: words, parts of words and "phrases", with `from:`, `in:`, `has:`, `before:` and
   * `after:`. What is stored here at once, newest first; the server is asked after a moment for what is not. Opening it
   * twice with the same text is the same search. `roomId` null: everywhere.
   */
  search: { params: SearchParams; snapshot: SearchView; change: SearchView };
  /** Pictures, files, links or sound of one room. */
  roomMedia: {
    params: { roomId: RoomId; kind: RoomMediaKind };
    snapshot: RoomMediaView;
    change: RoomMediaView;
  };
  /** Whose whole history is being fetched. */
  history: { params: null; snapshot: HistoryView; change: HistoryView };
  /** Whole files on their way from the server, in the order they were asked for. */
  downloads: { params: null; snapshot: readonly DownloadView[]; change: readonly DownloadView[] };
  exports: { params: null; snapshot: ExportView; change: ExportView };
  /** Everything unsent in all rooms, oldest first. */
  outbox: { params: null; snapshot: readonly OutboxEntry[]; change: readonly ListChange<OutboxEntry>[] };
  /** Notifications that stand. Where the host shows none by itself, the page does. */
  notices: { params: null; snapshot: readonly Notice[]; change: readonly Notice[] };
  /** Where a click outside the page leads to, until `arrived`. */
  destination: { params: null; snapshot: Destination | null; change: Destination | null };
  /** What the host knows and the core does not. */
  desktop: { params: null; snapshot: DesktopView; change: DesktopView };
  pushSettings: { params: null; snapshot: PushSettings; change: PushSettings };
  presence: { params: { userId: UserId }; snapshot: PresenceView; change: PresenceView };
  /** All calls, and what the page's WebRTC driver is to do (models/call.ts). Opening it makes this page the driver. */
  calls: { params: { driverId: string }; snapshot: CallsView; change: CallsView };
  /** Settings, rights and members of one room; null where nothing is known of it. */
  roomDetails: { params: { roomId: RoomId }; snapshot: RoomDetails | null; change: RoomDetails | null };
  boundaries: { params: null; snapshot: Boundaries; change: Boundaries };
  /** The spaces we are in: each top one followed by those within it. */
  spaces: { params: null; snapshot: readonly SpaceView[]; change: readonly SpaceView[] };
}
