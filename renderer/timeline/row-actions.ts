import { createContext } from "svelte";
import type { EventItem, MessageItem } from "../../preload/contract/models/timeline.ts";
import type { RunRow } from "./rows.ts";

/** What a row can ask of the timeline it stands in. */
export interface RowActions {
  readonly resourceUrl: (path: string | null) => string | null;
  readonly openLink: (url: string) => void;
  readonly openImage: (item: MessageItem) => void;
  readonly viewSource: (item: EventItem) => void;
  readonly copyText: (item: MessageItem) => void;
  readonly toggleRun: (run: RunRow) => void;
  readonly retry: (item: MessageItem) => void;
  readonly edit: (item: MessageItem) => void;
  readonly remove: (item: MessageItem) => void;
  readonly roomName: () => string;
}

export const [useRowActions, provideRowActions] = createContext<RowActions>();
