import type { Failure } from "../../preload/contract/models/failure.ts";
import { failureSentence } from "./strings.ts";

// The catalogue of the list of a room's pictures, files, links and recordings.

export const strings = {
  title: "Media and files",
  /** Beside each other in a panel of 320 px. */
  tabs: { pictures: "Media", files: "Files", links: "Links", voice: "Audio" },
  kinds: { pictures: "Photos and videos", files: "Files", links: "Links", voice: "Audio" },
  which: "What is listed",
  loading: "Loading",
  empty: {
    pictures: "No photos or videos yet",
    files: "No files yet",
    links: "No links yet",
    voice: "No recordings yet",
  },
  end: "That is all there is.",
  more: "Look further back",
  failed: (failure: Failure) => `Older ones could not be loaded. ${failureSentence(failure)}`,
  openLink: (address: string) => `Open ${address}`,
  from: (who: string, when: string) => `${who}, ${when}`,
  you: "You",
};
