import type { DownloadView } from "../../../preload/contract/models/attachment.ts";
import type { Clock } from "../platform.ts";
import { createValueTopic } from "../value-topic.ts";

/** A change within so many ms of the last one that was told waits for the next piece: nobody reads faster. */
const TELL_EVERY_MS = 150;

/** One file on its way from the server. */
export interface Download {
  /** Ends with the download, when somebody cancels it. */
  readonly signal: AbortSignal;
  /** The announced length in bytes, or null. */
  begin(length: number | null): void;
  grew(bytes: number): void;
  end(): void;
}

/** Whole files on their way, in the order they were asked for: told to the page, and broken off where it says so. */
export interface Downloads {
  begin(path: string, stopping: AbortSignal): Download;
  /** Nothing happens where it is not under way. */
  cancel(path: string): void;
  current(): readonly DownloadView[];
  watch(emit: (views: readonly DownloadView[]) => void): () => void;
}

export function createDownloads(clock: Pick<Clock, "monotonic">): Downloads {
  const topic = createValueTopic<readonly DownloadView[]>([]);
  const running = new Map<string, { view: DownloadView; readonly control: AbortController }>();
  const tell = (): void => topic.set([...running.values()].map(({ view }) => view));

  return {
    begin(path, stopping) {
      const one = {
        view: { path, received: 0, total: null } as DownloadView,
        control: new AbortController(),
      };
      running.set(path, one);
      let toldAt = clock.monotonic();
      tell();
      return {
        signal: AbortSignal.any([stopping, one.control.signal]),
        begin(length) {
          // From its beginning: a second try, or the picture in place of its thumbnail.
          one.view = { path, received: 0, total: length };
          tell();
        },
        grew(bytes) {
          one.view = { ...one.view, received: one.view.received + bytes };
          if (clock.monotonic() - toldAt < TELL_EVERY_MS) return;
          toldAt = clock.monotonic();
          tell();
        },
        end() {
          if (running.get(path) === one) running.delete(path);
          tell();
        },
      };
    },
    cancel: (path) => running.get(path)?.control.abort(),
    current: () => topic.current(),
    watch: (emit) => topic.watch(emit),
  };
}
