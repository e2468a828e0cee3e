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
    crashReports: "Show Crash Reports…",
    graphics: "Use the Graphics Card Again…",
    update: "Check for Updates…",
  } satisfies Record<
    MenuCommand | "file" | "view" | "lock" | "saveLogs" | "crashReports" | "graphics" | "update",
    string
  >,
  graphics: {
    failing: {
      message: "The graphics of this computer have stopped several times.",
      detail:
        "Dunlin goes on, and nothing you wrote is lost. It can start again without the graphics card: that is slower for video calls, and does not stop. The Help menu brings the card back.",
    },
    back: {
      message: "Use the graphics card again?",
      detail: "Dunlin starts again. Should the card still stop, you are asked as before.",
    },
    restart: "Start again",
    notNow: "Not now",
  },
  context: {
    noSuggestions: "No suggestions",
    learn: "Add to dictionary",
    copyLink: "Copy link address",
  },
  logsNotSaved: {
    title: "The logs were not saved",
    text: "Dunlin could not write the file. The disk may be full, or this folder may not be yours to write in.",
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
