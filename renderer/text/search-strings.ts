import type { SearchView } from "../../preload/contract/models/search.ts";
import { counted, failureSentence } from "./strings.ts";

// The catalogue of finding messages.

const off = {
  "all-here": "Everything is stored on this computer.",
  "no-words": "",
  encrypted: "The server cannot search encrypted rooms: only what is stored here was searched.",
  "not-offered": "This server offers no search: only what is stored here was searched.",
} as const;

export const strings = {
  title: "Search",
  field: (name: string) => `Search in ${name}`,
  fieldEverywhere: "Search everywhere",
  scope: "Where to search",
  thisRoom: "This room",
  everywhere: "Everywhere",
  clear: "Clear",
  hint: "Words, parts of words or “phrases”. Also: from:name, in:room, has:image, has:file, has:link, before:2026-01-31, after:2026-01.",
  none: "Nothing was found.",
  searching: "Searching…",
  found: (count: number, hasMore: boolean) =>
    `${counted(count, "message", "messages")} found${hasMore ? " so far" : ""}.`,
  more: "Show more",
  retry: "Try again",
  onServer: "from the server",
  you: "You",
  kinds: { image: "Photo", file: "File", video: "Video", audio: "Audio" },
  misunderstood: (filters: readonly string[]) => `Not understood: ${filters.join(", ")}`,
  indexing: (part: number) =>
    part >= 0.99
      ? "Some of what is stored is still being indexed."
      : `Indexing what is stored: ${Math.floor(part * 100)} %.`,
  server(view: SearchView): string {
    const { server } = view;
    switch (server.state) {
      case "off":
        return off[server.reason];
      case "waiting":
      case "searching":
        return "Asking the server…";
      case "failed":
        return `The server could not be searched. ${failureSentence(server.failure)}`;
      case "more":
      case "done":
        return "The server was searched, too.";
    }
  },
  date: "Go to date",
  dateFailed: "Nothing was found for this date.",
  fetchHistory: "Store the whole history here",
  fetchHistoryHint: "So that all of it can be searched without the server.",
  stopFetching: "Stop",
  fetching: (events: number) => `Fetching the history: ${counted(events, "event", "events")} stored.`,
  fetchingFailed: (why: string) => `The history could not be fetched. ${why}`,
};
