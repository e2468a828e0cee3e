import type { AccountView } from "../../../preload/contract/models/accounts.ts";
import type { Unread } from "../../../preload/contract/unread-count.ts";
import type { Core } from "../../core/api.ts";

/** Tells what waits in all accounts, now and whenever it changes. Returns the function that ends it. */
export function watchUnread(core: Pick<Core, "topics">, onChange: (unread: Unread) => void): () => void {
  let told = "";
  const tell = (accounts: readonly AccountView[]): void => {
    const messages = accounts.reduce((sum, { unread }) => sum + unread, 0);
    const mentions = accounts.reduce((sum, account) => sum + account.mentions, 0);
    const text = JSON.stringify([messages, mentions]);
    if (text === told) return;
    told = text;
    onChange({ messages, mentions });
  };
  const opened = core.topics.accounts(null, tell);
  tell(opened.snapshot);
  return () => opened.stop();
}
