import type { Notice, NoticeAct } from "../../preload/contract/models/notice.ts";

// Notifications of the browser, for the host that has none of its own. The core says what stands; this makes the
// browser show exactly that: new versions are shown, what stands no longer is closed.

/** As much of a browser's Notification as is used. */
export interface ShownNotice {
  onclick: ((event: Event) => unknown) | null;
  onclose: ((event: Event) => unknown) | null;
  close(): void;
}

export interface PageNoticesDeps {
  readonly show: (title: string, options: NotificationOptions) => ShownNotice;
  readonly mayShow: () => boolean;
  readonly resourceUrl: (path: string | null) => string | null;
  readonly act: (tag: string, act: NoticeAct) => void;
}

export class PageNotices {
  readonly #deps: PageNoticesDeps;
  readonly #shown = new Map<string, { readonly version: number; readonly notice: ShownNotice }>();

  constructor(deps: PageNoticesDeps) {
    this.#deps = deps;
  }

  update(standing: readonly Notice[]): void {
    const tags = new Set(standing.map(({ tag }) => tag));
    for (const tag of [...this.#shown.keys()]) if (!tags.has(tag)) this.#close(tag);
    if (!this.#deps.mayShow()) return;
    for (const notice of standing)
      if (this.#shown.get(notice.tag)?.version !== notice.version) this.#show(notice);
  }

  clear(): void {
    for (const tag of [...this.#shown.keys()]) this.#close(tag);
  }

  #show({ tag, version, title, body, avatar, isSilent }: Notice): void {
    const icon = this.#deps.resourceUrl(avatar);
    this.#forget(tag);
    // The same tag replaces what is there; the browser rings again only if it is told to.
    const options = { tag, body, silent: isSilent, renotify: !isSilent, ...(icon !== null && { icon }) };
    // Told first: whatever happens to the page, it is not shown twice.
    this.#deps.act(tag, { act: "shown", version });
    const shown = this.#deps.show(title, options);
    this.#shown.set(tag, { version, notice: shown });
    shown.onclick = () => {
      this.#close(tag);
      this.#deps.act(tag, { act: "open" });
    };
    // Closed by the user or by the system after its time: it need not be shown again.
    shown.onclose = () => {
      if (this.#shown.get(tag)?.version !== version) return;
      this.#shown.delete(tag);
      this.#deps.act(tag, { act: "dismiss" });
    };
  }

  #forget(tag: string): void {
    const old = this.#shown.get(tag);
    if (old === undefined) return;
    this.#shown.delete(tag);
    old.notice.onclick = old.notice.onclose = null;
  }

  #close(tag: string): void {
    const old = this.#shown.get(tag);
    this.#forget(tag);
    old?.notice.close();
  }
}
