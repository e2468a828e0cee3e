import type { Failure } from "../../preload/contract/models/failure.ts";
import type { OwnTag, RoomSection } from "../../preload/contract/models/room.ts";

// The English catalogue of the frame. Every word the user reads comes from a file of this folder.

const plural = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");

/** "1 room", "2 rooms", "10,000 rooms". */
export function counted(count: number, one: string, other: string): string {
  return `${number.format(count)} ${plural.select(count) === "one" ? one : other}`;
}

/** Seconds or minutes, rounded up: what is promised has come by then. */
export function waitingTime(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

export const strings = {
  appName: "Dunlin",
  close: "Close",
  cancel: "Cancel",
  retry: "Retry",

  signIn: {
    title: "Sign in to Dunlin",
    lead: "Chat on any Matrix homeserver.",
    homeserver: "Homeserver",
    homeserverHint: "The server your account is on",
    username: "Username",
    usernameHint: "Your name, or your full ID: @you:example.org",
    password: "Password",
    submit: "Sign in",
    showPassword: "Show what I type",
    hidePassword: "Hide what I type",
    finding: "Looking for the server…",
    found: (address: string) => `Found: ${address}`,
    insecure:
      "This address is not encrypted (http). Others on the network can read your password and messages.",
    noPasswordFlow: "This server does not offer sign-in with a password.",
    noWay: "This server offers no way to sign in that Dunlin knows.",
    missingHomeserver: "Enter your homeserver, for example example.org.",
    missingUsername: "Enter your username.",
    missingPassword: "Enter your password.",
    token: "Login token",
    tokenHint: "Another client of yours can give you one. It works once, and only for some minutes.",
    byToken: "Sign in with a token",
    byPassword: "Sign in with a password",
    missingToken: "Enter the token.",
    tokenRefused: "The server does not take this token: it is wrong, used already, or too old.",
    softTitle: "Sign in again",
    softLead: "The server has ended this session. Your rooms, drafts and unsent messages are still here.",
    softSignOut: "Sign out and remove everything here",
    weakSecrets:
      "This system offers no keyring: your sign-in will be stored with weak protection. Whoever can read your files could use your account.",
    reasonServer: "The server has ended your session. Sign in again to continue.",
    reasonSecretsLost:
      "The stored sign-in could not be read any more. Sign in again; your unsent messages are kept.",
  },

  main: {
    chooseTitle: "Choose a room",
    chooseText: "Pick one from the list, or press {keys} to find one by name.",
    noRoomsTitle: "No rooms yet",
    noRoomsText: "Rooms you join or are invited to appear here.",
    resize: "Width of the room list",
    firstSync: "Getting your rooms…",
    firstSyncText: "They appear in the list as they come. You can start reading at once.",
    catchingUp: "Catching up…",
    starting: "Starting…",
  },

  joinByLink: {
    title: "Join this room?",
    looking: "Asking about the room",
    join: "Join",
    inviteOnly: "Only who is invited gets into this room. Ask somebody who is in it to invite you.",
    banned: "You are banned from this room. Somebody who runs it would have to lift the ban.",
  },

  invite: {
    title: (name: string) => `Invitation to ${name}`,
    direct: (name: string) => `${name} wants to chat with you`,
    from: (name: string, id: string) => (name === id ? `${id} invites you.` : `${name} (${id}) invites you.`),
    unknown: "You are invited to this room.",
    accept: "Accept",
    decline: "Decline",
  },

  rooms: {
    region: "Rooms",
    search: "Find a room",
    clearSearch: "Clear",
    noMatch: (query: string) => `No room is called “${query}”.`,
    results: (count: number) => counted(count, "room found", "rooms found"),
    loading: "Reading your rooms…",
    sections: {
      invites: "Invites",
      favourites: "Favourites",
      people: "People",
      rooms: "Rooms",
      "low-priority": "Low priority",
    },
    unread: (count: number) => counted(count, "unread message", "unread messages"),
    highlight: (count: number) => counted(count, "mention", "mentions"),
    unsent: (count: number) => counted(count, "unsent message", "unsent messages"),
    muted: "muted",
    markedUnread: "Marked as unread",
    invited: "Invitation",
    knocked: "You asked to join",
    you: "You",
    previewSaid: (sender: string, what: string) => `${sender}: ${what}`,
    preview: {
      image: "Photo",
      video: "Video",
      audio: "Audio",
      file: "File",
      sticker: "Sticker",
      location: "Place",
      poll: "Poll",
      redacted: "Message deleted",
      encrypted: "Encrypted message",
      call: "Call",
      other: "Message",
    },
    noPreview: "No messages yet",
    outbox: (count: number) => counted(count, "message not sent", "messages not sent"),
    outboxWaiting: (count: number) => counted(count, "message waiting", "messages waiting"),
  },

  menu: {
    label: "Menu",
    settings: "Settings",
    outbox: "Not sent yet",
    shortcuts: "Keyboard shortcuts",
  },

  banner: {
    offline: "You are offline.",
    again: (time: string) => `Trying again in ${time}.`,
    trying: "Trying again…",
    tryNow: "Try now",
    tryAgain: "Try again",
    writeOn: "You can read and write; messages leave by themselves later.",
    coreGone: "Dunlin's core is not answering. Connecting again…",
    outdated: "This page is older than the app. Close it and start Dunlin again.",
    elsewhere: "Dunlin is open in another window now. Reload this page to use it here.",
    stopped: "Dunlin is held up.",
    details: "Details",
  },

  settings: {
    search: "Search in settings",
    found: (sections: number) =>
      sections === 0 ? "Nothing here is called that." : `${counted(sections, "section", "sections")} found`,
    title: "Settings",
    appearance: "Appearance",
    theme: { system: "System", light: "Light", dark: "Dark", "high-contrast": "High contrast" },
    privacy: "Privacy",
    receipts: "Show others what I have read",
    receiptsHint: "When off, read receipts go only to your own devices.",
    typing: "Show others when I am typing",
    linkPreviews: "Show what is behind links",
    linkPreviewsHint: "Your homeserver fetches the pages, and so learns which links you see.",
    noInvites: "Nobody may invite me",
    noInvitesHint:
      "Your server turns down every invitation to a room, on all your devices. Older servers do not do this.",
    account: "Account",
    device: "This device",
    about: "About Dunlin",
    diagnostics: "Diagnostics",
    diagnosticsText: "For somebody who helps you. It holds no keys and nothing anybody wrote.",
    copyDiagnostics: "Copy",
    reset: "Load everything anew",
    resetTitle: "Load everything anew?",
    resetText:
      "What this computer keeps of your rooms is removed and loaded from the server again. Drafts, unsent messages and settings stay. Without a connection there is nothing to read until it is back.",
    calls: "Calls",
    callsRelayOnly: "Hide my address in calls",
    callsRelayOnlyHint:
      "Sound and picture go only through the homeserver's relay. Without one, calls do not connect.",
    callsPublicStun: "Ask a public server for my address when the homeserver offers none",
    callsPublicStunHint: "Helps calls between networks to connect. That server learns your address.",
    callDevices: "Microphone, camera and speaker…",
    window: "Window",
    closeToTray: "Keep running in the tray when the window is closed",
    closeToTrayHint: "Starting Dunlin again brings the window back.",
    noTrayHint: "This desktop shows no tray, so the window is minimised instead: Dunlin keeps running.",
    deviceId: "Device ID",
    homeserver: "Homeserver",
    secrets: "Where the sign-in is stored",
    secretsNote: {
      "os-keyring": "Encrypted by the system's keyring.",
      "os-weak":
        "This system offers no keyring, so the sign-in is only weakly protected: whoever can read your files can use your account.",
      file: "In a file that only your user may read. Whoever can read your files can use your account.",
    },
    signOut: "Sign out",
    signOutTitle: "Sign out?",
    signOutText: "Rooms and messages are removed from this device. They stay on the server.",
    signOutUnsent: (count: number) =>
      `${counted(count, "message has", "messages have")} not been sent and will be lost.`,
    notSaved: "The settings could not be saved.",
  },

  outbox: {
    title: "Not sent yet",
  },

  shortcuts: {
    title: "Keyboard shortcuts",
    list: {
      switchRoom: "Switch room",
      search: "Find a room",
      searchHere: "Search in this room",
      searchEverywhere: "Search in all rooms",
      previousRoom: "Previous room",
      nextRoom: "Next room",
      previousUnread: "Previous unread room",
      nextUnread: "Next unread room",
      settings: "Settings",
      region: "Next part of the window",
      mute: "In a call: mute or unmute",
      camera: "In a call: camera on or off",
      close: "Close, or mark the room as read",
      shortcuts: "All shortcuts",
      send: "Send the message",
      newLine: "New line",
      editLast: "Edit the last unsent message",
      zoomIn: "Everything larger",
      zoomOut: "Everything smaller",
      zoomReset: "Usual size",
      lock: "Lock Dunlin",
    },
  },
} as const;

/** What a part of the room list is called; those of one's own by the name one gave them. */
export const sectionName = (section: RoomSection): string =>
  isOwnSection(section) ? section.slice(2) : strings.rooms.sections[section];
const isOwnSection = (section: RoomSection): section is OwnTag => section.startsWith("u.");

/** Why something did not work, in words for people. Says what to do where there is something to do. */
export function failureSentence(failure: Failure): string {
  switch (failure.kind) {
    case "offline":
      return "No connection to the server.";
    case "timeout":
      return "This server does not answer.";
    case "unavailable":
      return failure.status === undefined
        ? "The server is not available right now."
        : `The server is not available right now (${failure.status}).`;
    case "limited":
      return failure.retryAfterMs === undefined
        ? "Too many attempts. Wait a little."
        : `Too many attempts: again in ${waitingTime(failure.retryAfterMs)}.`;
    case "unauthorized":
      return failure.soft === true
        ? "The server wants you to sign in again."
        : "The server has ended this session.";
    case "rejected":
      return rejection(failure);
    case "malformed":
      return "The answer is not from a Matrix server. On a public network, sign in to the network in a browser first.";
    case "certificate":
      return "The server's certificate is not valid, so the connection is not safe.";
    case "invalid":
      return failure.message === "written-in-thread"
        ? "There is a draft in its thread. Send or remove that first, then delete this message."
        : "Dunlin could not accept this input.";
    case "storage":
      return storageSentence(failure);
    case "aborted":
      return "This was interrupted.";
    case "bug":
      return "Something went wrong in Dunlin itself.";
  }
}

const rejections: Readonly<Record<string, string>> = {
  M_FORBIDDEN: "The server does not allow this.",
  M_NOT_FOUND: "The server does not know this.",
  M_TOO_LARGE: "This is too large for the server.",
  M_USER_DEACTIVATED: "This account has been deactivated.",
  M_USER_LOCKED: "This account is locked.",
  M_RESOURCE_LIMIT_EXCEEDED: "The server has reached a limit of its own. Ask its administrator.",
  M_UNSUPPORTED_ROOM_VERSION: "The server does not support this room's version.",
  M_UNRECOGNIZED: "This server cannot do this.",
  M_LIMIT_EXCEEDED: "Too many attempts. Wait a little.",
  M_MISSING_PARAM: "The server misses something in what was sent.",
  M_BAD_JSON: "The server does not take what was sent.",
  M_NOT_JSON: "The server could not read what was sent.",
  M_GUEST_ACCESS_FORBIDDEN: "Guests are not let in here.",
  M_UNAUTHORIZED: "The server does not let this account do this.",
  M_EXCLUSIVE: "The server keeps this for a bridge to other networks.",
  M_UNKNOWN_DEVICE: "The server does not know this session.",
  M_USER_SUSPENDED: "The server has suspended this account: it can read, but change nothing.",
  M_USER_LIMIT_EXCEEDED: "This account has used up what the server gives it.",
};

function rejection({ errcode, serverText }: Failure): string {
  const known = errcode !== undefined && Object.hasOwn(rejections, errcode) ? rejections[errcode] : undefined;
  if (errcode === "M_INVALID_PARAM")
    return serverText
      ? `The server does not take this: “${serverText}”.`
      : "The server does not take something of this.";
  // For the rest the server's own words are better than our guess.
  return known ?? (serverText ? `The server refused: “${serverText}”.` : "The server refused this.");
}

function storageSentence(failure: Failure): string {
  switch (failure.problem ?? "other") {
    case "full":
      return "The disk is full. Make room, then try again.";
    case "readonly":
      return "Dunlin may not write to its folder.";
    case "damaged":
      return "Dunlin's data on this device is damaged.";
    case "in-use":
      return "Dunlin is already running with this profile.";
    case "newer":
      return "This profile was made by a newer Dunlin.";
    case "other":
      return "Dunlin could not read or write its data.";
  }
}

interface Discovery {
  readonly kind: Failure["kind"];
  readonly say: (failure: Failure) => string;
}
/** The words main/core/accounts puts into `message` while it looks for a server, and what they mean. */
const discoveries: Readonly<Record<string, Discovery>> & { readonly unreachable: Discovery } = {
  "unknown-server": {
    kind: "offline",
    say: () => "No server has this name, or there is no network.",
  },
  unreachable: {
    kind: "offline",
    say: () => "The server at this address cannot be reached: it is down, or there is no network.",
  },
  "not-a-matrix-server": {
    kind: "malformed",
    // A page of its own instead of "not found" is a web site, or a network that wants something first.
    say: ({ status = 404 }) =>
      status < 300
        ? "The answer is not from a Matrix server. Check the address; on a public network, sign in to the network in a browser first."
        : "There is no Matrix server at this address.",
  },
  "captive-portal": {
    kind: "malformed",
    say: () =>
      "The network answers instead of the server. Sign in to the network in a browser first, then try again.",
  },
  "unsupported-server": {
    kind: "malformed",
    say: () => "This server speaks no version of Matrix that Dunlin knows.",
  },
  "not-an-address": {
    kind: "invalid",
    say: () => "This is not a homeserver's address or a user ID.",
  },
  "another-account": {
    kind: "invalid",
    say: () => "What is stored here belongs to another account. Use that one, or sign out first.",
  },
};

/** Why a typed token did not sign in. */
export const tokenSentence = (failure: Failure): string =>
  failure.kind === "rejected" && failure.errcode === "M_FORBIDDEN"
    ? strings.signIn.tokenRefused
    : signInSentence(failure);

/** What a refused sign-in means: the same codes say other things there than elsewhere. */
export function signInSentence(failure: Failure): string {
  const known = discoveries[failure.message];
  if (known?.kind === failure.kind) return known.say(failure);
  if (failure.kind === "offline") return discoveries["unreachable"].say(failure);
  // LOG-04: a 400 with M_UNKNOWN means another type of login, not a wrong password.
  if (failure.kind === "rejected") {
    if (failure.errcode === "M_FORBIDDEN" || (failure.errcode === undefined && failure.status === 403))
      return "Wrong name or password.";
    if (failure.errcode === "M_UNKNOWN")
      return failure.status === 403 ? "Wrong name or password." : strings.signIn.noPasswordFlow;
    if (failure.errcode === "M_NOT_FOUND" || failure.errcode === "M_UNRECOGNIZED")
      return "There is no Matrix server at this address.";
    if (failure.errcode === "M_APPSERVICE_LOGIN_UNSUPPORTED")
      return "This server signs people in only on its own web page.";
  }
  return failureSentence(failure);
}
