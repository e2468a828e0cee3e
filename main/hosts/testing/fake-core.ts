import type { Method, Topic } from "../../../preload/contract/frames.ts";
import type { DeviceId, RoomId, UserId } from "../../../preload/contract/ids.ts";
import { noDesktop } from "../../../preload/contract/models/desktop.ts";
import { defaultSettings } from "../../../preload/contract/models/settings.ts";
import type { Topics } from "../../../preload/contract/topics.ts";
import type { StageAnswer } from "../../../preload/contract/models/attachment.ts";
import type { Core, Handlers, MediaAnswer, StageRequest, TopicSources } from "../../core/api.ts";

// A core without a Matrix in it, for tests of the hosts: remembers what it was asked, says what it was told to say.

type Emit = (change: never) => void;
interface Watcher {
  readonly topic: Topic;
  readonly params: unknown;
  readonly emit: Emit;
  isStopped: boolean;
}

export class FakeCore implements Core {
  readonly asked: { readonly method: Method; readonly params: unknown }[] = [];
  readonly watchers: Watcher[] = [];
  /** Answers by method; a function is called, anything else is the answer. */
  readonly answers = new Map<Method, (params: never) => unknown>();
  readonly failingTopics = new Map<Topic, Error>();
  readonly mediaAsked: string[] = [];
  mediaAnswer: (path: string) => MediaAnswer = () => ({
    ok: false,
    failure: { kind: "invalid", message: "no media" },
  });
  snapshots: { -readonly [T in Topic]: Topics[T]["snapshot"] } = {
    accounts: [],
    session: { state: "signed-out", reason: null, secrets: "file" },
    authentication: null,
    connection: { state: "signed-out" },
    settings: defaultSettings,
    roomList: [],
    room: {
      roomId: "!a:x" as RoomId,
      name: "A",
      topic: null,
      avatar: null,
      membership: "join",
      memberCount: 1,
      isEncrypted: false,
      directUserId: null,
      invite: null,
      composerBlock: null,
      mayDeleteOthers: false,
      mayPin: false,
      pinned: [],
      pinnedUnsent: [],
      pinRefused: null,
      callBlock: null,
      canMentionRoom: false,
      typing: [],
      draft: null,
      attachments: [],
      threads: { unread: 0, highlight: 0 },
      replacementRoomId: null,
    },
    timeline: { roomId: "!a:x" as RoomId, items: [], older: "idle" },
    threads: { threads: [], more: "idle" },
    pins: { unsent: [], pins: [] },
    stickers: { roomId: "!a:x" as RoomId, packs: [] },
    quote: { eventId: null, transactionId: null, state: "loading", sender: null, kind: "text", text: "" },
    outbox: [],
    notices: [],
    destination: null,
    pushSettings: { isAllOff: false, defaults: [], keywords: [], rooms: [], mutedPeople: [] },
    presence: {
      userId: "@a:x" as UserId,
      state: "unknown",
      lastActiveTs: null,
      isActiveNow: false,
      status: null,
    },
    calls: { calls: [], media: [], isDriver: true },
    roomDetails: null,
    spaces: [],
    boundaries: { ignored: [], areInvitesBlocked: false },
    search: {
      results: [],
      here: "done",
      server: { state: "off", reason: "no-words" },
      indexed: 1,
      misunderstood: [],
    },
    desktop: noDesktop,
    history: { isPaused: false, jobs: [] },
    downloads: [],
    roomMedia: { entries: [], older: "exhausted" },
    exports: { asksForFolder: false, canShow: false, job: null },
  };
  closeCalls = 0;
  closing: Promise<void> = Promise.resolve();

  readonly handlers = new Proxy({} as Handlers, {
    get: (_target, method: Method) => (params: unknown) => {
      this.asked.push({ method, params });
      return (this.answers.get(method) as ((params: unknown) => unknown) | undefined)?.(params);
    },
  });

  /** Whose requests were asked, in order. */
  readonly askedOf: string[] = [];
  handlersOf(accountId: string): Handlers {
    this.askedOf.push(accountId);
    return this.handlers;
  }

  readonly topics = new Proxy({} as TopicSources, {
    get: (_target, topic: Topic) => (params: unknown, emit: Emit) => {
      const failing = this.failingTopics.get(topic);
      if (failing) throw failing;
      const watcher: Watcher = { topic, params, emit, isStopped: false };
      this.watchers.push(watcher);
      return { snapshot: this.snapshots[topic], stop: () => void (watcher.isStopped = true) };
    },
  });

  /** Sends a change to everybody who opened `topic`, also to those who left: a host must not mind. */
  emit<T extends Topic>(topic: T, change: Topics[T]["change"]): void {
    for (const watcher of this.watchers) if (watcher.topic === topic) watcher.emit(change as never);
  }

  media(path: string): Promise<MediaAnswer> {
    this.mediaAsked.push(path);
    return Promise.resolve(this.mediaAnswer(path));
  }

  readonly staged: { readonly path: string; readonly contentType: string | null; readonly bytes: string }[] =
    [];
  stageAnswer: StageAnswer = { ok: false, failure: { kind: "invalid", message: "no staging" } };

  async stage({ path, contentType, body }: StageRequest): Promise<StageAnswer> {
    const pieces: Uint8Array[] = [];
    for await (const piece of body) pieces.push(piece);
    this.staged.push({ path, contentType, bytes: Buffer.concat(pieces).toString() });
    return this.stageAnswer;
  }

  async close(): Promise<void> {
    this.closeCalls += 1;
    await this.closing;
  }

  signedIn(): void {
    this.snapshots.session = {
      state: "signed-in",
      secrets: "file",
      account: {
        userId: "@a:x" as UserId,
        deviceId: "D" as DeviceId,
        homeserver: "http://x",
        displayName: null,
        avatar: null,
      },
    };
  }
}
