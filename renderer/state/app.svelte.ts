import { getContext } from "svelte";
import type { Failure } from "../../preload/contract/models/failure.ts";
import type { EventId, RoomId, StagedId, TransactionId, UserId } from "../../preload/contract/ids.ts";
import type { Params, Result } from "../../preload/contract/frames.ts";
import type { UploadedPicture } from "../../preload/contract/models/attachment.ts";
import type { AccountRequests } from "../../preload/contract/models/account-requests.ts";
import type { RoomRequests } from "../../preload/contract/models/room-requests.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { MentionableRoom } from "../../preload/contract/models/mentions.ts";
import type { Client } from "../bridge/connect.ts";
import { ownAddress } from "../bridge/own-address.ts";
import { BoundariesState } from "./boundaries.svelte.ts";
import { CallsState } from "./calls.svelte.ts";
import { parseMatrixLink, type MatrixTarget } from "../../preload/contract/matrix-link.ts";
import { AccountsState } from "./accounts.svelte.ts";
import { AttentionState } from "./attention.svelte.ts";
import { AuthenticationState } from "./authentication.svelte.ts";
import { ConnectionState } from "./connection.svelte.ts";
import { DownloadsState } from "./downloads.svelte.ts";
import { ExportsState } from "./exports.svelte.ts";
import { DesktopAround } from "./desktop.svelte.ts";
import { FindingState } from "./finding.svelte.ts";
import { HiddenPreviews } from "./hidden-previews.svelte.ts";
import { LinkPreviews } from "./link-previews.svelte.ts";
import { Navigation, type ForwardedMessage, type PlaceMemory } from "./navigation.svelte.ts";
import { OpenRooms, type OpenRoom } from "./open-rooms.ts";
import { OpenThreads } from "./open-threads.ts";
import { OutboxState } from "./outbox.svelte.ts";
import { RoomListState } from "./room-list.svelte.ts";
import { SessionState } from "./session.svelte.ts";
import { RoomDetailsState } from "./room-details.svelte.ts";
import { SettingsState } from "./settings.svelte.ts";
import { SpacesState } from "./spaces.svelte.ts";
import { Staging } from "./staging.ts";
import { TimelineState } from "./timeline.svelte.ts";

/** Everything the screens read. Made once per page. */
export class AppState {
  readonly accounts: AccountsState;
  readonly session: SessionState;
  readonly authentication: AuthenticationState;
  readonly connection: ConnectionState;
  readonly settings: SettingsState;
  readonly roomList: RoomListState;
  readonly outbox: OutboxState;
  readonly attention: AttentionState;
  readonly spaces: SpacesState;
  readonly boundaries: BoundariesState;
  readonly calls: CallsState;
  readonly desktop: DesktopAround;
  readonly finding: FindingState;
  readonly exports: ExportsState;
  readonly downloads: DownloadsState;
  readonly linkPreviews: LinkPreviews;
  readonly hiddenPreviews = new HiddenPreviews(localStorage);
  readonly navigation: Navigation;
  readonly openRooms: OpenRooms;
  readonly openThreads: OpenThreads;
  readonly #client: Client;
  #details: RoomDetailsState | null = null;

  constructor(client: Client, memory: PlaceMemory) {
    this.#client = client;
    this.accounts = new AccountsState(client);
    this.session = new SessionState(client);
    this.authentication = new AuthenticationState(client);
    this.connection = new ConnectionState(client);
    this.settings = new SettingsState(client);
    this.roomList = new RoomListState(client);
    this.outbox = new OutboxState(client);
    this.attention = new AttentionState(client);
    this.spaces = new SpacesState(client);
    this.boundaries = new BoundariesState(client);
    this.calls = new CallsState(client);
    this.desktop = new DesktopAround(client);
    this.finding = new FindingState(client);
    this.exports = new ExportsState(client);
    this.downloads = new DownloadsState(client);
    this.linkPreviews = new LinkPreviews(client, () => this.connection.name === "live");
    this.navigation = new Navigation(memory);
    this.openRooms = new OpenRooms(client);
    this.openThreads = new OpenThreads(client);
    // What every first screen needs, asked in one breath and kept open for the life of the page.
    const first = [
      ...[this.accounts, this.session, this.connection, this.settings],
      ...[this.roomList, this.calls, this.desktop],
    ];
    for (const { topic } of first) topic.hold();
    const { roomId } = this.navigation;
    if (roomId !== null) this.openRooms.visit(roomId);
  }

  /** The open room with its timeline, or null. */
  readonly openRoom = $derived.by((): OpenRoom | null => {
    const { roomId } = this.navigation;
    return roomId === null ? null : this.openRooms.visit(roomId);
  });

  /** The timeline around the message somebody jumped to; null while the live one is shown. */
  readonly focused = $derived.by((): TimelineState | null => {
    const { target } = this.navigation;
    return target?.focusId ? this.#focusedOn(target.roomId, target.focusId) : null;
  });
  #lastFocused: TimelineState | null = null;

  /** The same object while the same timeline is meant: jumping about in it must not load it again. */
  #focusedOn(roomId: RoomId, focusId: EventId): TimelineState {
    const last = this.#lastFocused;
    if (last?.roomId === roomId && last.focusId === focusId) return last;
    return (this.#lastFocused = new TimelineState(this.#client.bound(), roomId, focusId));
  }

  /**
   * Shows a message in its room: reply quotes, pins, search results, links and dates all come here. What is on the
   * screen is scrolled to, anything else is looked for here and then on the server.
   */
  openEvent(roomId: RoomId, eventId: EventId): void {
    const { timeline } = this.openRooms.visit(roomId);
    const focused = this.navigation.roomId === roomId ? this.focused : null;
    const focusId = focused !== null && hasEvent(focused, eventId) ? focused.focusId : eventId;
    this.navigation.openTarget({ roomId, eventId, focusId: hasEvent(timeline, eventId) ? null : focusId });
  }

  /** Shows a message that is not sent yet: it stands in the live timeline only, or in that of its thread. */
  openUnsent(roomId: RoomId, transactionId: TransactionId, thread: MessageTarget | null): void {
    const target = { eventId: null, transactionId };
    if (thread === null) return this.navigation.openTarget({ roomId, ...target, focusId: null });
    this.navigation.openRoom(roomId);
    this.navigation.showPanel({ kind: "thread", thread, target });
  }

  /** Shows what was said at a time (ms since the epoch), or right after it. Rejects where nothing can be found. */
  async openDate(roomId: RoomId, ts: number): Promise<void> {
    const { eventId } = await this.#client.call("findEventAt", { roomId, ts });
    // Whoever has gone elsewhere meanwhile stays there.
    if (this.navigation.roomId === roomId) this.openEvent(roomId, eventId);
  }

  /** Opens the search panel, or takes the focus back to its field. */
  openSearch(isEverywhere: boolean): void {
    this.navigation.showPanel({ kind: "search", isEverywhere });
    this.finding.asked += 1;
  }

  /** Resolves when it is safely on disk for every room. */
  forward(
    { roomId, target }: Pick<ForwardedMessage, "roomId" | "target">,
    to: Params<"forwardMessage">["to"],
  ): Promise<void> {
    return this.#client.call("forwardMessage", { roomId, target, to });
  }

  goToRoom(roomId: RoomId): void {
    // The question is on its way before the screen is built.
    this.openRooms.visit(roomId);
    this.navigation.openRoom(roomId);
  }

  /**
   * To the chat with somebody, which is begun where there is none. Where they could not be invited to it, that is asked
   * about; false then. Rejects where no room was made.
   */
  async startChat(userId: UserId, name: string): Promise<boolean> {
    const { roomId, notInvited } = await this.ask("startDirectChat", { userId });
    if (notInvited === null) this.goToRoom(roomId);
    else this.navigation.askAboutChat({ roomId, userId, name, failure: notInvited });
    return notInvited === null;
  }

  /** The user is about to go to a room: its messages are asked for now. */
  expectRoom(roomId: RoomId): void {
    this.openRooms.expect(roomId);
  }

  /** A question about rooms, people or the account: answered by the server, or failed. */
  ask<M extends keyof RoomRequests | keyof AccountRequests>(
    method: M,
    params: Params<M>,
  ): Promise<Result<M>> {
    return this.#client.call(method, params);
  }

  /** Settings, rights and members of a room; open while it is read. */
  detailsOf(roomId: RoomId): RoomDetailsState {
    if (this.#details?.roomId !== roomId) this.#details = new RoomDetailsState(this.#client, roomId);
    return this.#details;
  }

  /** What goes into `src` for a path below the resources base. */
  resourceUrl(path: string | null): string | null {
    return path === null ? null : this.#client.resources + path;
  }

  /** The same below the page's own origin, for what it must look into. */
  ownUrl(path: string): string {
    return ownAddress(this.#client.resources, path, location);
  }

  /** Gives a picture to the server, for an avatar. Rejects where it is none, or too large. */
  async uploadPicture(file: File): Promise<UploadedPicture> {
    const stagedId = crypto.randomUUID() as StagedId;
    const door = this.#client.bound();
    await new Staging(door).stage(stagedId, file, file.name);
    return door.call("uploadPicture", { stagedId });
  }

  /** Why a picture of the resources is not shown, as far as that can be known. */
  async loadMediaTrouble(path: string): Promise<Failure | null> {
    return (await this.#client.call("loadMediaTrouble", { path })).failure;
  }

  /** Saves a file of the resources where the user says, or among the browser's downloads. */
  async saveMedia(path: string, name: string): Promise<void> {
    const { download } = await this.#client.call("saveMedia", { path, name });
    if (download === null) return;
    const link = document.createElement("a");
    link.href = ownAddress(this.#client.resources, download, location);
    link.download = "";
    link.click();
  }

  /** Some things only a desktop window has. */
  get host(): "electron" | "headless" {
    return this.#client.host;
  }

  /** What fills the homeserver field before the user does. */
  get initialHomeserver(): string {
    return this.#client.homeserver;
  }

  openLink(url: string): Promise<void> {
    return this.#client.call("openLink", { url });
  }

  /** Rooms of ours that have an address and fit the words. */
  async findRooms(query: string): Promise<readonly MentionableRoom[]> {
    return (await this.#client.call("findRooms", { query })).rooms;
  }
  /** Gives a picture to the server and makes it ours everywhere. */
  async setPicture(picture: File): Promise<void> {
    await this.#client.call("setAvatar", { mxc: (await this.uploadPicture(picture)).mxc });
  }
  setDisplayName(name: string): Promise<void> {
    return this.#client.call("setDisplayName", { name });
  }

  /** Follows an address somebody wrote in this room: people, rooms and messages inside, all else in the browser. */
  followLink(href: string, from: RoomId): void {
    const target = parseMatrixLink(href);
    if (target !== null) void this.followTarget(target, from);
    // Only addresses that passed safeHref come here: what is refused all the same is refused for good.
    else this.openLink(href).catch(() => undefined);
  }

  /** A person's card, a room of ours; for any other room the screens ask whether to join. */
  async followTarget(target: MatrixTarget, from: RoomId): Promise<void> {
    if (target.id.startsWith("@"))
      return void (this.navigation.panel = { kind: "person", userId: target.id as UserId });
    const pills = await this.#client
      .call("describePills", { roomId: from, ids: [target.id] })
      .then((answer) => answer.pills)
      .catch(() => []);
    const room = pills[0];
    if (room?.kind !== "room" || room.membership !== "join") return this.navigation.intend(target);
    if (target.eventId === null) this.goToRoom(room.roomId);
    else this.openEvent(room.roomId, target.eventId as EventId);
  }

  /** From now on this account is on the screen, and what is asked is asked for it. */
  showAccount(accountId: string | null): void {
    if (accountId === this.#client.account) return;
    const isAnother = this.#client.account !== null;
    if (isAnother) this.forgetAccount();
    this.#client.account = accountId;
  }

  /** Nothing of one account may be left on the screen of the next. */
  forgetAccount(): void {
    this.navigation.leaveRoom();
    this.navigation.closeOverlay();
    this.navigation.closePanel();
    this.navigation.chooseSpace(null);
    this.openRooms.forgetAll();
    this.openThreads.forgetAll();
    this.#lastFocused = null;
    this.finding.forget();
    this.linkPreviews.forget();
  }
}

const hasEvent = ({ items }: TimelineState, eventId: EventId): boolean =>
  items.some((item) => "eventId" in item && item.eventId === eventId);

const key = Symbol("app");

/** For `mount(Component, { context: appContext(app) })`. */
// Svelte reads it once, at mount: nothing has to react to it.
// eslint-disable-next-line svelte/prefer-svelte-reactivity
export const appContext = (app: AppState): Map<unknown, unknown> => new Map([[key, app]]);

/** The state of this page; call it while a component is being set up. */
export const useApp = (): AppState => getContext<AppState>(key);
