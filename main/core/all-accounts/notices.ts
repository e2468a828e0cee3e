import type { Notice } from "../../../preload/contract/models/notice.ts";
import { FIRST } from "./account-book.ts";
import type { Slot } from "./slot.ts";

// Notifications of all accounts in one list. The tag says whose one is, and stays the same whichever account is shown:
// a notification that changed its tag would be shown again.

/** The tag of an account's notification among those of all. No tag of a core begins with lower case and a slash. */
const commonTag = (accountId: string, tag: string): string =>
  accountId === FIRST ? tag : `${accountId}/${tag}`;

/** Whose notification it is, and its tag there. */
export function ownTag(tag: string): { readonly accountId: string; readonly tag: string } {
  const [, accountId = FIRST, own = tag] = /^([a-z0-9]{1,40})\/(.*)$/s.exec(tag) ?? [];
  return { accountId, tag: own };
}

/** The path of an account's media among those of all: pictures of an account that is not shown are its own to load. */
const commonPath = (accountId: string, path: string): string => `account/${accountId}/${path}`;

/** Whose media a path names, and the path there; null where it is the shown account's. */
export function ownPath(path: string): { readonly accountId: string; readonly path: string } | null {
  const [, accountId, own] = /^account\/([a-z0-9]{1,40})\/(media\/.*)$/.exec(path) ?? [];
  return accountId === undefined || own === undefined ? null : { accountId, path: own };
}

/** Whose file for sending a path names, and the path there; null where it is the shown account's. */
export function ownStagedPath(path: string): { readonly accountId: string; readonly path: string } | null {
  const [, accountId, own] = /^account\/([a-z0-9]{1,40})\/(staged\/.*)$/.exec(path) ?? [];
  return accountId === undefined || own === undefined ? null : { accountId, path: own };
}

/** Those of all accounts. Of an account that is not shown, they say whose they are. */
export function commonNotices(slots: readonly Slot[], active: Slot): readonly Notice[] {
  return slots.flatMap((slot) =>
    slot.notices.map((notice) => {
      const tag = commonTag(slot.accountId, notice.tag);
      if (slot === active) return { ...notice, tag };
      const { userId } = slot.view(false);
      return {
        ...notice,
        tag,
        title: userId === null ? notice.title : `${notice.title} · ${userId}`,
        avatar: notice.avatar === null ? null : commonPath(slot.accountId, notice.avatar),
      };
    }),
  );
}

/** Whether the same is shown. What a notification says changes with its version, or with which account is in front. */
export const areSameNotices = (a: readonly Notice[], b: readonly Notice[]): boolean =>
  a.length === b.length && a.every((notice, at) => deciding.every((key) => notice[key] === b[at]?.[key]));

const deciding = ["tag", "version", "eventId", "title", "body", "avatar"] as const;
