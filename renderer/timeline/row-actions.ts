import { createContext } from "svelte";
import type { EventItem, MessageItem } from "../../preload/contract/models/timeline.ts";
import type { RunRow } from "./rows.ts";

/** What a row can ask of the timeline it stands in. */
export interface RowActions {
  resourceUrl(path: string | null): string | null;
  openLink(url: string): void;
  openImage(item: MessageItem): void;
  viewSource(item: EventItem): void;
  copyText(item: MessageItem): void;
  toggleRun(run: RunRow): void;
  retry(item: MessageItem): void;
  edit(item: MessageItem): void;
  remove(item: MessageItem): void;
  roomName(): string;
}

export const [useRowActions, provideRowActions] = createContext<RowActions>();
