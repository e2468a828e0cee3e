import { flushSync, type Component } from "svelte";
import { afterEach, beforeEach, vi } from "vitest";
import type { RoomId } from "../../../preload/contract/ids.ts";
import type { MessageItem } from "../../../preload/contract/models/timeline.ts";
import type { OpenRoom } from "../../state/open-rooms.ts";
import type { AppState } from "../../state/app.svelte.ts";
import ComposerHost from "./ComposerHost.svelte";

// A composer on the screen, over a fake core and a clock that stands, anew for each test. Test support.

export const harbour = "!harbour:example.org" as RoomId;

/** What the window asks of the composer. */
interface Asking {
  reply(item: MessageItem): void;
  edit(item: MessageItem): void;
}
class Host {
  composer: Asking | undefined = $state();
  open: OpenRoom;
  constructor(open: OpenRoom) {
    this.open = $state.raw(open);
  }
}

/** What stands behind it: the timeline's fake core, which is none of the composer's. */
interface Behind {
  readonly app: AppState;
  show<P extends Record<string, unknown>>(component: Component<P>, props: P): () => void;
  of(method: "sendMessage"): readonly { readonly params: Readonly<Record<string, unknown>> }[];
}

export function composerStage<Core extends Behind>(makeCore: () => Core) {
  let core: Core;
  let host: Host;
  /** What was shown, to be taken down. */
  let shown: (() => void)[] = [];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    core = makeCore();
  });
  afterEach(() => {
    for (const stop of shown) stop();
    shown = [];
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  const field = (): HTMLTextAreaElement => document.querySelector("textarea")!;
  return {
    get core() {
      return core;
    },
    get host() {
      return host;
    },
    field,
    show: (roomId: RoomId = harbour): void => {
      host = new Host(core.app.openRooms.visit(roomId));
      shown.push(core.show(ComposerHost, { host }));
      flushSync();
    },
    go: (roomId: RoomId): void => {
      host.open = core.app.openRooms.visit(roomId);
      flushSync();
    },
    type: (text: string): void => {
      field().value += text;
      field().dispatchEvent(new InputEvent("input", { bubbles: true }));
      flushSync();
    },
    press: (key: string, more: KeyboardEventInit = {}): KeyboardEvent => {
      const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
      field().dispatchEvent(event);
      flushSync();
      return event;
    },
    answered: async (): Promise<void> => {
      await vi.advanceTimersByTimeAsync(0);
      flushSync();
    },
    bodies: (): unknown[] =>
      core.of("sendMessage").map((one) => (one.params["content"] as { body: string }).body),
  };
}
