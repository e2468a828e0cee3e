import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../lib/write-atomically.ts";

/** The account that lives in the profile's own folder. It is always there, if only to be signed in to. */
export const FIRST = "first";

/** Which accounts there are, in the order they were added, and which one is shown. */
export interface Book {
  readonly active: string;
  readonly accountIds: readonly string[];
}

export interface AccountBook {
  /** Null where the file is there and cannot be read: then nothing may be removed for not being in it. */
  load(): Book | null;
  /** Durable when it resolves. */
  save(book: Book): Promise<void>;
  /** The folder of an account; made where it is not there. */
  folder(accountId: string): string;
  /** Removes everything of an account but the first. */
  remove(accountId: string): void;
  /** Removes the folders of accounts that are not in the book: a removal that a kill has interrupted. */
  sweep(book: Book): void;
}

/** Of a profile that has no book yet. */
export const onlyFirst: Book = { active: FIRST, accountIds: [FIRST] };
const isId = (value: unknown): value is string => typeof value === "string" && /^[a-z0-9]{1,40}$/.test(value);

/** The book of a profile: `accounts.json`, and one folder an account below `accounts`. */
export function createAccountBook(profileDir: string): AccountBook {
  const file = join(profileDir, "accounts.json");
  const folders = join(profileDir, "accounts");
  const remove = (accountId: string): void => {
    if (isId(accountId) && accountId !== FIRST)
      rmSync(join(folders, accountId), { recursive: true, force: true, maxRetries: 3 });
  };
  return {
    load: () => parseBook(readText(file)),
    save: (book) => writeAtomically(file, JSON.stringify({ version: 1, ...book }), 0o600),
    folder(accountId) {
      if (accountId === FIRST) return profileDir;
      const folder = join(folders, accountId);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      return folder;
    },
    remove,
    sweep({ accountIds }) {
      for (const name of namesIn(folders)) if (!accountIds.includes(name)) remove(name);
    },
  };
}

function parseBook(text: string | null): Book | null {
  if (text === null) return onlyFirst;
  const { active, accountIds } = parsed(text);
  if (!Array.isArray(accountIds)) return null;
  const ids = accountIds.filter(isId);
  const all = [...new Set([FIRST, ...ids])];
  return { active: isId(active) && all.includes(active) ? active : FIRST, accountIds: all };
}

function parsed(text: string): Partial<Record<keyof Book, unknown>> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
