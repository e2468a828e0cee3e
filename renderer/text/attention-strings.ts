import type {
  DefaultNotification,
  NotificationLevel,
  PresenceView,
  RoomNotifications,
  UnreadCause,
} from "../../preload/contract/models/attention.ts";
import { counted } from "./strings.ts";

// The words about notifications, unread messages and presence.

const many = counted;
const ago = new Intl.RelativeTimeFormat("en", { numeric: "always" });

export const strings = {
  roomMenu: {
    markRead: "Mark as read",
    markUnread: "Mark as unread",
    why: "Why is this unread?",
    notify: {
      default: "Notify: as everywhere",
      all: "Notify: all messages",
      mentions: "Notify: mentions and keywords",
      mute: "Notify: nothing",
    } satisfies Record<RoomNotifications, string>,
    chosen: "chosen",
    failed: "The server did not take this.",
  },
  /** In the menu of a message. */
  markUnreadFrom: "Mark as unread from here",
  why: {
    title: (room: string): string => `Why is ${room} unread?`,
    nothing: "Nothing here counts as unread.",
    marked: "You marked this room as unread.",
    byServer: (count: number): string =>
      `Some messages since you last read are not on this device yet, so the number is what the server counts: ${count}. ` +
      "Scroll back to load them, or mark the room as read.",
    byRules: (count: number): string =>
      `${many(count, "message", "messages")} since you last read ${count === 1 ? "notifies" : "notify"} you:`,
    readUpTo: (when: string): string => `You last read here ${when}.`,
    neverRead: "You have not read here yet.",
    inThread: "in a thread",
    recount: "Count again",
    recounted: (changed: number): string =>
      changed === 0 ? "Counted again: the number was right." : "Counted again: the number is corrected.",
    markRead: "Mark as read",
    failed: "This could not be found out.",
    rule: ({ rule }: UnreadCause): string => ruleReason(rule),
  },
  settings: {
    title: "Notifications",
    machine: "On this device",
    account: "For your account, on all devices",
    doNotDisturb: "Do not disturb",
    doNotDisturbHint: "No notifications here until you turn this off. Unread messages are still counted.",
    systemIsQuiet:
      "This desktop's own do not disturb is on: calls do not ring, and it holds notifications back.",
    sound: "Play a sound",
    notify: "Notify me of",
    notifyOf: {
      all: "Everything my account notifies of",
      mentions: "Mentions and keywords",
      none: "Nothing",
    },
    text: "Notifications show",
    textOf: { full: "Sender and text", sender: "Sender only", none: "Only that there is something" },
    allow: "Allow notifications in this browser",
    refused: "This browser does not let Dunlin notify. Its settings for this page can change that.",
    allOff: "Turn everything off",
    defaults: "All rooms",
    level: { off: "Off", on: "On", sound: "With sound" } satisfies Record<NotificationLevel, string>,
    kinds: {
      "direct-messages": "Messages between two",
      "group-messages": "Messages in groups",
      mentions: "When I am mentioned",
      "room-mentions": "When the whole room is mentioned",
      invites: "Invitations",
      calls: "Calls",
      "bot-messages": "Messages of bots",
    } satisfies Record<DefaultNotification, string>,
    keywords: "Keywords",
    keyword: "New keyword",
    addKeyword: "Add",
    keywordsHint: "Where several fit a message, the first one decides.",
    moveKeywordUp: (word: string): string => `Move keyword ${word} up`,
    moveKeywordDown: (word: string): string => `Move keyword ${word} down`,
    keywordMoved: (word: string, place: number, count: number): string =>
      `${word} is now number ${place} of ${count}`,
    removeKeyword: (word: string): string => `Remove keyword ${word}`,
    rooms: "Rooms with a setting of their own",
    people: "Muted people",
    unmutePerson: (userId: string): string => `Stop muting ${userId}`,
    resetRoom: (room: string): string => `Reset ${room}`,
    roomLevel: {
      all: "All messages",
      mentions: "Mentions and keywords",
      mute: "Nothing",
      default: "As everywhere",
    },
    loading: "Your rules come with the first sync.",
    failed: "The server did not take this change; it is as it was.",
    presence: "Show others that I am",
    presenceOf: { online: "Online", unavailable: "Away", offline: "Invisible" },
    recountAll: "Count all unread messages again",
    recounted: (changed: number): string =>
      changed === 0 ? "All numbers were right." : `${many(changed, "room was", "rooms were")} corrected.`,
  },
  presence: {
    online: "Online",
    idle: "Away",
    offline: "Offline",
    active: (minutes: number): string => `Active ${agoText(minutes)}`,
  },
  firstUnread: "Jump to first unread",
} as const;

function agoText(minutes: number): string {
  if (minutes < 60) return ago.format(-Math.max(1, minutes), "minute");
  if (minutes < 48 * 60) return ago.format(-Math.round(minutes / 60), "hour");
  return ago.format(-Math.round(minutes / 1440), "day");
}

const reasons: Readonly<Record<string, string>> = {
  ".m.rule.is_user_mention": "mentions you",
  ".m.rule.contains_display_name": "contains your name",
  ".m.rule.contains_user_name": "contains your user name",
  ".m.rule.is_room_mention": "mentions the whole room",
  ".m.rule.roomnotif": "mentions the whole room",
  ".m.rule.room_one_to_one": "is a message between two",
  ".m.rule.encrypted_room_one_to_one": "is an encrypted message between two",
  ".m.rule.message": "is a message in a group",
  ".m.rule.encrypted": "is an encrypted message in a group",
  ".m.rule.call": "is a call",
  ".m.rule.tombstone": "says that the room was replaced",
  ".m.rule.invite_for_me": "invites you",
};

/** The rule in words: "contains the keyword “boat”". */
function ruleReason({ kind, ruleId, pattern }: UnreadCause["rule"]): string {
  const known = Object.hasOwn(reasons, ruleId) ? reasons[ruleId] : undefined;
  if (known !== undefined) return known;
  if (kind === "content") return `contains the keyword “${pattern ?? ruleId}”`;
  if (kind === "room") return "this room notifies of all messages";
  if (kind === "sender") return "this person always notifies you";
  return `by your rule “${ruleId}”`;
}

/** A person's presence in words, at `now` (ms since the epoch); null where nothing is known. */
export function presenceSentence(presence: PresenceView | null, now: number): string | null {
  if (presence === null) return null;
  const { state, isActiveNow, lastActiveTs, status } = presence;
  const minutes = lastActiveTs === null ? null : Math.max(0, Math.floor((now - lastActiveTs) / 60_000));
  const last = minutes === null ? null : strings.presence.active(minutes);
  const words =
    state === "unknown"
      ? last
      : state === "online" && (isActiveNow || minutes === null || minutes < 5)
        ? strings.presence.online
        : [strings.presence[state], last].filter((part) => part !== null).join(" · ");
  return words === null ? null : status === null ? words : `${words} · ${status}`;
}
