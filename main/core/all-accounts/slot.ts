import { applyListChanges } from "../../../preload/contract/list-change.ts";
import type { AccountView } from "../../../preload/contract/models/accounts.ts";
import type { Notice } from "../../../preload/contract/models/notice.ts";
import type { RoomSummary } from "../../../preload/contract/models/room.ts";
import type { Session } from "../../../preload/contract/models/session.ts";
import type { OutboxEntry } from "../../../preload/contract/models/timeline.ts";
import { countUnread, type Unread } from "../../../preload/contract/unread-count.ts";
import type { AccountCore } from "../api.ts";
import type { Platform, Secrets } from "../platform.ts";
import { FIRST } from "./account-book.ts";

/** One account: its core, and what the others may know of it. */
export interface Slot {
  readonly accountId: string;
  /** Null: what is stored could not be opened. */
  readonly core: AccountCore | null;
  /** Null with `core`. */
  readonly session: Session | null;
  readonly notices: readonly Notice[];
  view(isActive: boolean): AccountView;
  /** Stops the core. What is stored stays. */
  close(): Promise<void>;
  /** Removes the secrets that the core has used. */
  forgetSecrets(): Promise<void>;
}

export type OpenCore = (platform: Platform) => Promise<AccountCore>;

interface SlotDeps {
  readonly platform: Platform;
  readonly openCore: OpenCore;
  readonly accountId: string;
  /** The account's own. */
  readonly folder: string;
  /** Something that `view`, `session` or `notices` tells has changed. */
  readonly onChange: (slot: Slot) => void;
}

/** Opens an account. Throws FailureError for the first one; any other that cannot be opened is unusable. */
export async function openSlot(deps: SlotDeps): Promise<Slot> {
  const { platform, openCore, accountId, folder } = deps;
  const secrets = ownSecrets(platform.secrets, accountId);
  const own: Platform = { ...platform, profileDir: folder, secrets };
  try {
    return new OpenSlot(deps, await openCore(own), secrets);
  } catch (error) {
    if (accountId === FIRST) throw error;
    platform.log("error", "account-unusable", { accountId, error });
    return new OpenSlot(deps, null, secrets);
  }
}

class OpenSlot implements Slot {
  readonly accountId: string;
  readonly core: AccountCore | null;
  readonly #secrets: OwnSecrets;
  readonly #changed: () => void;
  readonly #stops: (() => void)[] = [];
  session: Session | null = null;
  notices: readonly Notice[] = [];
  #rooms: readonly RoomSummary[] = [];
  #unread: Unread = { messages: 0, mentions: 0 };
  #outbox: readonly OutboxEntry[] = [];

  constructor({ accountId, onChange }: SlotDeps, core: AccountCore | null, secrets: OwnSecrets) {
    this.accountId = accountId;
    this.core = core;
    this.#secrets = secrets;
    this.#changed = () => onChange(this);
    if (core !== null) this.#watch(core);
  }

  #watch({ topics }: AccountCore): void {
    const session = topics.session(null, (next) => this.#told(() => (this.session = next)));
    const notices = topics.notices(null, (next) => this.#told(() => (this.notices = next)));
    const rooms = topics.roomList(null, (change) => {
      this.#rooms = applyListChanges(this.#rooms, change);
      this.#count();
    });
    const outbox = topics.outbox(null, (change) =>
      this.#told(() => (this.#outbox = applyListChanges(this.#outbox, change))),
    );
    this.session = session.snapshot;
    this.notices = notices.snapshot;
    this.#rooms = rooms.snapshot;
    this.#unread = countUnread(this.#rooms);
    this.#outbox = outbox.snapshot;
    this.#stops.push(...[session, notices, rooms, outbox].map((opened) => () => opened.stop()));
  }

  /** The list changes with every message; what is counted of it seldom does. */
  #count(): void {
    const next = countUnread(this.#rooms);
    const { messages, mentions } = this.#unread;
    if (next.messages !== messages || next.mentions !== mentions) this.#told(() => (this.#unread = next));
  }

  #told(take: () => unknown): void {
    take();
    this.#changed();
  }

  view(isActive: boolean): AccountView {
    const { accountId, session } = this;
    const account = session === null || session.state === "signed-out" ? null : session.account;
    const { messages: unread, mentions } = this.#unread;
    return {
      accountId,
      userId: account?.userId ?? null,
      displayName: account?.displayName ?? null,
      isActive,
      state: session?.state ?? "unusable",
      unread,
      mentions,
      unsent: this.#outbox.length,
      isSending: this.#outbox.some(({ send }) => send.state === "sending"),
    };
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await this.core?.close();
  }

  forgetSecrets(): Promise<void> {
    return this.#secrets.forgetAll();
  }
}

interface OwnSecrets extends Secrets {
  forgetAll(): Promise<void>;
}

/** The secrets of one account. Those of the first have the names they always had. */
function ownSecrets(secrets: Secrets, accountId: string): OwnSecrets {
  // A core asks for each of its secrets when it opens.
  const names = new Set<string>();
  const own = (name: string): string => {
    names.add(name);
    return accountId === FIRST ? name : `${accountId}.${name}`;
  };
  const describe = secrets.describe?.bind(secrets);
  return {
    backend: secrets.backend,
    ...(describe !== undefined && { describe }),
    load: (name) => secrets.load(own(name)),
    save: (name, secret) => secrets.save(own(name), secret),
    remove: (name) => secrets.remove(own(name)),
    async forgetAll() {
      for (const name of names) await secrets.remove(own(name));
    },
  };
}
