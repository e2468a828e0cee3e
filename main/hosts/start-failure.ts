import { toFailure, type Failure } from "../core/failure.ts";

/** Why the core could not be opened, as one sentence for people. What is in the profile is untouched by then. */
export function startSentence(error: unknown, profileDir: string): string {
  const failure = toFailure(error);
  return failure.kind === "storage" ? storageSentence(failure, profileDir) : other(failure);
}

function storageSentence(failure: Failure, profileDir: string): string {
  switch (failure.problem ?? "other") {
    case "in-use":
      return `Dunlin is already running with the profile in ${profileDir}; close it there first.`;
    case "readonly":
      return `The profile in ${profileDir} cannot be written; Dunlin needs write permission there.`;
    case "newer":
      return (
        `The profile in ${profileDir} was written by a newer Dunlin; please update this one. ` +
        "An older Dunlin could lose what the newer one keeps there, so nothing in it was touched. " +
        "To use this version all the same, move that folder away: Dunlin then starts anew, and you sign in again."
      );
    case "full":
      return `The disk that holds ${profileDir} is full; free some space and start Dunlin again.`;
    case "damaged":
      return `The profile in ${profileDir} is damaged and could not be repaired (${failure.message}).`;
    case "other":
      return `The profile in ${profileDir} cannot be opened (${failure.message}).`;
  }
}

function other(failure: Failure): string {
  return `Dunlin could not start because of a fault of its own (${failure.message}); the log in the profile says more.`;
}
