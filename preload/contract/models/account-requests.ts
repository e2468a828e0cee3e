import type { DeviceId, MxcUri } from "../ids.ts";
import type { StageAnswer } from "./authentication.ts";
import type { OwnAccount, SentContact } from "./own-account.ts";

export interface BrowserSignInParams {
  homeserver: string;
  /** `sso`: m.login.sso, then m.login.token; `oauth`: the OAuth 2.0 API. */
  method: "sso" | "oauth";
  /** Of `m.login.sso`; null: the server asks. */
  idpId: string | null;
  wish: "login" | "register";
  /** What the browser says when it is done; plain text. */
  doneText: string;
}

/** What a page of the server's about the account is opened for (spec: Account management URL actions). */
export type ManageAction = "profile" | "devices" | "deactivate";

/** The requests about accounts: making one, and what is done with one's own. */
export interface AccountRequests {
  /** Is this localpart free? Fails as `rejected` with the reason where it is not. */
  checkUsername(params: { homeserver: string; username: string }): void;
  /**
   * Makes an account and signs in. Stages come by the topic `authentication`; it answers when all is done. Asked again
   * after a refusal (a name that is taken by now), the stages done so far still count (REG-11). Empty `username`: the
   * server makes one up.
   */
  register(params: { homeserver: string; username: string; password: string }): void;
  /** Signs in on a page in the system's browser; answers when it came back. One at a time. */
  signInInBrowser(params: BrowserSignInParams): void;
  /** Signs in with a token that another client or the server's keeper gave (`m.login.token`). */
  signInWithToken(params: { homeserver: string; token: string }): void;
  /** Waits no longer for the browser. */
  cancelBrowserSignIn(params: Record<never, never>): void;
  /** Opens the server's own page about the account. */
  manageAccount(params: { action: ManageAction }): void;
  answerStage(params: { id: string; answer: StageAnswer }): void;
  /** Goes another way that the server offers: the one that begins with this stage. */
  chooseWay(params: { id: string; type: string }): void;
  /** Gives up; the protected request fails as `aborted`. */
  cancelAuthentication(params: { id: string }): void;

  /** Our picture everywhere; null removes it. */
  setAvatar(params: { mxc: MxcUri | null }): void;
  /** What others are told of us beside whether we are here; empty removes it. */
  setStatus(params: { message: string }): void;
  loadAccount(params: Record<never, never>): OwnAccount;
  changePassword(params: { newPassword: string; endOthers: boolean }): { othersEnded: boolean };
  /** A new password for somebody who is not signed in, proven by a stage (mostly a mail). */
  resetPassword(params: { homeserver: string; newPassword: string; endOthers: boolean }): void;
  /** Sends a mail, or a text message to a number with its country code. The same address again: another message. */
  sendContactMessage(params: { medium: "email" | "msisdn"; address: string }): SentContact;
  /** Adds the address. `code`: what the message holds; null where a link was followed. */
  confirmContact(params: { id: string; code: string | null }): void;
  removeContact(params: { medium: string; address: string }): void;
  renameSession(params: { deviceId: DeviceId; name: string }): void;
  /** Signs these devices out; this one is left alone. */
  endSessions(params: { deviceIds: readonly DeviceId[] }): void;
  /** For good. `erase`: others are no longer to see what was written. Everything here is removed too. */
  deactivateAccount(params: { erase: boolean }): void;
}
