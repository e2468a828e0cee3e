import type { Failure } from "../../preload/contract/models/failure.ts";
import type { StageView } from "../../preload/contract/models/authentication.ts";
import { counted, failureSentence, signInSentence } from "./strings.ts";

// The catalogue of accounts: making one, the stages a server asks for, and what is done with one's own.

/** What a way is called by the stage that comes next on it. */
const ways: Readonly<Record<string, string>> = {
  "m.login.password": "With your password",
  "m.login.terms": "By agreeing to the server's terms",
  "m.login.registration_token": "With a registration token",
  "m.login.email.identity": "With an e-mail address",
  "m.login.msisdn": "With a phone number",
  "m.login.recaptcha": "By showing that you are no robot",
  "m.login.sso": "With your single sign-on",
  "m.login.dummy": "Without any of this",
};

export const strings = {
  close: "Close",
  cancel: "Cancel",
  back: "Back",
  save: "Save",

  register: {
    open: "Create an account",
    title: "Create an account",
    lead: "Your account lives on a homeserver of your choice.",
    username: "Username",
    usernameHint: "Letters, digits, and . _ - = / +",
    noUsername: "Choose a username.",
    checking: "Asking whether the name is free…",
    free: (name: string) => `${name} is free.`,
    password: "Password",
    noPassword: "Choose a password.",
    weak: "The password does not yet have everything that is listed below.",
    submit: "Create the account",
    signIn: "I have an account already",
    backToForm: "Change name or password",
    kept: "What you have done so far is kept.",
  },

  browser: {
    or: "or",
    with: (name: string) => `Continue with ${name}`,
    plain: "Continue in the browser",
    register: "Create an account in the browser",
    waiting: "Waiting for your browser. Finish there, then come back.",
    cancel: "Stop waiting",
    done: "Done. You can close this page and go back to Dunlin.",
    noBrowser: "No browser could be opened.",
    failed: "The browser brought back nothing that Dunlin can use. Try again.",
  },

  rules: {
    label: "A password needs",
    length: "at least 8 characters",
    lower: "a small letter",
    upper: "a capital letter",
    digit: "a digit",
    symbol: "a symbol, such as - or !",
    met: "done",
    open: "missing",
  },

  account: {
    title: "Account",
    open: "Account…",
    failed: (why: string) => `Your account could not be loaded. ${why}`,
    loading: "Asking the server about your account…",
    retry: "Try again",
    saved: "Saved.",
    managed: "Your server manages the account on a page of its own.",
    manage: "Manage the account in the browser",
  },

  profile: {
    title: "Profile",
    name: "Name",
    status: "Status",
    statusHint: "A few words that others see beside whether you are here.",
    change: "Change the picture",
    remove: "Remove the picture",
    file: "Picture",
    cropTitle: "Your picture",
    preview: "How others will see it",
    zoom: "Nearer",
    across: "Left or right",
    down: "Up or down",
    use: "Use this picture",
    noPicture: "This file is no picture that can be shown.",
  },

  newPassword: {
    title: "Password",
    field: "New password",
    endOthers: "Sign out my other sessions",
    endOthersHint: "Whoever knows the old password may be signed in somewhere.",
    submit: "Change the password",
    done: "The password is changed.",
    doneAlone: "The password is changed, but your other sessions are still signed in. End them below.",
    notAllowed: "Your server does not let you change the password here.",
    none: "Enter the new password.",
    discardTitle: "Discard the new password?",
    discardText: "You have typed a password and not changed it yet. It is kept nowhere.",
    discard: "Discard",
    goOn: "Go on typing",
  },

  contacts: {
    title: "E-mail addresses and phone numbers",
    note: "Your server keeps these. They may be used to set a new password, so keep them up to date. People cannot find you by them.",
    none: "None yet.",
    unknown: "Your server does not tell which ones it has.",
    notAllowed: "Your server does not let you change them here.",
    remove: (address: string) => `Remove ${address}`,
    removeTitle: (address: string) => `Remove ${address}?`,
    removeText: "It can no longer be used to set a new password.",
    removeSubmit: "Remove",
    addEmail: "Add an e-mail address",
    addPhone: "Add a phone number",
    added: (address: string) => `${address} is added.`,
    kinds: { email: "E-mail", msisdn: "Phone" } as Readonly<Record<string, string>>,
  },

  sessions: {
    title: "Where you are signed in",
    current: "This session",
    unknown: "Your server does not tell where you are signed in.",
    unnamed: "Without a name",
    lastSeen: (when: string, where: string | null) =>
      where === null ? `Last seen ${when}` : `Last seen ${when}, ${where}`,
    neverSeen: "Not seen yet",
    rename: "Rename",
    renameOf: (name: string) => `Rename ${name}`,
    name: "Name of the session",
    nameHint: "People you write to can see it.",
    end: "Sign out",
    endOf: (name: string) => `Sign out ${name}`,
    endOthers: "Sign out all others",
    manage: "Sign out others in the browser",
    endTitle: (count: number) =>
      count === 1 ? "Sign this session out?" : `Sign out ${counted(count, "session", "sessions")}?`,
    endText: "Messages that wait there to be sent are lost.",
    ended: (count: number) => `${counted(count, "session is", "sessions are")} signed out.`,
  },

  deactivate: {
    title: "End of the account",
    open: "Deactivate the account…",
    heading: "Deactivate your account for good?",
    text: [
      "You are signed out everywhere and can never sign in again.",
      "Nobody, not even you, can have this name again.",
      "You leave all rooms. What you wrote there stays, unless you choose otherwise below.",
    ],
    erase: "Hide what I wrote from people who join later",
    eraseHint: "Those who were there keep what they have received. Conversations may become hard to follow.",
    confirm: (userId: string) => `To go on, type your ID: ${userId}`,
    submit: "Deactivate for good",
  },

  reset: {
    open: "I forgot my password",
    title: "Set a new password",
    lead: "Your server checks by mail that the account is yours.",
    submit: "Continue",
    done: "The password is changed. You can sign in with it now.",
    back: "Back to signing in",
  },

  stage: {
    dialog: "Confirm that it is you",
    step: (number: number, of: number) => `Step ${number} of ${of}`,
    next: "Continue",
    otherWays: "Another way:",
    way: (type: string) => (Object.hasOwn(ways, type) ? (ways[type] ?? type) : `With “${type}”`),
    passwordText: "Enter the password of your account to go on.",
    password: "Your password",
    termsText: "The server asks you to read and accept:",
    noTerms: "The server asks you to accept its terms, but does not say where they are.",
    agree: (name: string) => `I accept: ${name}`,
    read: (name: string) => `Read “${name}”`,
    tokenText: "This server only takes people with a registration token. Whoever runs it can give you one.",
    token: "Registration token",
    emailText: "The server wants to know an e-mail address of yours.",
    email: "E-mail address",
    emailSend: "Send me a mail",
    emailSent: (address: string) =>
      `A mail is on its way to ${address}. Follow the link in it, then continue.`,
    phoneText: "The server wants to know a phone number of yours.",
    phone: "Phone number",
    phoneHint: "With the country code: +44 7700 900123",
    phoneSend: "Send me a code",
    codeSent: (address: string) => `A code is on its way to ${address}.`,
    code: "Code",
    again: "Send again",
    otherAddress: "Use another one",
    pageText: {
      "m.login.recaptcha":
        "The server wants to know that you are no robot. It asks on a page in your browser.",
      "m.login.sso": "Confirm with your single sign-on, on a page in your browser.",
    } as Readonly<Record<string, string>>,
    pageOther: "The server does the next step on a page in your browser.",
    openPage: "Open the page",
    openPageAgain: "Open it again",
    pageOpened: "Come back when the page says that it is done. Dunlin goes on by itself.",
  },
} as const;

/** What the account's own dialog is found by from outside: its titles, and other words for the same. */
export const findable = [
  ...[strings.profile, strings.newPassword, strings.contacts, strings.sessions, strings.deactivate].map(
    ({ title }) => title,
  ),
  ...[strings.profile.name, strings.profile.status, strings.profile.change, strings.deactivate.open],
  "display name avatar email mail telephone devices sessions rename log out delete",
].join(" ");

/** Words for what a page is about. */
export function pageText(type: string): string {
  const { pageText: texts, pageOther } = strings.stage;
  return Object.hasOwn(texts, type) ? (texts[type] ?? pageOther) : pageOther;
}

/** Refusals that concern an address one wants to prove (spec: requestToken, 3pid/add). */
const contactRefusals: Readonly<Record<string, string>> = {
  M_THREEPID_IN_USE: "This address belongs to an account already.",
  M_THREEPID_NOT_FOUND: "No account on this server has this address.",
  M_THREEPID_DENIED: "This server does not accept this address.",
  M_THREEPID_AUTH_FAILED:
    "The server has not seen the confirmation yet. Follow the link or check the code, then try again.",
  M_THREEPID_MEDIUM_NOT_SUPPORTED: "This server cannot send messages of this kind.",
  M_SERVER_NOT_TRUSTED: "The server does not trust the service that should check the address.",
  M_INVALID_PARAM: "The server does not take this for an address.",
  M_NO_VALID_SESSION: "The confirmation has expired. Have another message sent.",
  M_SESSION_EXPIRED: "The confirmation has expired. Have another message sent.",
  M_NOT_FOUND: "No account on this server has this address.",
};

/** Refusals of a name (spec: register, register/available). */
const nameRefusals: Readonly<Record<string, string>> = {
  M_USER_IN_USE: "Somebody has this name already.",
  M_INVALID_USERNAME: "The server does not allow this name. Use small letters, digits, and . _ - = / +",
  M_EXCLUSIVE: "This name is kept free for a bridge to other networks. Choose another one.",
};

/** Refusals of a new password. */
const passwordRefusals: Readonly<Record<string, string>> = {
  M_WEAK_PASSWORD: "The server finds this password too weak.",
};

/** Refusals of what one says of oneself. */
const profileRefusals: Readonly<Record<string, string>> = {
  M_TOO_LARGE: "This is too long for the server.",
  M_PROFILE_TOO_LARGE: "Your profile has become too large for the server. Make the name shorter.",
  M_KEY_TOO_LARGE: "The server does not take a field with so long a name.",
};

const said = (table: Readonly<Record<string, string>>, { errcode }: Failure): string | null =>
  errcode !== undefined && Object.hasOwn(table, errcode) ? (table[errcode] ?? null) : null;

/** A known refusal with the server's own words behind it, where these say more than the code. */
function withServerText(sentence: string, { serverText }: Failure): string {
  return serverText === undefined ? sentence : `${sentence} It says: “${serverText}”`;
}

/** Why an answer to a stage did not do, for the place where it was given. */
export function stageSentence(failure: Failure, stage: StageView["kind"]): string {
  if (failure.kind === "invalid") return invalidSentence(failure);
  if (failure.kind !== "rejected") return failureSentence(failure);
  const isContact = stage === "email" || stage === "phone";
  const contact = isContact ? said(contactRefusals, failure) : null;
  if (contact !== null) return contact;
  if (failure.errcode === "M_FORBIDDEN" || failure.errcode === "M_UNAUTHORIZED") {
    if (stage === "password") return "Wrong password.";
    if (stage === "registration-token") return "The server does not know this registration token.";
    if (isContact) return contactRefusals["M_THREEPID_AUTH_FAILED"] ?? "";
  }
  return failureSentence(failure);
}

/** What was typed is no address, in words; anything else we refused ourselves. */
export function invalidSentence(failure: Failure): string {
  if (failure.message === "not-an-email") return "This is not an e-mail address.";
  if (failure.message === "not-a-number")
    return "Enter the number with its country code, for example +44 7700 900123.";
  return failureSentence(failure);
}

/** Why an address could not be proven, added or removed. */
export const contactSentence = (failure: Failure): string =>
  failure.kind === "invalid"
    ? invalidSentence(failure)
    : (said(contactRefusals, failure) ?? failureSentence(failure));

/** Why a name, a picture or a status was refused. */
export const profileSentence = (failure: Failure): string =>
  said(profileRefusals, failure) ?? failureSentence(failure);

/** Why a new password was refused. */
export function newPasswordSentence(failure: Failure): string {
  // The address that proved who somebody is belongs to no account (PWD-05).
  if (failure.errcode === "M_NOT_FOUND" || failure.errcode === "M_THREEPID_NOT_FOUND")
    return "No account on this server has the address that was confirmed.";
  if (failure.kind === "rejected" && failure.errcode === "M_FORBIDDEN")
    return withServerText("The server does not allow this password to be changed.", failure);
  const known = said(passwordRefusals, failure);
  return known === null ? failureSentence(failure) : withServerText(known, failure);
}

export type RegisterField = "homeserver" | "username" | "password";

/** Why signing in through the browser did not work. */
export function browserSentence(failure: Failure): string {
  if (failure.kind === "invalid" && failure.message === "no browser could be opened")
    return strings.browser.noBrowser;
  if (
    failure.kind === "invalid" &&
    failure.message !== "another-account" &&
    failure.message !== "not-an-address"
  )
    return strings.browser.failed;
  // A token that the server no longer takes, or its refusal on the page (OAuth 2.0 has codes of its own).
  if (failure.kind === "rejected" && failure.errcode === "M_FORBIDDEN") return strings.browser.failed;
  return signInSentence(failure);
}

/** Where a refused registration is to be put right, and what to say there; null: at none of the fields. */
export function registerProblem(failure: Failure): {
  readonly field: RegisterField | null;
  readonly sentence: string;
} {
  const name = said(nameRefusals, failure);
  if (name !== null) return { field: "username", sentence: name };
  if (failure.message === "no name") return { field: "username", sentence: strings.register.noUsername };
  if (said(passwordRefusals, failure) !== null)
    return { field: "password", sentence: newPasswordSentence(failure) };
  return { field: null, sentence: registerSentence(failure) };
}

function registerSentence(failure: Failure): string {
  if (failure.message === "registered-without-session")
    return "The account was made, but the server did not sign you in. It may have to be approved first; then sign in.";
  if (failure.message === "no way to authenticate")
    return "This server asks for something that nobody can do from here.";
  if (failure.kind === "rejected") {
    if (failure.errcode === "M_FORBIDDEN")
      return withServerText("This server does not let people make accounts here.", failure);
    if (failure.errcode === "M_UNRECOGNIZED") return "This server does not let people make accounts here.";
    if (failure.errcode === "M_APPSERVICE_LOGIN_UNSUPPORTED")
      return "This server makes accounts only on its own web page.";
    return failureSentence(failure);
  }
  return signInSentence(failure);
}
