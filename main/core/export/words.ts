import type { Sender, StateChange } from "../../../preload/contract/models/timeline.ts";

// The words of the archive: it is made where no page may be open, and read where we are not. The catalogue of this folder.

const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

const rules: Readonly<Record<string, string>> = {
  public: "opened the room for everybody",
  invite: "made the room for invited people only",
  knock: "let people ask to join",
  restricted: "let members of a space join",
};
const visibilities: Readonly<Record<string, string>> = {
  world_readable: "made the history readable for everybody",
  shared: "made the whole history readable for members",
  invited: "made the history readable from the invitation on",
  joined: "made the history readable from joining on",
};

export const words = {
  folder: (what: string, date: string): string => `Dunlin ${what} ${date}`,
  everything: "messages",
  indexTitle: (user: string): string => `Messages of ${user}`,
  exported: (date: string): string =>
    `Exported by Dunlin on ${date}. All times are in the time zone of that machine.`,
  rooms: "Rooms",
  messages: (n: number): string => count(n, "message", "messages"),
  events: "Original events (JSON)",
  room: "Room",
  topic: "Topic",
  page: (n: number): string => `Page ${n}`,
  pages: "Pages",
  previous: "Previous page",
  next: "Next page",
  all: "All rooms",
  incomplete: "The history here is not complete: some messages were not stored on this machine.",
  hole: "Messages are missing here: they were not stored on this machine.",
  nothing: "Nothing of this room was stored on this machine.",
  edited: (date: string): string => `edited ${date}`,
  versions: "Earlier words",
  deleted: (by: string | null, reason: string | null): string =>
    `Message deleted${by === null ? "" : ` by ${by}`}${reason === null ? "" : `: ${reason}`}`,
  unreadable: "Encrypted message that cannot be read here",
  malformed: "A message that cannot be shown; see the original event",
  call: (isVideo: boolean, outcome: string): string =>
    `${isVideo ? "Video call" : "Call"}${outcomes[outcome] ?? ""}`,
  answers: (name: string): string => `In reply to ${name}`,
  answersDeleted: "In reply to a deleted message",
  answersMissing: "In reply to a message that was not stored on this machine",
  kind: { image: "Picture", video: "Video", audio: "Audio", file: "File", sticker: "Sticker" } as Readonly<
    Record<string, string>
  >,
  missing: (kind: string, name: string): string => `${kind} “${name}” is not in this archive`,
  place: (latitude: number, longitude: number): string => `Place: ${latitude}, ${longitude}`,
  votes: (n: number): string => count(n, "vote", "votes"),
  poll: (isEnded: boolean): string => (isEnded ? "Poll (ended)" : "Poll"),
  unknownKind: (kind: string): string => `Message of the kind ${kind}`,
  reacted: (names: string): string => `from ${names}`,
  more: (n: number): string => `and ${n.toLocaleString("en")} more`,
};

const outcomes: Readonly<Record<string, string>> = {
  missed: ", missed",
  unanswered: ", not answered",
  declined: ", declined",
  cancelled: ", cancelled",
  failed: ", no connection",
};

/** As they were called then; with the id where two had the same name (DSP-08). */
export const nameOf = ({ name, userId, isAmbiguous }: Sender): string =>
  isAmbiguous ? `${name} (${userId})` : name;

/** A change of the room as a sentence. */
export function changeSentence(sender: Sender, change: StateChange): string {
  const who = nameOf(sender);
  switch (change.type) {
    case "created":
      return `${who} created the room`;
    case "name":
      return change.to ? `${who} named the room “${change.to}”` : `${who} removed the name of the room`;
    case "topic":
      return change.to ? `${who} changed the topic to “${change.to}”` : `${who} removed the topic`;
    case "avatar":
      return `${who} ${change.isRemoved ? "removed" : "changed"} the picture of the room`;
    case "membership":
      return memberSentence(who, change) + (change.reason === null ? "" : `: ${change.reason}`);
    case "profile":
      return profileSentence(who, change);
    case "join-rules":
      return `${who} ${rules[change.rule] ?? "changed who may join"}`;
    case "history-visibility":
      return `${who} ${visibilities[change.visibility] ?? "changed who may read the history"}`;
    case "guest-access":
      return `${who} ${change.access === "can_join" ? "let guests in" : "closed the room for guests"}`;
    case "power-levels":
      return `${who} changed who may do what in the room`;
    case "encryption":
      return `${who} turned on encryption`;
    case "canonical-alias":
      return change.alias === null
        ? `${who} removed the address of the room`
        : `${who} made ${change.alias} the address of the room`;
    case "pinned":
      return {
        pinned: `${who} pinned a message`,
        unpinned: `${who} unpinned a message`,
        changed: `${who} changed the pinned messages`,
      }[change.change];
    case "upgraded":
      return `${who} moved the room to a new one`;
    case "server-acl":
      return `${who} changed which servers may take part`;
  }
}

function memberSentence(who: string, change: Extract<StateChange, { type: "membership" }>): string {
  const whom = change.targetName;
  const sentences: Readonly<Record<typeof change.change, string>> = {
    joined: `${whom} joined`,
    left: `${whom} left`,
    invited: `${who} invited ${whom}`,
    kicked: `${who} removed ${whom}`,
    banned: `${who} banned ${whom}`,
    unbanned: `${who} lifted the ban of ${whom}`,
    knocked: `${whom} asked to join`,
    declined: `${whom} declined the invitation`,
    withdrawn: `${who} withdrew the invitation of ${whom}`,
    "knock-accepted": `${who} accepted the request of ${whom} to join`,
    "knock-denied": `${who} declined the request of ${whom} to join`,
    "knock-retracted": `${whom} took the request to join back`,
  };
  return sentences[change.change];
}

function profileSentence(who: string, change: Extract<StateChange, { type: "profile" }>): string {
  const { nameFrom, nameTo } = change;
  if (nameFrom === nameTo) return `${who} changed their picture`;
  if (nameTo === null) return `${nameFrom ?? who} removed their name`;
  return `${nameFrom ?? who} is now called ${nameTo}`;
}

/** "Saturday, 21 November 2026" of a local day; and the time within it. */
export const longDay = (ts: number): string => dayFormat.format(ts);
export const timeOfDay = (ts: number): string => timeFormat.format(ts);
export const dayAndTime = (ts: number): string => `${shortDay.format(ts)}, ${timeFormat.format(ts)}`;
const dayFormat = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" });
const shortDay = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
const timeFormat = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });

/** For names of folders: 2026-11-21, of a local day. */
export function dayForNames(ts: number): string {
  const date = new Date(ts);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
