import type { Failure } from "../../preload/contract/models/failure.ts";
import type { UnsentReason } from "../../preload/contract/models/timeline.ts";
import { oneLine } from "./state-sentence.ts";
import { strings as files } from "./attachment-strings.ts";
import { strings } from "./timeline-strings.ts";

const s = strings.unsent;

/** Why a message did not go, in plain words, for the line under it. */
export function unsentReason(reason: UnsentReason): string {
  switch (reason.code) {
    case "gave-up":
      return s.gaveUp(gaveUpBecause(reason.failure));
    case "rejected":
      return s.rejected(rejectedBecause(reason.failure));
    case "behind":
      return s.behind;
    case "waited-too-long":
      return s.waitedTooLong;
    case "uncertain":
      return s.uncertain;
    case "unreadable":
      return s.unreadable;
  }
}

function gaveUpBecause(failure: Failure): string {
  switch (failure.kind) {
    case "offline":
      return s.noConnection;
    case "timeout":
      return s.noAnswer;
    case "unavailable":
      return s.troubled;
    case "limited":
      return s.limited;
    default:
      return rejectedBecause(failure);
  }
}

function rejectedBecause(failure: Failure): string {
  switch (failure.kind) {
    case "unauthorized":
      return s.signedOut;
    case "malformed":
      return s.strange;
    case "certificate":
      return s.certificate;
    case "storage":
      return s.storage;
    case "invalid":
      if (failure.message === "file-missing") return files.missing;
      return failure.message === "room-encrypted" ? s.roomEncrypted : s.bug;
    case "bug":
    case "aborted":
      return s.bug;
    case "offline":
    case "timeout":
    case "unavailable":
    case "limited":
      return gaveUpBecause(failure);
    case "rejected":
      return byErrcode(failure);
  }
}

function byErrcode(failure: Failure): string {
  if (failure.message === "file-too-large") return files.tooLargeForServer;
  if (failure.message === "no-repository") return files.noRepository;
  switch (failure.errcode) {
    case "M_FORBIDDEN":
      return s.forbidden;
    case "M_TOO_LARGE":
      return s.tooLarge;
    case "M_NOT_FOUND":
      return s.unknownRoom;
    case "M_CONSENT_NOT_GIVEN":
      return s.consent;
    default: {
      const words = oneLine(failure.serverText ?? "");
      return words === "" ? s.refused : s.refusedBecause(words);
    }
  }
}
