import type { ExportJob } from "../../preload/contract/models/export.ts";
import { counted, failureSentence } from "./strings.ts";

// The catalogue of writing messages into a folder.

export const strings = {
  title: "Export messages",
  menu: "Export messages…",
  settings: "Export",
  settingsHint: "Writes your messages into a folder that can be read without Dunlin and without the server.",
  what: "What to export",
  room: (name: string) => `Only ${name}`,
  everything: "All rooms",
  media: "Pictures and files",
  mediaHint: "Those that are not stored here are fetched where the server can be reached.",
  complete: "The whole history",
  completeHint:
    "First fetches what is not stored here, which may take long. Otherwise it is what is here now.",
  asks: "You choose the folder next.",
  downloads: "It is put into your folder for downloads.",
  start: "Export",
  working: "Exporting",
  fetching: (rooms: number) =>
    `Fetching the missing history of ${counted(rooms, "room", "rooms")} before anything is written. Without a connection this waits.`,
  writing: ({ events, rooms, roomName }: ExportJob) =>
    `${events.done.toLocaleString("en")} of ${counted(events.all, "event", "events")}` +
    (rooms.all > 1 ? `, ${rooms.done.toLocaleString("en")} of ${counted(rooms.all, "room", "rooms")}` : "") +
    (roomName === null ? "" : `: ${roomName}`),
  goesOn: "You can close this: it goes on, also after a restart.",
  cancel: "Cancel the export",
  failed: (job: ExportJob) =>
    typeof job.state === "object"
      ? `The export has stopped. ${failureSentence(job.state.failed)} What is written so far is kept.`
      : "",
  retry: "Go on",
  done: "The export is finished.",
  doneFacts: ({ events, rooms, media, order }: ExportJob) =>
    `${counted(events.done, "event", "events")} of ${counted(rooms.done, "room", "rooms")}` +
    (order.hasMedia ? `, ${counted(media.saved, "file", "files")}.` : "."),
  missing: (count: number) => `${counted(count, "file", "files")} could not be had; the pages say which.`,
  folder: "Folder",
  show: "Show the folder",
  again: "Export more",
  notStarted: "The export could not be started.",
};
