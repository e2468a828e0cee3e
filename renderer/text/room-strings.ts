import type { Failure } from "../../preload/contract/models/failure.ts";
import type { HistoryVisibility, Preset } from "../../preload/contract/models/new-room.ts";
import type {
  Level,
  MassRedaction,
  MemberGroup,
  RoomChange,
} from "../../preload/contract/models/room-details.ts";
import { counted, failureSentence } from "./strings.ts";

// The catalogue of making, finding, joining and running rooms, of spaces and of people.

const list = new Intl.ListFormat("en", { style: "long", type: "conjunction" });

const joinRules: Readonly<Record<string, string>> = {
  public: "Everyone who knows its address",
  invite: "Only people who are invited",
  knock: "People may ask to join",
  restricted: "Members of chosen spaces or rooms",
  knock_restricted: "Members of chosen spaces or rooms; others may ask",
  private: "Only people who are invited",
};

function redactionSentence({ total, remaining, refused }: MassRedaction): string {
  const done = counted(total - remaining - refused, "message", "messages");
  const kept = refused === 0 ? "" : ` The server kept ${refused}.`;
  return remaining === 0 ? `${done} deleted.${kept}` : `${done} deleted, ${remaining} to go…${kept}`;
}

const history: Readonly<Record<HistoryVisibility, { label: string; hint: string }>> = {
  shared: {
    label: "Members, the whole history",
    hint: "Whoever joins later reads everything that was ever written, also what was said before they came.",
  },
  invited: {
    label: "Members, from their invitation on",
    hint: "Whoever joins later reads what was written since they were invited.",
  },
  joined: {
    label: "Members, from the moment they joined",
    hint: "Whoever joins later reads nothing of what was written before.",
  },
  world_readable: {
    label: "Everyone, members or not",
    hint: "The messages can be read by anybody, without joining and without an account that is known here.",
  },
};

const presets: Readonly<Record<Preset, { label: string; hint: string }>> = {
  private_chat: { label: "Private", hint: "Only people who are invited can join." },
  trusted_private_chat: {
    label: "Private, everyone equal",
    hint: "Whoever you invite now gets the same rights as you, for good: you cannot take them back.",
  },
  public_chat: { label: "Open", hint: "Everyone who knows its address can join." },
};

export const strings = {
  close: "Close",
  cancel: "Cancel",
  back: "Back",
  save: "Save",
  more: "More",
  loading: "Loading…",
  loadMore: "Show more",
  reason: "Reason (optional)",
  people: (count: number) => counted(count, "member", "members"),
  tooLong: (over: number) => `Too long by ${counted(over, "byte", "bytes")}.`,
  history,
  historyNote:
    "It counts for each message as it stood when the message was sent: a later change neither hides nor reveals older ones.",
  joinRule: (rule: string) => (Object.hasOwn(joinRules, rule) ? (joinRules[rule] ?? rule) : `“${rule}”`),

  panel: { close: "Close the panel" },

  menu: {
    add: "New",
    newChat: "New chat",
    newRoom: "New room",
    newSpace: "New space",
    find: "Find rooms",
    archive: "Rooms you left",
    favourite: "Add to favourites",
    notFavourite: "Remove from favourites",
    low: "Move to low priority",
    notLow: "Remove from low priority",
    sections: "Own sections…",
    leave: "Leave",
    leaveSpace: "Leave this space",
    details: "Details",
    room: (name: string) => `Menu of ${name}`,
  },

  ownSections: {
    title: (name: string) => `Sections for ${name}`,
    text: "Rooms can stand in sections of your own. Favourites and low priority come first.",
    group: "Show it in",
    none: "You have no section of your own yet.",
    name: "New section",
    add: "Add",
    failed: (why: string) => `The server did not take this. ${why}`,
  },

  picker: {
    label: "People",
    hint: "Search by name, or type a full ID: @name:server",
    remove: (name: string) => `Remove ${name}`,
    results: (count: number) => counted(count, "person found", "people found"),
    none: "Nobody found. Type the full ID: @name:server",
    limited: "There are more: type more of the name.",
    nobody: (typed: string) =>
      `“${typed}” is nobody yet: choose from the list, or type the full ID: @name:server`,
  },

  create: {
    roomTitle: "New room",
    spaceTitle: "New space",
    picture: "Choose a picture",
    noPicture: "No picture",
    name: "Name",
    topic: "What is it about?",
    preset: "Who can join?",
    presets,
    published: "List it in the server's directory",
    publishedHint: "People find it there. Who may join does not depend on it.",
    alias: "Address",
    aliasHint: "Letters, digits and . _ - make it easy to type.",
    aliasWill: (alias: string) => `Will be ${alias}`,
    aliasChecking: (alias: string) => `Is ${alias} still free?`,
    aliasFree: (alias: string) => `${alias} is free.`,
    aliasTaken: (alias: string) => `${alias} is taken already.`,
    aliasForeign: (server: string) => `The address is always on your own server: ${server}.`,
    aliasInvalid: "An address has no spaces and no colon.",
    aliasUnknown: "Whether it is free could not be asked.",
    aliasReserved: "The server keeps this address for something else.",
    invite: "Invite",
    inviteBlocked: "Somebody of these does not take invitations.",
    encryption: "End-to-end encryption",
    encryptionNot: "Dunlin cannot write in encrypted rooms yet, so it does not make them.",
    history: "Who can read its history?",
    historyWarning:
      "Choose with care: with the whole history, everyone who ever joins reads all that was said before.",
    advanced: "More settings",
    version: "Room version",
    versionDefault: (version: string) =>
      version === "" ? "As the server chooses" : `As the server chooses (${version})`,
    versionRefused: "The server does not make rooms of this version.",
    federated: "People of other servers can join",
    federatedHint: "This cannot be changed later.",
    submitRoom: "Create the room",
    submitSpace: "Create the space",
    failed: (why: string) => `It was not created. ${why}`,
    notInvited: {
      text: "It was created, but not everybody could be invited.",
      one: (who: string, why: string) => `${who}: ${why}`,
    },
    inSpace: (name: string) => `It becomes part of ${name}.`,
    besideSpace: (name: string) =>
      `It does not become part of ${name}: your rights there do not reach for adding rooms.`,
    notInSpace: {
      text: (name: string, why: string) => `It was created, but it is not part of ${name} yet. ${why}`,
      again: "Try again",
      openRoom: "Open the room",
      openSpace: "Open the space",
    },
  },

  chat: {
    title: "New chat",
    submit: "Start the chat",
    failed: (why: string) => `The chat could not be started. ${why}`,
    notInvited: (name: string, why: string) => `${name} could not be invited: ${why}`,
    empty: "A room for the chat was made, but you are alone in it. Leaving removes it for good.",
    again: "Invite again",
    leave: "Leave the room",
    leaveFailed: (why: string) => `You are still in it. ${why}`,
  },

  find: {
    title: "Find rooms",
    search: "Search, or an address: #room:server",
    server: "Server",
    ownServer: "Your own server",
    directoryOf: (server: string) => `Rooms on ${server}`,
    estimate: (count: number) => `About ${counted(count, "room", "rooms")}`,
    none: "No rooms found.",
    noneServer: "This server lists no rooms.",
    failed: (why: string) => `The rooms could not be listed. ${why}`,
    noneAddress: "No room has this address.",
    failedAddress: (why: string) => `The address could not be looked up. ${why}`,
    open: "Open",
    join: "Join",
    knock: "Ask to join",
    knocked: "Asked",
    banned: "You are banned",
    inviteOnly: "By invitation",
    joinFailed: (name: string, why: string) => `${name}: ${why}`,
    space: "Space",
    byAddress: (address: string) => `Go to ${address}`,
    notAnAddress: "This is not an address of a room.",
  },

  peek: {
    open: "Look inside",
    openOf: (name: string) => `Look inside ${name}`,
    arrived: (count: number) => counted(count, "new message", "new messages"),
    note: "You read this room from outside: nobody there sees you, and you cannot write.",
    older: "Show older messages",
    none: "Nobody has written anything here yet.",
    start: "This is where the room begins, or what may be read of it.",
    messages: "Messages",
    failed: (why: string) => `It could not be read. ${why}`,
  },

  knock: {
    title: (name: string) => `Ask to join ${name}`,
    text: "Somebody of the room has to let you in. You can say who you are.",
    reason: "Your message (optional)",
    send: "Ask to join",
    waiting: (name: string) => `You asked to join ${name}`,
    waitingText: "You come in when somebody there says yes.",
    takeBack: "Take the request back",
    again: "Ask to join",
    onlyInvited: "You can come back when somebody invites you.",
    entering: "You asked to join and are let in. You enter as soon as the server can be reached.",
    notLetIn: (why: string) =>
      `You asked to join and were invited, but the server did not let you in: ${why} You can try again, or decline.`,
  },

  preview: {
    rejoin: "Join again",
    forget: "Forget the room",
    forgetTitle: "Forget this room?",
    forgetText: "It leaves the list of rooms you left, and you can read its messages no more.",
  },

  invite: {
    declineAndIgnore: "Ignore the sender",
    ignoreTitle: (name: string) => `Ignore ${name}?`,
    ignoreText:
      "The invitation is declined. You see nothing more of what they write, anywhere; they are not told. You can take it back in the settings.",
    members: (count: number) => counted(count, "member", "members"),
    reason: "Why",
  },

  leave: {
    title: (name: string) => `Leave ${name}?`,
    text: "You will get no more messages from it. It stays in “Rooms you left”.",
    invited: "You can only come back when somebody invites you.",
    last: "You are the last one here: nobody can come back.",
    submit: "Leave",
  },

  archive: {
    title: "Rooms you left",
    none: "No rooms that you left.",
    failed: (why: string) => `Those known here; the server could not be asked for the others. ${why}`,
    banned: "banned",
    open: "Open",
    forget: "Forget",
  },

  upgrade: {
    joinFailed: (why: string) => `The new room could not be joined. ${why}`,
  },

  details: {
    title: "Details",
    spaceTitle: "About this space",
    about: "About",
    settings: "Settings",
    members: "Members",
    peopleAndRights: "People and rights",
    name: "Name",
    topic: "Topic",
    noTopic: "No topic",
    avatarChoose: "Choose a picture",
    avatarRemove: "Remove the picture",
    addresses: "Addresses",
    mainAddress: "Main address",
    noMain: "None",
    localAddresses: "On this server",
    otherAddresses: "Also known as",
    newAddress: "New address",
    add: "Add",
    remove: (what: string) => `Remove ${what}`,
    copy: "Copy the address",
    copied: "Copied",
    notCopied: "The address could not be copied.",
    unsure: "The address could not be checked. The room's ID was copied instead.",
    stale: "This address leads to another room now. The room's ID was copied instead.",
    access: "Access",
    joinRule: "Who can join?",
    ruleNeedsUpgrade: (rule: string) => `${rule} (upgrade the room first)`,
    allowed: "Members of these may join",
    chooseAllowed: "Choose spaces and rooms",
    unknownRule: "This room has a rule Dunlin does not know.",
    published: "Listed in the server's directory",
    publishedHint: "Who may join does not depend on it.",
    guests: "Guests may join",
    guestsHint: "Guests have no account of their own.",
    history: "Who can read its history?",
    encryptedForGood: "This room is encrypted, and encryption is never turned off again.",
    encryptionNot: "Dunlin cannot write in encrypted rooms yet, so it does not turn it on.",
    version: (version: string) => `Version ${version}`,
    created: (name: string) => `Created by ${name}`,
    localOnly: "Only for people of its own server",
    acl: "Servers that may take part",
    widgets: "Widgets",
    widgetsNote: "Dunlin lists them, but does not run them.",
    upgrade: "Upgrade the room",
    upgradeTitle: "Upgrade this room?",
    upgradeText:
      "A new room of the chosen version takes its place. This one is closed; everyone has to go to the new one, and its addresses lead there.",
    upgradeTo: "New version",
    upgraded: "This room was upgraded.",
    toNew: "Go to the new room",
    predecessor: "This room continues an older one.",
    toOld: "Open the older room",
    developer: "Developer tools",
    developerHint: "Shows the room's state as it is, and lets you write it.",
    leave: "Leave the room",
    report: "Report the room",
    notAllowed: "Your rights in this room do not reach for this.",
    notIn: "You are not in this room.",
    notSaved: (why: string) => `Not changed. ${why}`,
    id: "Room ID",
    invite: "Invite people",
    inviteTitle: (name: string) => `Invite to ${name}`,
    inviteSubmit: "Invite",
    inviteReason: "Why? They read it with the invitation (optional)",
    inviteFailed: (who: string, why: string) => `${who}: ${why}`,
    ignored: (count: number) => counted(count, "ignored person", "ignored people"),
  },

  members: {
    title: "Members",
    search: "Find a member",
    groups: {
      join: "Members",
      invite: "Invited",
      knock: "Asking to join",
      ban: "Banned",
    } satisfies Record<MemberGroup, string>,
    group: "Show",
    none: "Nobody.",
    loadingAll: "Asking the server for all members…",
    partial: "Those known here; the server could not be asked for all.",
    failed: (why: string) => `Those known here. ${why}`,
    you: "you",
    found: (count: number) => counted(count, "person", "people"),
  },

  roles: {
    title: "Roles and rights",
    person: "Role",
    custom: (level: number) => `Custom (${level})`,
    customLevel: (of: string) => `Level: ${of}`,
    anotherLevel: "Another number…",
    setLevel: "Set the level",
    levelWrong: (own: number) =>
      own === Infinity ? "A whole number." : `A whole number, not above your own: ${own}.`,
    needs: "What needs which role",
    lockTitle: "Give up your own rights?",
    lockText: "You would have less than now, and could not take it back yourself.",
    equalTitle: (name: string) => `Make ${name} your equal?`,
    equalText: "You cannot take this back: nobody can lower somebody who stands as high as they do.",
    allEqualTitle: "Make everybody your equal?",
    allEqualText:
      "Everyone in the room, and whoever joins, would stand as high as you. You cannot take this back: nobody can lower somebody who stands as high as they do.",
    confirm: "Change it",
    addNeed: "Something else",
    addWhat: "What",
    anotherType: "Another type of event…",
    typeOfEvent: "Type of event",
    typeNamed: "This one is in the list above.",
    addLevel: "Needs",
    addSubmit: "Add to the list",
    actions: {
      users_default: "Role of everybody else",
      events_default: "Send messages",
      state_default: "Change other settings",
      invite: "Invite people",
      kick: "Remove people",
      ban: "Ban people",
      redact: "Delete messages of others",
    } as Readonly<Record<string, string>>,
    events: {
      "m.room.name": "Change the name",
      "m.room.topic": "Change the topic",
      "m.room.avatar": "Change the picture",
      "m.room.canonical_alias": "Change the main address",
      "m.room.join_rules": "Change who can join",
      "m.room.guest_access": "Change whether guests may join",
      "m.room.power_levels": "Change roles and rights",
      "m.room.history_visibility": "Change who can read the history",
      "m.room.encryption": "Turn on encryption",
      "m.room.tombstone": "Upgrade the room",
      "m.room.server_acl": "Change which servers take part",
      "m.room.pinned_events": "Pin messages",
      "m.space.child": "Add and remove rooms",
      "m.reaction": "React",
      "m.room.redaction": "Delete own messages",
      "m.call.invite": "Call",
    } as Readonly<Record<string, string>>,
  },

  person: {
    title: "Profile",
    you: "This is you.",
    chat: "Send a message",
    ignore: "Ignore",
    unignore: "Stop ignoring",
    mute: "Mute",
    muteHint:
      "What they write does not notify you, unless it mentions you or stands in a room with a setting of its own.",
    ignored: "You ignore this person: their messages are not shown.",
    ignoredList: "Ignored people",
    ignoredHint:
      "What they write is not shown, and their invitations are not either. When you stop, what they wrote meanwhile is fetched.",
    ignoredNone: "You ignore nobody.",
    unignoreOne: (name: string) => `Stop ignoring ${name}`,
    shared: (count: number) => `${counted(count, "room", "rooms")} in common`,
    noShared: "No rooms in common",
    report: "Report",
    reportTitle: (name: string) => `Report ${name}`,
    reportText: "Your report goes to the administrators of your own server.",
    reportReason: "What is wrong?",
    reportSend: "Send the report",
    reported: "The report was sent.",
    here: "In this room",
    kick: "Remove from the room",
    kickTitle: (name: string) => `Remove ${name}?`,
    kickText: "They can come back where the room is open to them.",
    letIn: "Let them in",
    deny: "Decline the request",
    denyTitle: (name: string) => `Decline the request of ${name}?`,
    denyText: "They may ask again. What you write here they can read.",
    ban: "Ban from the room",
    banTitle: (name: string) => `Ban ${name}?`,
    banText: "They are removed and cannot come back until somebody lifts the ban.",
    unban: "Lift the ban",
    unbanTitle: (name: string) => `Lift the ban of ${name}?`,
    unbanText: "They may come back where the room is open to them, or be invited.",
    invite: "Invite",
    inviteTitle: (name: string) => `Invite ${name}?`,
    inviteText: "They read the reason with the invitation.",
    redact: "Delete their messages",
    redactTitle: (name: string) => `Delete messages of ${name}?`,
    redactText: "Of those that are on this device, up to 500. What is deleted does not come back.",
    redactSubmit: "Delete",
    redaction: redactionSentence,
    stopRedacting: "Stop deleting",
    stop: "Stop",
    failed: (why: string) => `This did not work. ${why}`,
    copyId: "Copy the ID",
  },

  state: {
    title: "Room state",
    filter: "Find a type",
    entry: (type: string, key: string) => (key === "" ? type : `${type} (${key})`),
    edit: "Edit",
    create: "New state event",
    type: "Type",
    key: "State key",
    content: "Content (JSON)",
    put: "Send to the room",
    notJson: "This is not a JSON object.",
    underscore: "A state key must not begin with an underscore.",
    sender: (id: string) => `Set by ${id}`,
    warning: "What is sent here takes effect at once, for everybody.",
  },

  spaces: {
    rail: "Spaces",
    all: "All rooms",
    browse: (name: string) => `Rooms in ${name}`,
    browseMenu: "What is in it",
    menu: (name: string) => `Menu of ${name}`,
    add: "Add rooms",
    addTitle: (name: string) => `Add rooms to ${name}`,
    addSearch: "Find a room of yours",
    addSubmit: "Add",
    remove: (name: string) => `Take out ${name}`,
    removeLabel: "Take out",
    suggested: "Suggested",
    empty: "Nothing is in this space yet.",
    emptyList: "You are in no room of this space.",
    failed: (why: string) => `This did not work. ${why}`,
    newHere: "New room in this space",
    details: "About this space",
    about: (members: number) =>
      members === 0 ? "A space" : `A space with ${counted(members, "member", "members")}`,
    yours: "Your rooms in it",
  },

  forward: {
    title: "Forward to",
    rooms: "Rooms",
    search: "Room or person",
    hint: "Choose one or several rooms.",
    chosen: (names: readonly string[]) => `To ${list.format(names)}`,
    submit: (count: number) => (count > 1 ? `Forward to ${counted(count, "room", "rooms")}` : "Forward"),
    failed: (why: string) => `The message was not forwarded. ${why}`,
  },

  switcher: {
    title: "Switch room",
    search: "Room or person",
    none: "Nothing found.",
    people: "Start a chat with",
    results: (count: number) => counted(count, "result", "results"),
  },
} as const;

/** A level in words. */
export function roleName(level: Level): string {
  if (level === "creator") return "Creator";
  if (level === 100) return "Administrator";
  if (level === 50) return "Moderator";
  if (level === 0) return "Member";
  return strings.roles.custom(level);
}

const refusals: Readonly<Record<string, string>> = {
  M_ROOM_IN_USE: "This address is taken already.",
  M_EXCLUSIVE: "The server keeps this address for something else.",
  M_INVALID_ROOM_STATE: "The server could not make a room of these settings.",
  M_INVITE_BLOCKED: "They do not take invitations.",
  M_INCOMPATIBLE_ROOM_VERSION: "Your server does not know rooms of this version.",
  M_UNABLE_TO_AUTHORISE_JOIN: "No server that could let you in can be reached.",
  M_UNABLE_TO_GRANT_JOIN: "The server that could let you in may not.",
  M_BAD_ALIAS: "This address does not lead to this room, so it cannot be named for it.",
  M_BAD_STATE: "This does not fit what they are in the room now.",
  M_CANNOT_LEAVE_SERVER_NOTICE_ROOM: "The server does not let anybody leave this room.",
};

/** Why the server refused something about a room. Its own words stand where we know none for the code. */
export function roomSentence(failure: Failure): string {
  const known =
    failure.errcode !== undefined && Object.hasOwn(refusals, failure.errcode)
      ? refusals[failure.errcode]
      : undefined;
  if (known !== undefined && failure.kind === "rejected") return known;
  // An address that leads somewhere already has no code of its own (spec: PUT directory/room, 409).
  if (failure.errcode === "M_UNKNOWN" && failure.status === 409) return refusals["M_ROOM_IN_USE"] ?? "";
  // "Not allowed" alone helps nobody where the server says more than the code.
  const { errcode, serverText } = failure;
  if (errcode === "M_FORBIDDEN" && serverText !== undefined && serverText !== errcode)
    return `The server does not allow this: “${serverText}”.`;
  return failureSentence(failure);
}

/** The same for one change of a room's settings: some codes say more there. */
export function changeSentence(change: RoomChange, failure: Failure): string {
  // Spec, PUT /directory/room: 409 is an address that exists, and its code is M_UNKNOWN (ALI-06).
  if (change.what === "add-alias" && failure.status === 409) return refusals["M_ROOM_IN_USE"] ?? "";
  return roomSentence(failure);
}
