import { nativeImage, Notification, type NativeImage, type NotificationConstructorOptions } from "electron";
import type { Notice, NoticeAct, NoticeAction } from "../../../preload/contract/models/notice.ts";
import type { Core } from "../../core/api.ts";
import type { Clock, Log } from "../../core/platform.ts";
import { words } from "./words.ts";

// The system's notifications. The core says what stands; this makes the system show exactly that, also without a
// window: new versions replace old ones, what stands no longer is closed.

/** Ms a notification waits for its picture before it comes without. */
const ICON_WAIT_MS = 1500;
/** Code units of an inline reply, far above what a system's field takes. */
const MAX_REPLY = 10_000;

export interface NoticesOptions {
  readonly core: Pick<Core, "handlers" | "topics" | "media">;
  readonly clock: Clock;
  readonly log: Log;
  readonly platform: NodeJS.Platform;
  /** Shows the window, or opens it. */
  readonly onOpen: () => void;
  /** While the app is locked a notification says no more than that there is one, and nothing can be done in it. */
  readonly isLocked: () => boolean;
}

/** What is shown under one tag. */
interface Slot {
  notice: Notice;
  /** Grows with every showing: one that was waiting for its picture may have been overtaken. */
  turn: number;
  notification: Notification | null;
}

export interface ShownNotices {
  /** The app has become locked, or open. */
  lockChanged(): void;
  /** Takes everything away. */
  close(): void;
}

/** Shows what stands, now and from now on. */
export function showNotices(options: NoticesOptions): ShownNotices {
  if (!Notification.isSupported()) return { lockChanged: () => undefined, close: () => undefined };
  // A run that was killed left its own behind; nothing would answer a click on them.
  if (options.platform === "darwin") Notification.removeAll();
  const shown = new SystemNotices(options);
  const opened = options.core.topics.notices(null, (standing) => shown.update(standing));
  shown.update(opened.snapshot);
  return {
    lockChanged: () => shown.lockChanged(),
    close() {
      opened.stop();
      shown.update([]);
    },
  };
}

class SystemNotices {
  readonly #options: NoticesOptions;
  readonly #slots = new Map<string, Slot>();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  update(standing: readonly Notice[]): void {
    const tags = new Set(standing.map(({ tag }) => tag));
    for (const [tag, slot] of [...this.#slots]) {
      if (tags.has(tag)) continue;
      this.#slots.delete(tag);
      slot.notification?.close();
    }
    for (const notice of standing) {
      const shown = this.#slots.get(notice.tag)?.notice;
      if (shown?.version === notice.version) continue;
      // Less than before: part of it was read or deleted elsewhere.
      this.#tryShow(notice, shown !== undefined && notice.isSilent && notice.count < shown.count);
    }
  }

  /** What stands loses its words as the app is locked. Who opens it reads them in the app: nothing pops up then. */
  lockChanged(): void {
    if (!this.#options.isLocked()) return;
    for (const { notice } of this.#slots.values()) this.#tryShow(notice, true);
  }

  #tryShow(notice: Notice, isOld: boolean): void {
    void this.#show(notice, isOld).catch((error: unknown) =>
      this.#options.log("warn", "notice-not-shown", { name: error instanceof Error ? error.name : "" }),
    );
  }

  /** `isOld`: it says nothing new, and takes the place of the one there without a sound. */
  async #show(notice: Notice, isOld: boolean): Promise<void> {
    const slot: Slot = this.#slots.get(notice.tag) ?? { notice, turn: 0, notification: null };
    slot.notice = notice;
    const turn = ++slot.turn;
    this.#slots.set(notice.tag, slot);
    const isLocked = this.#options.isLocked();
    const icon = isLocked ? null : await this.#icon(notice.avatar);
    // Withdrawn or overtaken by a newer showing while the picture was loading.
    if (this.#slots.get(notice.tag) !== slot || slot.turn !== turn) return;
    const old = slot.notification;
    const buttons = isLocked ? [] : notice.actions.filter((action) => action !== "reply");
    const options = optionsOf(notice, { buttons, icon, isLocked, isOld });
    const { body = "" } = options;
    const isMarkup = this.#options.platform === "linux";
    slot.notification = new Notification({ ...options, body: isMarkup ? withoutMarkup(body) : body });
    old?.close();
    this.#listen(notice, slot, slot.notification, buttons);
    // Written down first, in the same breath: killed between the two, we do not show it twice.
    void this.#tell(notice.tag, { act: "shown", version: notice.version });
    slot.notification.show();
  }

  #listen(notice: Notice, slot: Slot, shown: Notification, buttons: readonly NoticeAction[]): void {
    const { tag } = notice;
    const isCurrent = (): boolean => slot.notification === shown && this.#slots.get(tag) === slot;
    shown.on("click", () => {
      if (isCurrent()) this.#act(tag, { act: "open" }, true);
    });
    shown.on("close", ({ reason }) => {
      // Timed out or moved into the system's list: it can still be clicked there, and must go when it is read.
      if (!isCurrent() || reason === "timedOut" || reason === "applicationHidden") return;
      this.#slots.delete(tag);
      this.#act(tag, { act: "dismiss" }, false);
    });
    shown.on("action", ({ actionIndex }) => {
      const action = buttons[actionIndex];
      if (!isCurrent() || action === undefined || action === "reply") return;
      // A call needs its window.
      this.#act(tag, { act: action }, action === "answer" || action === "call-back");
    });
    shown.on("reply", ({ reply }) => {
      const body = reply.trim().slice(0, MAX_REPLY);
      if (isCurrent() && body !== "") this.#act(tag, { act: "reply", body }, false);
    });
  }

  #act(tag: string, act: NoticeAct, isOpening: boolean): void {
    const { onOpen, isLocked } = this.#options;
    // The system may still show the one of before the lock. Where a click leads is seen after the passphrase.
    if (isLocked() && act.act !== "open" && act.act !== "dismiss") return onOpen();
    void this.#tell(tag, act).finally(() => {
      if (isOpening) onOpen();
    });
  }

  /** What it has to write is written when this returns. */
  async #tell(tag: string, act: NoticeAct): Promise<void> {
    const { core, log } = this.#options;
    try {
      await core.handlers.actOnNotice({ tag, act });
    } catch (error) {
      log("warn", "notice-act-failed", { act: act.act, name: error instanceof Error ? error.name : "" });
    }
  }

  async #icon(avatar: string | null): Promise<NativeImage | null> {
    if (avatar === null) return null;
    const { core, clock } = this.#options;
    let cancel = (): void => undefined;
    const late = new Promise<null>((resolve) => {
      cancel = clock.after(ICON_WAIT_MS, () => resolve(null));
    });
    const answer = await Promise.race([core.media(avatar).catch(() => null), late]);
    cancel();
    // The kinds of picture that the system's side of Electron can read.
    if (!answer?.ok || !["image/png", "image/jpeg"].includes(answer.file.contentType)) return null;
    const image = nativeImage.createFromPath(answer.file.path);
    return image.isEmpty() ? null : image;
  }
}

/**
 * Where the body of a notification may hold markup (links and pictures among it: Desktop Notifications Specification),
 * what somebody wrote must come as words.
 */
const withoutMarkup = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const urgencies = { call: "critical", message: "normal", invite: "normal", digest: "low" } as const;

interface Look {
  readonly buttons: readonly NoticeAction[];
  readonly icon: NativeImage | null;
  readonly isLocked: boolean;
  readonly isOld: boolean;
}

function optionsOf(notice: Notice, { buttons, icon, isLocked, isOld }: Look): NotificationConstructorOptions {
  return {
    title: isLocked ? words.appName : notice.title,
    body: isLocked ? words.lockedNotice[notice.kind] : notice.body,
    silent: notice.isSilent || isOld,
    // No system lets us change one that is there. GNOME puts those of low urgency into its list without a banner.
    urgency: isOld ? "low" : urgencies[notice.kind],
    // A call rings until somebody says something.
    timeoutType: notice.kind === "call" ? "never" : "default",
    groupId: notice.roomId ?? notice.tag,
    ...(icon !== null && { icon }),
    ...(!isLocked &&
      notice.actions.includes("reply") && { hasReply: true, replyPlaceholder: words.replyPlaceholder }),
    actions: buttons.map((action) => ({ type: "button" as const, text: words.actions[action] })),
  };
}
