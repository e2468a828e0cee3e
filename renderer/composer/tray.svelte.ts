import type { StagedId, TransactionId } from "../../preload/contract/ids.ts";
import type { Attachment, DraftAttachment, StagedFile } from "../../preload/contract/models/attachment.ts";
import type { MessageTarget } from "../../preload/contract/models/message-content.ts";
import type { Failure } from "../../preload/contract/models/failure.ts";
import { strings } from "../text/attachment-strings.ts";
import { prepare } from "./prepare.ts";

/** What the tray needs of the core. */
export interface TrayOutlet {
  stage(stagedId: StagedId, file: Blob, name: string, signal?: AbortSignal): Promise<StagedFile>;
  address(stagedId: StagedId): string;
  limit(): Promise<number | null>;
  discard(stagedIds: readonly StagedId[]): void;
  /** What is to be kept as the draft. */
  save(attachments: readonly Attachment[]): Promise<void>;
  send(transactionId: TransactionId, attachment: Attachment, replyTo?: MessageTarget): Promise<unknown>;
  failureOf(error: unknown): Failure;
  newId(): string;
}

/** More files at once are a mistake of the hand. */
export const MOST_FILES = 50;
/** Time without a key after which captions are stored, ms. */
const SAVE_MS = 300;

/** One file on its way into the tray, or in it. */
export class TrayEntry {
  readonly stagedId: StagedId;
  readonly transactionId: TransactionId;
  readonly name: string;
  /** Bytes, as the user's disk says. */
  readonly size: number;
  caption = $state.raw("");
  /** Null while it is being taken. */
  ready = $state.raw<DraftAttachment | null>(null);
  /** Why it cannot be sent, in words. */
  problem = $state.raw<string | null>(null);
  readonly abort = new AbortController();

  constructor(ids: { stagedId: StagedId; transactionId: TransactionId }, name: string, size: number) {
    this.stagedId = ids.stagedId;
    this.transactionId = ids.transactionId;
    this.name = name;
    this.size = size;
  }

  /** As it will be sent; null while it is not ready. */
  get attachment(): Attachment | null {
    return this.ready === null ? null : { ...this.ready.attachment, caption: this.caption.trim() };
  }
}

/**
 * The files about to be sent from one room's composer: taken one after the other, shown, captioned, removed, sent in
 * their order. A file leaves the tray only when its message is on disk.
 */
export class Tray {
  entries = $state.raw<readonly TrayEntry[]>([]);
  /** Why the last thing did not work, in words. */
  problem = $state.raw<string | null>(null);
  isSending = $state.raw(false);
  readonly #outlet: TrayOutlet;
  #taking: Promise<void> = Promise.resolve();
  #sending: Promise<boolean> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(outlet: TrayOutlet) {
    this.#outlet = outlet;
  }

  get isEmpty(): boolean {
    return this.entries.length === 0;
  }

  /** Something in it goes with the next Send, or will once it is prepared. */
  get hasSendable(): boolean {
    return this.entries.some(({ problem }) => problem === null);
  }

  /** Files that were dropped, pasted or picked, in their order. Resolves when all of them are taken or refused. */
  add(files: readonly File[]): Promise<void> {
    const room = MOST_FILES - this.entries.length;
    this.problem = files.length > room ? strings.tooMany(MOST_FILES) : null;
    const added = files
      .slice(0, Math.max(0, room))
      .map((file) => ({ file, entry: this.#entryFor(file.name, file.size) }));
    this.entries = [...this.entries, ...added.map(({ entry }) => entry)];
    for (const { file, entry } of added) this.#taking = this.#taking.then(() => this.#take(entry, file));
    return this.#taking;
  }

  /**
   * A recording is whole when it comes here: it is sent at once, as the answer to `replyTo`. What else waits in the tray
   * goes on waiting. True when it is on disk.
   */
  async addVoice(
    recording: Blob,
    name: string,
    durationMs: number,
    waveform: readonly number[],
    replyTo?: MessageTarget,
  ): Promise<boolean> {
    const entry = this.#entryFor(name, recording.size);
    this.entries = [...this.entries, entry];
    await this.#take(entry, recording, { durationMs, voice: { waveform } });
    return entry.ready !== null && (await this.#guarded(() => this.#sendOne(entry, replyTo)));
  }

  remove(entry: TrayEntry): void {
    entry.abort.abort();
    this.entries = this.entries.filter((one) => one !== entry);
    this.#saveNow();
    this.#outlet.discard(idsOf(entry));
  }

  caption(entry: TrayEntry, text: string): void {
    entry.caption = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SAVE_MS);
  }

  /** The stored tray came. What was added before it came stands behind it. */
  restore(stored: readonly DraftAttachment[]): void {
    const known = this.entries.map(({ stagedId }) => stagedId);
    const restored = stored
      .filter(({ file }) => !known.includes(file.stagedId))
      .map((one) => {
        const entry = this.#entryFor(one.file.name, one.file.size, one.file.stagedId);
        entry.caption = one.attachment.caption;
        entry.ready = one;
        return entry;
      });
    this.entries = [...restored, ...this.entries];
  }

  /**
   * Waits for what is being taken, and sends everything that can be sent, in order; the first is the answer to
   * `replyTo`. Asked twice it is done once. True when all of it is on disk.
   */
  send(replyTo?: MessageTarget): Promise<boolean> {
    this.#sending ??= this.#guarded(() => this.#sendAll(replyTo)).finally(() => (this.#sending = null));
    return this.#sending;
  }

  async #sendAll(replyTo: MessageTarget | undefined): Promise<void> {
    await this.#taking;
    let answers = replyTo;
    for (let entry = this.#next(); entry !== undefined; entry = this.#next()) {
      await this.#sendOne(entry, answers);
      answers = undefined;
    }
  }

  async #guarded(work: () => Promise<void>): Promise<boolean> {
    this.isSending = true;
    this.problem = null;
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = strings.notStored(this.#outlet.failureOf(error));
      return false;
    } finally {
      this.isSending = false;
      this.#saveNow();
    }
  }

  /** A file that was refused stays until it is removed, and holds up nobody. */
  #next(): TrayEntry | undefined {
    return this.entries.find(({ ready }) => ready !== null);
  }

  async #sendOne(entry: TrayEntry, replyTo?: MessageTarget): Promise<void> {
    const { attachment } = entry;
    if (attachment === null) return;
    await this.#outlet.send(entry.transactionId, attachment, replyTo);
    this.entries = this.entries.filter((one) => one !== entry);
  }

  /** At blur, on leaving the room, when the page goes away. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#saveNow();
  }

  #entryFor(name: string, size: number, stagedId = this.#outlet.newId() as StagedId): TrayEntry {
    return new TrayEntry({ stagedId, transactionId: this.#outlet.newId() as TransactionId }, name, size);
  }

  async #take(entry: TrayEntry, file: Blob, more: Partial<Attachment> = {}): Promise<void> {
    if (entry.abort.signal.aborted) return;
    try {
      const limit = await this.#outlet.limit();
      if (limit !== null && file.size > limit) {
        entry.problem = strings.tooLarge(file.size, limit);
        return;
      }
      const staged = await this.#outlet.stage(entry.stagedId, file, entry.name, entry.abort.signal);
      const found = await prepare(staged, file, {
        stage: (blob, name) => this.#outlet.stage(this.#outlet.newId() as StagedId, blob, name),
        address: (stagedId) => this.#outlet.address(stagedId),
      });
      const attachment = { stagedId: entry.stagedId, caption: "", voice: null, ...found, ...more };
      entry.ready = { file: staged, attachment };
      // Removed meanwhile: the file is not needed any more.
      if (entry.abort.signal.aborted) this.#outlet.discard(idsOf(entry));
      else this.#saveNow();
    } catch (error) {
      if (!entry.abort.signal.aborted) entry.problem = strings.notTaken(this.#outlet.failureOf(error));
    }
  }

  #saveNow(): void {
    const attachments = this.entries.map(({ attachment }) => attachment).filter((one) => one !== null);
    this.#outlet.save(attachments).catch(() => undefined);
  }
}

function idsOf({ stagedId, ready }: TrayEntry): readonly StagedId[] {
  const thumbnail = ready?.attachment.thumbnail ?? null;
  return thumbnail === null ? [stagedId] : [stagedId, thumbnail.stagedId];
}
