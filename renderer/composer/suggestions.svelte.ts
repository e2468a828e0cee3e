import type { MentionablePerson, MentionableRoom } from "../../preload/contract/models/mentions.ts";
import type { DraftMention } from "../../preload/contract/models/room.ts";
import type { CustomCell } from "../emoji/emoji-cells.ts";
import { findEmoji, loadEmoji, type Emoji } from "../emoji/shortcodes.ts";
import { composerStrings as words } from "../text/composer-strings.ts";
import { commands } from "./commands.ts";
import { findTrigger, type Trigger } from "./trigger.ts";

/** One line of the list that completes a word. */
export interface Suggestion {
  readonly key: string;
  /** What it is called, and what tells it from its namesakes. */
  readonly label: string;
  readonly detail: string;
  /** A picture: path below the resources base, or the emoji itself. */
  readonly avatar: { readonly path: string | null; readonly id: string } | null;
  readonly emoji: string | null;
  /** Of a custom emoji: path below the resources base. */
  readonly picture: string | null;
  /** What is put in place of the word, a blank behind it. */
  readonly text: string;
  readonly mention: DraftMention | null;
}

export interface Sources {
  findPeople(
    query: string,
    isPatient: boolean,
  ): Promise<{ people: readonly MentionablePerson[]; isComplete: boolean }>;
  findRooms(query: string): Promise<readonly MentionableRoom[]>;
  canMentionRoom(): boolean;
}

const MOST_EMOJI = 12;
const MOST_CUSTOM = 6;
/** Longer addresses of pictures do not go into a draft (contract: Draft). */
const MAX_ID = 255;

/** The list that completes the word at the cursor. */
export class Suggestions {
  trigger = $state.raw<Trigger | null>(null);
  list = $state.raw<readonly Suggestion[]>([]);
  /** Which of them Enter takes. */
  active = $state.raw(0);
  /** More may come. */
  isWaiting = $state.raw(false);
  readonly #sources: Sources;
  #asked = 0;
  /** The start of a word that was waved away with Escape: it stays away. */
  #dismissed: string | null = null;

  /** Custom emoji of the packs there are. */
  #custom: readonly CustomCell[] = [];

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /** They came, or are others now. */
  setCustom(custom: readonly CustomCell[]): void {
    if (JSON.stringify(custom) === JSON.stringify(this.#custom)) return;
    this.#custom = custom;
    if (this.trigger?.kind === "emoji") void this.#fill(this.trigger, ++this.#asked);
  }

  get isOpen(): boolean {
    return this.trigger !== null && this.list.length > 0;
  }

  /** The text or the cursor has changed. */
  look(text: string, caret: number): void {
    const trigger = findTrigger(text, caret);
    const place = trigger === null ? null : `${trigger.kind} ${trigger.from}`;
    if (place !== this.#dismissed) this.#dismissed = null;
    if (trigger === null || this.#dismissed !== null) return this.close();
    const { trigger: before } = this;
    if (before?.kind === trigger.kind && before.from === trigger.from && before.query === trigger.query)
      return;
    this.trigger = trigger;
    void this.#fill(trigger, ++this.#asked);
  }

  close(): void {
    this.#asked += 1;
    this.trigger = null;
    this.list = [];
    this.active = 0;
    this.isWaiting = false;
  }

  /** Escape: not again for this word. */
  dismiss(): void {
    if (this.trigger !== null) this.#dismissed = `${this.trigger.kind} ${this.trigger.from}`;
    this.close();
  }

  move(by: 1 | -1): void {
    const { length } = this.list;
    if (length > 0) this.active = (this.active + by + length) % length;
  }

  async #fill(trigger: Trigger, asked: number): Promise<void> {
    this.isWaiting = true;
    const show = (list: readonly Suggestion[]): void => {
      if (asked !== this.#asked) return;
      const chosen = this.list[this.active]?.key;
      this.list = list;
      // What came meanwhile does not change what Enter takes.
      this.active = Math.max(
        0,
        list.findIndex(({ key }) => key === chosen),
      );
    };
    try {
      await this.#find(trigger, show);
    } catch {
      // Nothing to suggest: one goes on writing.
      show([]);
    }
    if (asked === this.#asked) this.isWaiting = false;
  }

  async #find({ kind, query }: Trigger, show: (list: readonly Suggestion[]) => void): Promise<void> {
    switch (kind) {
      case "command":
        return show(commandsLike(query));
      case "emoji":
        return show([
          ...customLike(this.#custom, query),
          ...findEmoji(await loadEmoji(), query, MOST_EMOJI).map(ofEmoji),
        ]);
      case "room":
        return show((await this.#sources.findRooms(query)).map(ofRoom));
      case "person": {
        const everybody = this.#everybody(query);
        const first = await this.#sources.findPeople(query, false);
        show([...first.people.map(ofPerson), ...everybody]);
        if (first.isComplete) return;
        const all = await this.#sources.findPeople(query, true);
        return show([...all.people.map(ofPerson), ...everybody]);
      }
    }
  }

  #everybody(query: string): readonly Suggestion[] {
    if (!this.#sources.canMentionRoom() || !"room".startsWith(query.toLowerCase())) return [];
    const mention = { text: "@room", id: "@room" };
    return [
      {
        key: "@room",
        label: "@room",
        detail: words.everybody,
        avatar: null,
        emoji: null,
        picture: null,
        text: "@room",
        mention,
      },
    ];
  }
}

function commandsLike(query: string): readonly Suggestion[] {
  const wanted = query.toLowerCase();
  return commands
    .filter(({ name }) => name.slice(1).startsWith(wanted))
    .map(({ name, args, help }) => ({
      key: name,
      label: args === "" ? name : `${name} ${args}`,
      detail: help,
      avatar: null,
      emoji: null,
      picture: null,
      text: name,
      mention: null,
    }));
}

function customLike(custom: readonly CustomCell[], query: string): readonly Suggestion[] {
  const wanted = query.toLowerCase();
  const like = custom
    .filter(
      ({ picture: { shortcode, mxc } }) => shortcode.toLowerCase().includes(wanted) && mxc.length <= MAX_ID,
    )
    .map(({ picture: { shortcode, mxc, path }, name }) => ({
      ...{ key: `${shortcode} ${mxc}`, label: `:${shortcode}:`, detail: name },
      ...{ avatar: null, emoji: null, picture: path },
      ...{ text: `:${shortcode}:`, mention: customEmoji(shortcode, mxc) },
    }));
  // The same in two packs is the same; of two that only share their name both are here, each with its pack's.
  const once = like.filter(({ key }, at) => like.findIndex((one) => one.key === key) === at);
  return once.slice(0, MOST_CUSTOM);
}

/** A custom emoji as it stands in the text, and what it means. */
export const customEmoji = (shortcode: string, mxc: string): DraftMention => ({
  text: `:${shortcode}:`,
  id: mxc,
});

const ofEmoji = ({ unicode, label, shortcodes }: Emoji): Suggestion => ({
  key: unicode,
  label: `:${shortcodes[0] ?? label}:`,
  detail: label,
  avatar: null,
  emoji: unicode,
  picture: null,
  text: unicode,
  mention: null,
});

function ofPerson({ userId, name, isAmbiguous, avatar }: MentionablePerson): Suggestion {
  // Two of one name: only the id says who is meant. A name of several lines or none would be no name in a text.
  const text = isAmbiguous || name === userId || name.length > 80 ? userId : `@${name.replace(/^@+/, "")}`;
  return {
    key: userId,
    label: name,
    detail: userId,
    avatar: { path: avatar, id: userId },
    emoji: null,
    picture: null,
    text,
    mention: { text, id: userId },
  };
}

const ofRoom = ({ roomId, alias, name, avatar }: MentionableRoom): Suggestion => ({
  key: roomId,
  label: name,
  detail: alias,
  avatar: { path: avatar, id: roomId },
  emoji: null,
  picture: null,
  text: alias,
  mention: { text: alias, id: alias },
});
