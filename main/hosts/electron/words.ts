import type { Notice, NoticeAction } from "../../../preload/contract/models/notice.ts";

// The words this host says itself: where no page may be open, or in what only the system draws. Its catalogue.

export const words = {
  appName: "Dunlin",
  actions: {
    reply: "Reply",
    "mark-read": "Mark as read",
    answer: "Answer",
    decline: "Decline",
  } satisfies Record<NoticeAction, string>,
  replyPlaceholder: "Reply",
  /** What a notification may say while the app is locked. */
  lockedNotice: {
    message: "New message",
    invite: "New invitation",
    call: "Incoming call",
    digest: "New messages",
  } satisfies Record<Notice["kind"], string>,
} as const;
