import { flushSync } from "svelte";
import { afterEach, beforeEach, vi } from "vitest";
import type { RoomId } from "../../../preload/contract/ids.ts";
import type { MessageItem } from "../../../preload/contract/models/timeline.ts";
import type { OpenRoom } from "../../state/open-rooms.ts";
import { FakeCore } from "../../timeline/testing/fake-core.ts";
import { message } from "../../timeline/testing/items.ts";
import ComposerHost from "./ComposerHost.svelte";

// A composer on the screen, over a fake core and a clock that stands, anew for each test. Test support.

export const harbour = "!harbour:example.org" as RoomId;

/** A message of ours. */
export const own = (id: string): MessageItem => ({
  ...message(id),
  sender: { ...message(id).sender, isOwn: true },
});

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

export function composerStage() {
  let core: FakeCore;
  let host: Host;
  /** What was shown, to be taken down. */
  let shown: (() => void)[] = [];

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
    core = new FakeCore();
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
