import type { MenuCommand } from "../../../preload/contract/models/desktop.ts";
import type { Notice, NoticeAction } from "../../../preload/contract/models/notice.ts";

// The words this host says itself: where no page may be open, or in what only the system draws. Its catalogue.

export const words = {
  appName: "Dunlin",
  actions: {
    reply: "Reply",
    "mark-read": "Mark as read",
    answer: "Answer",
    decline: "Decline",
    "call-back": "Call back",
  } satisfies Record<NoticeAction, string>,
  replyPlaceholder: "Reply",
  menu: {
    file: "File",
    view: "View",
    settings: "Settings…",
    shortcuts: "Keyboard Shortcuts",
    switcher: "Switch Room…",
    "new-chat": "New Chat…",
    "new-room": "New Room…",
    outbox: "Not Sent Yet…",
    about: "About Dunlin",
    find: "Find…",
    lock: "Lock Dunlin",
    saveLogs: "Save Logs…",
    update: "Check for Updates…",
  } satisfies Record<MenuCommand | "file" | "view" | "lock" | "saveLogs" | "update", string>,
  context: {
    noSuggestions: "No suggestions",
    learn: "Add to dictionary",
    copyLink: "Copy link address",
  },
  recentRooms: "Recent rooms",
  trayHint: { title: "Dunlin is still here", body: "It keeps running in the tray and tells you what comes." },
  tray: {
    open: "Open Dunlin",
    doNotDisturb: "Do not disturb",
    status: "Show others that I am",
    statusOf: { online: "Online", unavailable: "Away", offline: "Invisible" },
    quit: "Quit",
  },
  /** What a notification may say while the app is locked. */
  lockedNotice: {
    message: "New message",
    invite: "New invitation",
    call: "Incoming call",
    digest: "New messages",
  } satisfies Record<Notice["kind"], string>,
} as const;
