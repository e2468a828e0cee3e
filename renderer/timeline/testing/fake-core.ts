import { mount, unmount, type Component } from "svelte";
import type { Method, Topic } from "../../../preload/contract/frames.ts";
import type { RoomId, UserId } from "../../../preload/contract/ids.ts";
import type { RoomView } from "../../../preload/contract/models/room.ts";
import { noDesktop } from "../../../preload/contract/models/desktop.ts";
import { defaultSettings, type Settings } from "../../../preload/contract/models/settings.ts";
import type { Quote, TimelineItem } from "../../../preload/contract/models/timeline.ts";
import type { TimelineChange, Topics } from "../../../preload/contract/topics.ts";
import type { Client } from "../../bridge/connect.ts";
import { appContext, AppState } from "../../state/app.svelte.ts";

// A core for component tests: topics answer at once with what a test put there, requests wait for the test's answer.

export interface Asked {
  readonly method: Method;
  readonly params: Record<string, unknown>;
  answer(value?: unknown): void;
  refuse(error: unknown): void;
}

export class FakeCore {
  readonly asked: Asked[] = [];
  readonly items = new Map<RoomId, readonly TimelineItem[]>();
  readonly views = new Map<RoomId, Partial<RoomView>>();
  /** Topics that do not answer before `release`. */
  readonly held = new Set<Topic>();
  #waiting: (() => void)[] = [];
  /** Of whatever message is answered or edited. */
  quote: Quote = {
    eventId: null,
    transactionId: null,
    state: "loading",
    sender: null,
    kind: "text",
    text: "",
  };
  readonly #settings: Settings;
  readonly app: AppState;
  readonly #changes = new Map<string, Set<(change: TimelineChange) => void>>();

  constructor(settings: Partial<Settings> = {}) {
    this.#settings = { ...defaultSettings, ...settings };
    const client: Client = {
      link: "open",
      account: null,
      bound: () => client,
      homeserver: "",
      resources: "/resources/",
      host: "headless",
      close: () => {},
      onLink: () => () => {},
      call: (method, params) =>
        new Promise((answer, refuse) => {
          this.asked.push({ method, params: params as unknown as Record<string, unknown>, answer, refuse });
        }),
      subscribe: (topic, params, sink) => {
        const roomId = params !== null && "roomId" in params ? params.roomId : undefined;
        const key = `${topic} ${roomId ?? ""}`;
        // Tests change timelines and quotes only.
        const listener = (change: unknown): void => sink.change(change as never);
        const listeners = this.#changes.get(key) ?? new Set();
        this.#changes.set(key, listeners.add(listener));
        const tell = (): void => sink.snapshot(this.#snapshot(topic, roomId ?? undefined) as never);
        if (this.held.has(topic)) this.#waiting.push(tell);
        else tell();
        return () => void listeners.delete(listener);
      },
    };
    this.app = new AppState(client, { load: () => null, save: () => {} });
  }

  /** Requests of one kind, oldest first. */
  of(method: Method): readonly Asked[] {
    return this.asked.filter((one) => one.method === method);
  }

  /** What was held answers now. */
  release(): void {
    this.held.clear();
    for (const tell of this.#waiting.splice(0)) tell();
  }

  change(roomId: RoomId, change: TimelineChange): void {
    this.#changes.get(`timeline ${roomId}`)?.forEach((listener) => listener(change));
  }

  /** The message that is answered or edited is another now. */
  changeQuote(roomId: RoomId, quote: Partial<Quote>): void {
    this.quote = { ...this.quote, ...quote };
    this.#changes.get(`quote ${roomId}`)?.forEach((listener) => listener(this.quote as never));
  }

  /** Puts a component into the page, answers what removes it. */
  show<P extends Record<string, unknown>>(component: Component<P>, props: P): () => void {
    const shown = mount(component, { target: document.body, props, context: appContext(this.app) });
    return () => void unmount(shown);
  }

  #snapshot(topic: Topic, roomId = "" as RoomId): unknown {
    const answers: { readonly [T in Topic]: () => Topics[T]["snapshot"] } = {
      accounts: () => [],
      session: () => ({ state: "signed-out", reason: null, secrets: "file" }),
      authentication: () => null,
      connection: () => ({ state: "live" }),
      settings: () => this.#settings,
      roomList: () => [],
      outbox: () => [],
      threads: () => ({ threads: [], more: "exhausted" }),
      pins: () => ({ unsent: [], pins: [] }),
      stickers: () => ({ roomId, packs: [] }),
      quote: () => this.quote,
      notices: () => [],
      destination: () => null,
      desktop: () => noDesktop,
      pushSettings: () => ({ isAllOff: false, defaults: [], keywords: [], rooms: [], mutedPeople: [] }),
      presence: () => ({
        userId: "" as UserId,
        state: "unknown",
        lastActiveTs: null,
        isActiveNow: false,
        status: null,
      }),
      calls: () => ({ calls: [], media: [], isDriver: true }),
      roomDetails: () => null,
      spaces: () => [],
      boundaries: () => ({ ignored: [], areInvitesBlocked: false }),
      search: () => ({
        results: [],
        here: "done",
        server: { state: "off", reason: "no-words" },
        indexed: 1,
        misunderstood: [],
      }),
      history: () => ({ isPaused: false, jobs: [] }),
      downloads: () => [],
      roomMedia: () => ({ entries: [], older: "exhausted" }),
      exports: () => ({ asksForFolder: false, canShow: false, job: null }),
      room: () => ({ ...emptyRoom(roomId), ...this.views.get(roomId) }),
      timeline: () => ({ roomId, items: this.items.get(roomId) ?? [], older: "exhausted" }),
    };
    return answers[topic]();
  }
}

const emptyRoom = (roomId: RoomId): RoomView => ({
  roomId,
  name: "Harbour",
  topic: null,
  avatar: null,
  membership: "join",
  memberCount: 2,
  isEncrypted: false,
  directUserId: null,
  invite: null,
  composerBlock: null,
  callBlock: null,
  canMentionRoom: false,
  mayDeleteOthers: false,
  mayPin: false,
  pinned: [],
  pinnedUnsent: [],
  pinRefused: null,
  typing: [],
  draft: null,
  attachments: [],
  threads: { unread: 0, highlight: 0 },
  replacementRoomId: null,
});

/** jsdom has no layout and so no observer of it. */
export class NoResizes implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
