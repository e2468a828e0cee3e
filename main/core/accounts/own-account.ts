import type { DeviceId } from "../../../preload/contract/ids.ts";
import type { AccountRequests } from "../../../preload/contract/models/account-requests.ts";
import type { SentContact } from "../../../preload/contract/models/own-account.ts";
import type { Handlers } from "../api.ts";
import { FailureError, invalid, valueOf } from "../failure.ts";
import { requestContactToken, submitContactCode, type ContactSession } from "../homeserver/contact.ts";
import { createHttp, type HomeserverHttp } from "../homeserver/http.ts";
import {
  addContact,
  deactivate,
  deleteContact,
  deleteSessions,
  fetchContacts,
  fetchOwnCapabilities,
  fetchSessions,
  putAvatar,
  putStatus,
  putPassword,
  renameSession,
} from "../homeserver/own-account.ts";
import { parseMxc } from "../mxc.ts";
import type { Platform } from "../platform.ts";
import type { Accounts } from "./accounts.ts";
import { serverOf } from "./sign-in.ts";
import { endOthers } from "./end-others.ts";
import type { StoredSession } from "./stored-session.ts";
import type { Authenticating, Protected } from "./uia/authenticating.ts";
import { contactAddress, ownCountry } from "./uia/contact-address.ts";

// What one does with one's own account: password, addresses, sessions, and the end of it.

type Name =
  | "setAvatar"
  | "setStatus"
  | "loadAccount"
  | "changePassword"
  | "resetPassword"
  | "sendContactMessage"
  | "confirmContact"
  | "removeContact"
  | "renameSession"
  | "endSessions"
  | "deactivateAccount"
  | "manageAccount";

/** Names of the specification (Account management URL actions). */
const ACTIONS = {
  profile: "org.matrix.profile",
  devices: "org.matrix.devices_list",
  deactivate: "org.matrix.account_deactivate",
} as const;

/** Spec, capabilities: what a server does not name may be tried. It refuses what it does not allow. */
const UNTOLD = { changePassword: true, changeName: true, changeAvatar: true, changeContacts: true } as const;

export interface OwnAccountDeps {
  readonly platform: Platform;
  readonly accounts: Accounts;
  readonly authenticating: Authenticating;
  /** What others are told of whether we are here. */
  readonly presence: () => "online" | "unavailable" | "offline";
  /** The account is gone: so is everything of it here. */
  readonly signOut: () => Promise<void>;
}

interface Pending extends ContactSession {
  readonly medium: "email" | "msisdn";
  readonly address: string;
  readonly clientSecret: string;
  readonly attempt: number;
}
/** Addresses somebody may be proving at a time. */
const MOST_PENDING = 20;

export function createOwnAccount(deps: OwnAccountDeps): Pick<Handlers, Name & keyof AccountRequests> {
  const { platform, accounts, authenticating } = deps;
  const pending = new Map<string, Pending>();

  function current(): StoredSession {
    const session = accounts.current();
    if (session === null) throw new FailureError(invalid("nobody is signed in"));
    return session;
  }
  /** Requests to the own server that need no token carry none (TRN-05). */
  const open = ({ homeserver: baseUrl, clientApi }: StoredSession): HomeserverHttp =>
    createHttp({ platform, baseUrl, clientApi, authorise: null });

  async function protect<T>(
    request: Pick<Protected<T>, "purpose" | "ask"> & { readonly resumeKey?: string },
  ): Promise<T> {
    const session = current();
    const { homeserver: baseUrl, userId } = session;
    const rest = { resumeKey: null, ...request };
    return valueOf(await authenticating.run({ ...rest, baseUrl, userId, http: open(session) }));
  }

  const endSessions = (deviceIds: readonly DeviceId[]): Promise<unknown> =>
    protect({
      purpose: "end-sessions",
      ask: (auth, signal) => deleteSessions(accounts.http(), deviceIds, auth, signal),
    });

  async function sendMessage(medium: "email" | "msisdn", typed: string): Promise<SentContact> {
    const address = valueOf(contactAddress(medium, typed));
    const before = [...pending].find(([, one]) => one.medium === medium && one.address === address);
    const clientSecret = before?.[1].clientSecret ?? platform.random.token();
    const attempt = (before?.[1].attempt ?? 0) + 1;
    const answer = valueOf(
      await requestContactToken(open(current()), {
        ...{ use: "account/3pid", medium, address, country: ownCountry(), clientSecret, attempt },
      }),
    );
    const id = before?.[0] ?? platform.random.token();
    pending.delete(id);
    pending.set(id, { ...answer, medium, address, clientSecret, attempt });
    for (const oldest of [...pending.keys()].slice(0, -MOST_PENDING)) pending.delete(oldest);
    return { id, address, needsCode: answer.submitUrl !== null };
  }

  async function confirm(id: string, code: string | null): Promise<void> {
    const one = pending.get(id);
    if (one === undefined) throw new FailureError(invalid("nothing was sent"));
    const { sid, clientSecret, submitUrl } = one;
    if (submitUrl !== null && code !== null)
      valueOf(await submitContactCode(platform, submitUrl, { sid, clientSecret, code: code.trim() }));
    await protect({
      purpose: "add-contact",
      // A link that was not followed yet is no reason to ask for the password again.
      resumeKey: sid,
      ask: (auth, signal) => addContact(accounts.http(), { sid, clientSecret }, auth, signal),
    });
    pending.delete(id);
  }

  return {
    async setAvatar({ mxc }) {
      const { userId, displayName } = current();
      // What we send as our picture is one, or nothing.
      if (mxc !== null && parseMxc(mxc) === null) throw new FailureError(invalid("no mxc address"));
      // One request: the server tells every room by itself (PRF-02).
      valueOf(await putAvatar(accounts.http(), { userId, mxc }));
      await accounts.setProfile({ displayName, avatarMxc: mxc });
    },
    async setStatus({ message }) {
      const { userId } = current();
      const presence = deps.presence();
      valueOf(await putStatus(accounts.http(), { userId, presence, message: message.trim() }));
    },
    async loadAccount() {
      const { deviceId } = current();
      const http = accounts.http();
      const [capabilities, contacts, sessions] = await Promise.all([
        fetchOwnCapabilities(http),
        fetchContacts(http),
        fetchSessions(http, deviceId),
      ]);
      // One part that is not told does not keep the others back; nothing at all is a failure of its own.
      if (!capabilities.ok && !contacts.ok && !sessions.ok) throw new FailureError(capabilities.failure);
      const may = capabilities.ok ? capabilities.value : UNTOLD;
      return {
        mayChangePassword: may.changePassword,
        mayChangeName: may.changeName,
        mayChangeAvatar: may.changeAvatar,
        mayChangeContacts: may.changeContacts,
        isManagedElsewhere: (current().oauth?.accountManagementUri ?? null) !== null,
        contacts: contacts.ok ? contacts.value : null,
        sessions: sessions.ok ? sessions.value : null,
      };
    },
    async changePassword({ newPassword, endOthers: isEndingOthers }) {
      const { userId, deviceId, refreshToken } = current();
      const isOneByOne = isEndingOthers && refreshToken !== undefined;
      const params = { newPassword, endOthers: isEndingOthers && !isOneByOne };
      await protect({
        purpose: "change-password",
        ask: (auth, signal) => putPassword(accounts.http(), params, auth, signal),
      });
      if (!isOneByOne) return { othersEnded: isEndingOthers };
      const ended = await endOthers(accounts.http(), { userId, deviceId, password: newPassword });
      if (!ended.ok || ended.value.isDone) return { othersEnded: ended.ok };
      // The password is changed whatever becomes of this.
      return endSessions(ended.value.deviceIds).then(
        () => ({ othersEnded: true }),
        () => ({ othersEnded: false }),
      );
    },
    async resetPassword({ homeserver, ...params }) {
      const { baseUrl, api } = valueOf(await serverOf(platform, homeserver));
      const http = createHttp({ platform, baseUrl, authorise: null, clientApi: api.clientApi });
      valueOf(
        await authenticating.run({
          ...{ purpose: "reset-password", baseUrl, userId: null, http, resumeKey: baseUrl },
          ask: (auth, signal) => putPassword(http, params, auth, signal),
        }),
      );
    },
    sendContactMessage: ({ medium, address }) => sendMessage(medium, address),
    confirmContact: ({ id, code }) => confirm(id, code),
    async removeContact(contact) {
      valueOf(await deleteContact(accounts.http(), contact));
    },
    async renameSession(params) {
      valueOf(await renameSession(accounts.http(), params));
    },
    async endSessions({ deviceIds }) {
      // Ending this one is signing out, which also clears up here.
      const others = deviceIds.filter((id: DeviceId) => id !== current().deviceId);
      if (others.length === 0) return;
      await endSessions(others);
    },
    async manageAccount({ action }) {
      const address = current().oauth?.accountManagementUri ?? null;
      if (address === null) throw new FailureError(invalid("no page about the account"));
      const url = new URL(address);
      url.searchParams.set("action", ACTIONS[action]);
      await platform.openExternal(url.href);
    },
    async deactivateAccount(params) {
      await protect({
        purpose: "deactivate",
        ask: (auth, signal) => deactivate(accounts.http(), params, auth, signal),
      });
      await deps.signOut();
    },
  };
}
