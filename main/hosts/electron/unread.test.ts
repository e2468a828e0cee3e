import { expect, test } from "vitest";
import type { AccountView } from "../../../preload/contract/models/accounts.ts";
import type { Unread } from "../../../preload/contract/unread-count.ts";
import { FakeCore } from "../testing/fake-core.ts";
import { watchUnread } from "./unread.ts";

const account = (accountId: string, unread: number, mentions: number): AccountView => ({
  ...{ accountId, unread, mentions },
  ...{ userId: null, displayName: null, isActive: false, state: "signed-in", unsent: 0, isSending: false },
});

test("counts what waits in all accounts, follows it, and says nothing twice", () => {
  const core = new FakeCore();
  core.snapshots.accounts = [account("a", 2, 0), account("b", 5, 1)];
  const told: Unread[] = [];
  const stop = watchUnread(core, (unread) => told.push(unread));
  core.emit("accounts", [account("a", 3, 0), account("b", 5, 1)]);
  core.emit("accounts", [account("b", 5, 1), account("a", 3, 0)]);
  core.emit("accounts", [account("b", 0, 0)]);
  expect(told).toEqual([
    { messages: 7, mentions: 1 },
    { messages: 8, mentions: 1 },
    { messages: 0, mentions: 0 },
  ]);
  stop();
  expect(core.watchers.every(({ isStopped }) => isStopped)).toBe(true);
});
