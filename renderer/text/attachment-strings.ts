import { MAX_FILE_BYTES } from "../../preload/contract/file-limit.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import { byteSize } from "./byte-size.ts";
import { failureSentence } from "./strings.ts";

// The catalogue of what is said about files on their way: the tray, recording, playing, saving.

const number = new Intl.NumberFormat("en");

/** Why a file could not be put into the tray. */
function notTaken(failure: Failure): string {
  if (failure.errcode === "M_TOO_LARGE") return "This file is larger than your server takes.";
  if (failure.kind === "invalid") return invalidFile(failure.message);
  return `This file could not be taken. ${failureSentence(failure)}`;
}

/** Why a file that somebody sent could not be saved. */
function notSaved(failure: Failure): string {
  if (failure.errcode === "M_TOO_LARGE")
    return `Not saved. This file is larger than ${byteSize(MAX_FILE_BYTES)}, the most that is fetched from a server.`;
  return `Not saved. ${failureSentence(failure)}`;
}

function invalidFile(message: string): string {
  if (message === "empty-file") return "This file is empty.";
  if (message === "not-a-picture") return "This file is no picture that can be shown.";
  if (message === "photo-unreadable")
    return "Place and camera could not be taken out of this file: it is damaged, or of a kind nobody here knows.";
  return "This file could not be read. Was it moved or deleted?";
}

export const strings = {
  attach: "Attach",
  tray: "Files to send",
  remove: (name: string) => `Remove ${name}`,
  caption: (name: string) => `Caption for ${name}`,
  captionHint: "Caption",
  sendUnclean: "Send it with them",
  tryAgain: "Try again",
  taking: (name: string) => `Preparing ${name}`,
  dropHere: "Drop files to send them here",
  dropHint: "They wait in the tray until you send them.",
  tooMany: (most: number) => `At most ${number.format(most)} files at once.`,
  tooLarge: (bytes: number, limit: number) =>
    `This file is ${byteSize(bytes)}. Your server takes ${byteSize(limit)} at most.`,
  notTaken,
  notStored: (failure: Failure) => `Not sent, everything is still here. ${failureSentence(failure)}`,

  missing: "The file is no longer on this computer.",
  tooLargeForServer: "The file is larger than your server takes.",
  noRepository: "Your server takes no files.",

  record: "Record a voice message",
  recording: "Recording",
  recorded: (time: string) => `Recording, ${time}`,
  sendRecording: "Send the recording",
  discardRecording: "Discard the recording",
  noMicrophone: "The microphone could not be used. Is one connected, and may Dunlin use it?",
  voiceName: "Voice message",
  /** A text that was too long for a message. */
  textFile: "message.txt",
  voice: (length: string) => (length === "" ? "Voice message" : `Voice message, ${length}`),
  play: "Play",
  pause: "Pause",
  position: "Position",
  positionOf: (at: string, length: string) => `${at} of ${length}`,

  uploading: (percent: number) => `Uploading, ${number.format(percent)} %`,
  waitingToUpload: "Waiting to upload",
  cancelUpload: "Cancel sending",
  saveAs: "Save as…",
  saveNamed: (name: string) => `Save ${name}`,
  saving: "Saving",
  downloading: (received: number, total: number | null) =>
    total === null ? `${byteSize(received)} so far` : `${byteSize(received)} of ${byteSize(total)}`,
  cancelDownload: "Cancel the download",
  copyImage: "Copy picture",
  copied: "Copied",
  notSaved,
  notCopied: "This picture could not be copied.",

  settings: {
    heading: "Photos and files",
    keepDetails: "Leave place and camera in photos",
    keepDetailsHint: "Otherwise they are taken out of photos and films before they are sent.",
    cache: "Keep at most this much of pictures and files on this disk",
    cacheSize: (megabytes: number) => byteSize(megabytes * 1024 ** 2),
  },
};
