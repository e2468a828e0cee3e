import type { RoomPreview } from "../../../preload/contract/models/room.ts";

// The words of notifications: they are made where no page may be open. The catalogue of this folder.

const things: Readonly<Record<RoomPreview["kind"], string>> = {
  text: "",
  emote: "",
  image: "Photo",
  video: "Video",
  audio: "Audio",
  file: "File",
  sticker: "Sticker",
  location: "Place",
  poll: "Poll",
  redacted: "Message deleted",
  encrypted: "Encrypted message",
  state: "Room changed",
  call: "Call",
  other: "New message",
};

const messages = (count: number): string => (count === 1 ? "1 message" : `${count} messages`);

export const words = {
  appName: "Dunlin",
  newMessage: "New message",
  newMessages: (count: number): string => `${count} new messages`,
  inRoom: (sender: string, room: string): string => `${sender} (${room})`,
  thing: (preview: RoomPreview | null, sender: string): string => {
    if (preview === null) return words.newMessage;
    if (preview.kind === "emote") return `* ${sender} ${preview.text}`;
    const thing = things[preview.kind];
    return thing === "" ? preview.text : preview.text === "" ? thing : `${thing}: ${preview.text}`;
  },
  andMore: (text: string, more: number): string => (more === 0 ? text : `${text} (and ${more} more)`),
  invited: (inviter: string | null): string =>
    inviter === null ? "You are invited" : `${inviter} invites you`,
  invitation: "New invitation",
  declined: (reason: string | null): string =>
    reason === null ? "Your request to join was declined" : `Your request to join was declined: ${reason}`,
  whileAway: "While you were away",
  digest: (count: number, rooms: number, mentions: number): string =>
    `${messages(count)} in ${rooms === 1 ? "1 room" : `${rooms} rooms`}` +
    (mentions === 0 ? "" : mentions === 1 ? ", 1 mentions you" : `, ${mentions} mention you`),
  incomingCall: "Incoming call",
  incomingVideoCall: "Incoming video call",
  missedCall: "Missed call",
  missedVideoCall: "Missed video call",
  somebody: "Somebody",
} as const;
