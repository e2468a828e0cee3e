import type { EventSource } from "../../preload/contract/models/event-source.ts";
import { strings } from "./timeline-strings.ts";

/** What has to be known to read the source of a message; nothing where it is the event as the server gave it. */
export function sourceNotes({ send, missing }: EventSource): readonly string[] {
  if (send === null) return [];
  const needs = { "event-id": strings.sourceNeedsId, file: strings.sourceNeedsFile };
  return [sentence(send), ...missing.map((what) => needs[what])];
}

function sentence(send: NonNullable<EventSource["send"]>): string {
  switch (send.state) {
    case "queued":
      return strings.sourceWaiting;
    case "sending":
      return strings.sourceSending;
    case "sent":
      return strings.sourceSent;
    case "unsent":
      if (send.reason.code === "unreadable") return strings.sourceUnreadable;
      return send.reason.code === "uncertain" ? strings.sourceUncertain : strings.sourceUnsent;
  }
}
