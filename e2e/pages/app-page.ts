import { expect, type Locator, type Page } from "@playwright/test";

/** The whole window, by the names and attributes of the automation contract. */
export class AppPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  // Asked for anew each time: after a restart of the app its window may be another one.
  get rooms(): Locator {
    return this.page.getByRole("navigation", { name: "Rooms" });
  }
  get log(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }
  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  async signIn(homeserver: string, user: string, password: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Homeserver" }).fill(homeserver);
    await this.page.getByRole("textbox", { name: "Username" }).fill(user);
    await this.page.getByRole("textbox", { name: "Password" }).fill(password);
    await this.page.getByRole("button", { name: "Sign in", exact: true }).click();
  }

  /** The row of a room in the list, by its id. */
  row(roomId: string): Locator {
    return this.rooms.locator(`[data-room-id="${roomId}"]`);
  }

  /** Finds the room by its name, as a person would, and opens it. */
  async openRoom(name: string, roomId: string): Promise<void> {
    await this.rooms.getByRole("searchbox").or(this.rooms.getByRole("textbox")).first().fill(name);
    await this.row(roomId).first().click();
    await expect(this.page.locator(`[role="log"][data-room-id="${roomId}"]`)).toBeVisible();
    await this.rooms.getByRole("searchbox").or(this.rooms.getByRole("textbox")).first().fill("");
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
    await this.isTaken();
  }

  /** Resolves in the frame in which the composer clears: what was typed is on disk by then. */
  isTaken(): Promise<void> {
    return this.composer.evaluate(
      (box: HTMLTextAreaElement) =>
        new Promise<void>((resolve) => {
          const look = (): void => {
            if (box.value === "") resolve();
            else requestAnimationFrame(look);
          };
          look();
        }),
    );
  }

  connection(state: string): Promise<void> {
    return expect(this.page.locator("html")).toHaveAttribute("data-connection", state, { timeout: 60_000 });
  }

  /** The messages in the page now, in order of appearance. */
  async visible(): Promise<Seen[]> {
    return (await this.log.evaluateAll(look, false)).seen;
  }

  private get tryAgain() {
    return this.log.getByRole("button", { name: "Try again" });
  }

  private async olderTrouble(): Promise<string> {
    return (await this.tryAgain.locator("..").textContent({ timeout: 2_000 })) ?? "";
  }

  /**
   * Scrolls up until the start of the room is reached and returns every message met, oldest first, each item once.
   * Fails when two looks at the same stretch disagree about its order. Where a page could not be loaded it presses
   * "Try again", as a reader would, a few times.
   */
  async readToStart(): Promise<Seen[]> {
    let all: Seen[] = [];
    let tries = 5;
    for (;;) {
      // In one breath: what comes above between looking and scrolling would carry the view past lines nobody has looked at.
      const { seen: now, older, isAtTop } = await this.log.evaluateAll(look, true);
      all = mergeUpwards(now, all);
      if (isAtTop && older === "exhausted") return mergeUpwards(await this.visible(), all);
      if (isAtTop && older === "failed") {
        if (tries-- === 0) throw new Error(`older messages do not come: ${await this.olderTrouble()}`);
        // It may have been tried again by itself since we looked.
        await this.tryAgain.click({ timeout: 2_000 }).catch(() => {});
      }
      await this.page.evaluate(
        () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
      );
    }
  }
}

/** In the page: the messages of a log; then, where one reads on, most of a view up. */
function look(logs: readonly Element[], isReadingOn: boolean) {
  const seen = logs
    .flatMap((log) => [...log.querySelectorAll('[data-kind="message"]')])
    .map((element): Seen => ({
      itemId: element.getAttribute("data-item-id") ?? "",
      eventId: element.getAttribute("data-event-id"),
      sendState: element.getAttribute("data-send-state") ?? "",
      text: element.querySelector(".words")?.textContent ?? element.textContent,
      sender: element.getAttribute("data-sender-name"),
    }));
  const [log] = logs;
  if (!isReadingOn || log === undefined) return { seen, older: null, isAtTop: false };
  const scroller =
    [log, ...log.querySelectorAll("*")].find(
      (e) => e.scrollHeight > e.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(e).overflowY),
    ) ?? log;
  const before = scroller.scrollTop;
  scroller.scrollTop = Math.max(0, before - scroller.clientHeight * 0.8);
  return { seen, older: log.getAttribute("data-older"), isAtTop: before <= 0 };
}

export interface Seen {
  readonly itemId: string;
  readonly eventId: string | null;
  readonly sendState: string;
  readonly text: string;
  readonly sender: string | null;
}

/** Puts what is seen now above what was seen before; the two must overlap and agree. */
function mergeUpwards(now: readonly Seen[], before: readonly Seen[]): Seen[] {
  if (before.length === 0) return [...now];
  const place = new Map(before.map((seen, index) => [seen.itemId, index]));
  const fresh: Seen[] = [];
  let last = -1;
  for (const seen of now) {
    const at = place.get(seen.itemId);
    if (at === undefined) {
      if (last >= 0) throw new Error(`${seen.text} appeared in the middle of what had been read`);
      fresh.push(seen);
    } else {
      if (at <= last) throw new Error(`${seen.text} changed its place`);
      last = at;
    }
  }
  if (last < 0 && now.length > 0) throw new Error("scrolled past something unread");
  return [...fresh, ...before];
}
