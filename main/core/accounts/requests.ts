import type { AccountRequests } from "../../../preload/contract/models/account-requests.ts";
import type { Handlers } from "../api.ts";
import { valueOf } from "../failure.ts";
import type { Platform } from "../platform.ts";
import type { Accounts } from "./accounts.ts";
import { openInBrowser } from "./browser-sign-in.ts";
import { createOwnAccount } from "./own-account.ts";
import { checkUsername, openNewAccount } from "./registration.ts";
import { openWithToken, serverOf } from "./sign-in.ts";
import type { StoredSession } from "./stored-session.ts";
import { createAuthenticating, type Authenticating } from "./uia/authenticating.ts";

// The requests about accounts, put together.

export interface AccountFeatures {
  readonly handlers: Pick<Handlers, keyof AccountRequests>;
  readonly authenticating: Authenticating;
  /** Gives up what waits for the user. */
  stop(): void;
}

export interface AccountFeaturesDeps {
  readonly platform: Platform;
  readonly accounts: Accounts;
  /** Nobody may sign in over somebody who is still being forgotten. */
  readonly readyForSignIn: () => Promise<void>;
  /** Starts what runs for the session that is stored now. */
  readonly follow: () => Promise<void>;
  readonly signOut: () => Promise<void>;
  readonly presence: () => "online" | "unavailable" | "offline";
}

export function createAccountFeatures(deps: AccountFeaturesDeps): AccountFeatures {
  const { platform, accounts } = deps;
  const authenticating = createAuthenticating(platform);
  /** The browser that is waited for. */
  let browsing = new AbortController();

  /** A session that was opened becomes the one of this profile. */
  async function begin(session: StoredSession): Promise<void> {
    valueOf(await accounts.adopt(session));
    await deps.follow();
  }

  return {
    authenticating,
    stop() {
      browsing.abort();
      authenticating.forget();
    },
    handlers: {
      ...createOwnAccount({ ...deps, authenticating }),
      async checkUsername(params) {
        valueOf(await checkUsername(platform, params));
      },
      async register(params) {
        await deps.readyForSignIn();
        await begin(valueOf(await openNewAccount(platform, authenticating, params)));
      },
      async signInInBrowser(params) {
        browsing.abort();
        const mine = (browsing = new AbortController());
        await deps.readyForSignIn();
        const former = accounts.current();
        await begin(valueOf(await openInBrowser(platform, params, former, mine.signal)));
      },
      async signInWithToken({ homeserver, token }) {
        await deps.readyForSignIn();
        const server = valueOf(await serverOf(platform, homeserver));
        await begin(valueOf(await openWithToken(platform, server, token.trim(), accounts.current())));
      },
      cancelBrowserSignIn: () => browsing.abort(),
      answerStage: ({ id, answer }) => authenticating.answer(id, answer),
      chooseWay: ({ id, type }) => authenticating.choose(id, type),
      cancelAuthentication: ({ id }) => authenticating.cancel(id),
    },
  };
}
