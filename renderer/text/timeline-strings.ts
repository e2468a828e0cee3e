// The catalogue of what timeline, composer and outbox say. English first; a sentence is one function, so that another
// language may order its parts as it needs.

const list = new Intl.ListFormat("en", { style: "long", type: "conjunction" });
const number = new Intl.NumberFormat("en");
const n = (count: number, one: string, many: string): string =>
  `${number.format(count)} ${count === 1 ? one : many}`;
/** Is `who` one person who is not the reader? Then "has", else "have". */
const has = (who: string): string => (who === "You" ? "have" : "has");

// Maps, not records: the keys asked for come from strangers.
const joinRules = new Map<string, string>(
  Object.entries({
    public: "made the room open to everyone who knows its address",
    invite: "made the room open to invited people only",
    knock: "let people ask to join",
    restricted: "let members of another room or space join",
    knock_restricted: "let members of another room or space join, and others ask to",
    private: "made the room private",
  }),
);
const visibilities = new Map<string, string>(
  Object.entries({
    world_readable: "made the history readable for everyone, members or not",
    shared: "made the whole history readable for all members",
    invited: "made the history readable for members from their invitation on",
    joined: "made the history readable for members from the moment they joined",
  }),
);

export const strings = {
  you: "You",
  copy: "Copy",
  copied: "Copied",
  notCopied: "This could not be copied.",
  code: "Code",
  table: "Table",
  close: "Close",
  spoiler: (reason: string) => (reason === "" ? "Hidden text, show it" : `Hidden text (${reason}), show it`),
  list: (names: readonly string[]) => list.format(names),
  others: (count: number) => n(count, "other", "others"),

  messages: "Messages",
  newMessages: "New",
  /** `isMore`: there are some more than could be counted. */
  jumpToUnread: (count: number, isMore: boolean) =>
    isMore
      ? `Jump to the first of more than ${number.format(count)} new messages`
      : count === 1
        ? "Jump to the new message"
        : `Jump to the first of ${number.format(count)} new messages`,
  dismissUnread: "Stay here",
  jumpToLatest: "Jump to latest",
  jumpToLatestWith: (count: number) => `Jump to latest, ${n(count, "new message", "new messages")}`,
  announce: (who: string, text: string) => `${who}: ${text}`,
  announceMany: (count: number) => n(count, "new message", "new messages"),
  pages: {
    above: { loading: "Loading earlier messages", failed: "Earlier messages could not be loaded." },
    below: { loading: "Loading later messages", failed: "Later messages could not be loaded." },
    between: { loading: "Loading missed messages", failed: "Missed messages could not be loaded." },
  },
  jump: {
    backToLatest: "Back to latest",
    failed: "This message cannot be shown",
    notFound: "The server does not have it, or you may not see it. It may be from before you joined.",
    forbidden: "You have no permission to read it in this room.",
    offline: "It is not stored on this computer, and there is no connection to the server.",
    shown: (who: string, when: string) => `Message of ${who}, ${when}`,
  },
  tryAgain: "Try again",
  startOfRoom: (name: string) => `This is the start of ${name}`,
  startOfChat: (name: string) => `This is the start of your chat with ${name}`,
  startHint: "Nothing comes before this, or nothing you may see.",
  empty: "No messages yet",
  emptyHint: "Say something: it arrives as soon as there is a connection.",
  loadingRoom: "Loading messages",
  notServed: "This room could not be opened.",

  messageDeleted: "Message deleted",
  messagesDeleted: (count: number) =>
    count === 1 ? "Message deleted" : `${number.format(count)} messages deleted`,
  deletedBy: (who: string, reason: string | null) =>
    reason === null ? `Deleted by ${who}` : `Deleted by ${who}: ${reason}`,
  showWhy: "By whom?",
  hideWhy: "Hide",
  undecryptable: "This message is encrypted. Dunlin cannot read encrypted messages yet.",
  malformed: "This message cannot be shown.",
  viewSource: "View source",
  sourceOf: "Message source",
  sourceFailed: "The source could not be loaded.",
  sourceWaiting: "Not sent yet. This is what will be sent.",
  sourceSending: "On its way, and the server has not answered yet. This is what is being sent.",
  sourceSent: "Sent, but not yet shown back by the server. This is what was sent.",
  sourceUnsent: "Not sent. This is what will be sent when it is tried again.",
  sourceUncertain: "It may or may not have been sent. This is what will be sent when it is tried again.",
  sourceUnreadable: "Not sent, and this version of Dunlin cannot read it. This is what is stored.",
  sourceNeedsId: "The id of the message it speaks of is filled in when that one has been sent.",
  sourceNeedsFile: "The address of its file is filled in when the file has been uploaded.",
  loading: "Loading",
  copyText: "Copy text",
  copySource: "Copy source",
  actions: "Message actions",
  unknownKind: (msgtype: string) => `Unknown kind of message: ${msgtype}`,
  showAll: (count: number) => `Show ${n(count, "change", "changes")}`,
  hideAll: "Hide changes",
  showDeleted: (count: number) => `Show ${n(count, "deleted message", "deleted messages")}`,
  hideDeleted: "Hide deleted messages",
  at: (who: string, time: string) => `${who}, ${time}`,
  readBy: (names: string) => `Read by ${names}`,
  more: (count: number) => `+${number.format(count)}`,

  image: "Photo",
  sticker: "Sticker",
  openImage: (name: string) => `Open photo ${name}`,
  imageFailed: "This photo could not be loaded.",
  imageTooManyPixels: "This photo has too many pixels to be shown here. It can be saved.",
  videoFailed: "This video could not be loaded.",
  audioFailed: "This recording could not be loaded.",
  mediaUnusable: "The address of this file is not valid.",
  video: (name: string) => `Video ${name}`,
  audio: (name: string) => `Recording ${name}`,
  unknownType: "File",
  hidePreviews: "Hide what is behind links",
  showPreviews: "Show what is behind links",
  morePreviews: (count: number) => `Show ${number.format(count)} more`,
  fewerPreviews: "Show less",
  openOriginal: "Open the original",
  openMap: "Show on OpenStreetMap",
  viewer: "Photo viewer",
  nextImage: "Next photo",
  previousImage: "Previous photo",
  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  zoomReset: "Fit to window",
  oldestImage: "There is no older photo.",
  newestImage: "There is no newer photo.",
  noImageYet: "No other photo yet. Press again to look further.",
  imagesFailed: "More photos could not be loaded.",
  lookingForImages: "Looking for more photos",
  showInRoom: "Show in the room",
  imageOf: (at: number, count: number) => `${number.format(at)} of ${number.format(count)}`,

  waitingToSend: "Waiting to be sent",
  sendingNow: "Being sent",
  retry: "Retry",
  edit: "Edit",
  delete: "Delete",
  tooLateToDelete: "This message has already left, so it could not be deleted here.",
  tooLateToEdit: "This message has already left, so it could not be changed.",

  unsent: {
    gaveUp: (why: string) => `Not sent. ${why}`,
    rejected: (why: string) => `Not sent. ${why}`,
    refused: "The server refused this message.",
    refusedBecause: (words: string) => `The server refused this message: “${words}”.`,
    forbidden: "You may not write in this room.",
    tooLarge: "The message is too large for the server.",
    unknownRoom: "The server does not know this room, or you are not in it.",
    roomEncrypted: "This room is encrypted now, and Dunlin cannot encrypt yet.",
    consent: "The server wants you to accept its terms first.",
    noConnection: "There was no connection for five minutes.",
    noAnswer: "The server did not answer for five minutes.",
    troubled: "The server had trouble for five minutes.",
    limited: "The server asked us to slow down for too long.",
    signedOut: "You were signed out.",
    strange: "The server answered something that makes no sense.",
    certificate: "The server could not prove that it is the right one.",
    storage: "This computer could not store what was needed.",
    bug: "Something went wrong in Dunlin.",
    behind: "Not sent, because a message before it was not. Sending that one sends this one too.",
    waitedTooLong: "Not sent. It waited for more than a day; is it still what you want to say?",
    uncertain:
      "It may have arrived: it was sent from a session that is gone, or nobody answered for a long time. Look before you send it again.",
    unreadable: "Not sent. It was stored by another version of Dunlin and cannot be read.",
  },

  state: {
    created: (who: string) => `${who} created the room`,
    name: (who: string, to: string) => `${who} changed the name of the room to “${to}”`,
    nameRemoved: (who: string) => `${who} removed the name of the room`,
    topic: (who: string, to: string) => `${who} changed the topic to “${to}”`,
    topicRemoved: (who: string) => `${who} removed the topic`,
    avatar: (who: string) => `${who} changed the picture of the room`,
    avatarRemoved: (who: string) => `${who} removed the picture of the room`,
    joined: (who: string) => `${who} joined`,
    left: (who: string) => `${who} left`,
    invited: (who: string, whom: string) => `${who} invited ${whom}`,
    kicked: (who: string, whom: string) => `${who} removed ${whom}`,
    banned: (who: string, whom: string) => `${who} banned ${whom}`,
    unbanned: (who: string, whom: string) => `${who} lifted the ban of ${whom}`,
    knocked: (who: string) => `${who} asked to join`,
    declined: (who: string) => `${who} declined the invitation`,
    withdrawn: (who: string, whom: string) => `${who} withdrew the invitation of ${whom}`,
    knockAccepted: (who: string, whom: string) => `${who} accepted the request of ${whom} to join`,
    knockDenied: (who: string, whom: string) => `${who} declined the request of ${whom} to join`,
    knockRetracted: (who: string) => `${who} took the request to join back`,
    withReason: (sentence: string, reason: string) => `${sentence}: ${reason}`,
    picture: (who: string) => `${who} changed their picture`,
    renamed: (from: string, to: string) => `${from} is now called ${to}`,
    renamedWithPicture: (from: string, to: string) => `${from} is now called ${to} and changed their picture`,
    displayNameSet: (who: string, to: string) => `${who} ${has(who)} taken the name ${to}`,
    nameSetAndPicture: (who: string, to: string) =>
      `${who} ${has(who)} taken the name ${to} and changed their picture`,
    displayNameRemoved: (who: string) => `${who} removed their name`,
    nameAndPictureRemoved: (who: string) => `${who} removed their name and changed their picture`,
    nothingSeen: (who: string) => `${who} updated their profile`,
    joinRules: (who: string, rule: string) => `${who} ${joinRules.get(rule) ?? "changed who may join"}`,
    historyVisibility: (who: string, visibility: string) =>
      `${who} ${visibilities.get(visibility) ?? "changed who may read the history"}`,
    guestAccess: (who: string, access: string) =>
      access === "can_join" ? `${who} let guests in` : `${who} closed the room for guests`,
    powerLevels: (who: string) => `${who} changed who may do what in the room`,
    encryption: (who: string) => `${who} turned on encryption`,
    alias: (who: string, alias: string) => `${who} made ${alias} the address of the room`,
    aliasRemoved: (who: string) => `${who} removed the address of the room`,
    pinned: (who: string, change: "pinned" | "unpinned" | "changed") =>
      change === "changed" ? `${who} changed the pinned messages` : `${who} ${change} a message`,
    upgraded: (who: string) => `${who} moved the room to a new one`,
    serverAcl: (who: string) => `${who} changed which servers may take part`,
  },

  runs: {
    setup: (who: string) => `${who} created the room`,
    joined: (who: string) => `${who} joined`,
    left: (who: string) => `${who} left`,
    invited: (who: string, count: number) =>
      `${who} ${count === 1 && who !== "You" ? "was" : "were"} invited`,
    knocked: (who: string) => `${who} asked to join`,
    declined: (who: string) => `${who} declined the invitation`,
    withdrawn: (who: string, count: number) =>
      count === 1 ? `The invitation of ${who} was withdrawn` : `The invitations of ${who} were withdrawn`,
    "knock-accepted": (who: string, count: number) =>
      count === 1
        ? `The request of ${who} to join was accepted`
        : `The requests of ${who} to join were accepted`,
    "knock-retracted": (who: string) => `${who} took the request to join back`,
    profile: (who: string) => `${who} changed their profile`,
  },

  composer: {
    message: "Message",
    placeholder: "Write a message",
    send: "Send",
    saveEdit: "Save",
    editing: "Editing an unsent message",
    cancelEdit: "Cancel editing",
    tooLong: (bytes: number, most: number) =>
      `This message is too long to be sent: ${number.format(bytes)} of at most ${number.format(most)} bytes. Send it as a text file, or split it.`,
    tooLongEdit: (bytes: number, most: number) =>
      `An edited message has to be shorter: ${number.format(bytes)} of at most ${number.format(most)} bytes. The rest can be a message of its own.`,
    unknownCommand: (name: string) =>
      `There is no command ${name}. To send a message that begins with a slash, begin it with two.`,
    emptyCommand: (name: string) => `${name} needs some text after it.`,
    notStored: (why: string) => `Your message was not sent, and is still here. ${why}`,
    notJoined: "You are not a member of this room, so you cannot write here.",
    noPermission: "You do not have permission to write in this room.",
    encrypted:
      "This room is encrypted. Dunlin cannot read or write encrypted messages yet, and never sends plain text into such a room.",
    upgraded: "This room has moved to a new one. Nobody should write here any more.",
    goToNew: "Go to the new room",
    banned: "You are banned from this room.",
  },
  typing: (names: readonly string[]) =>
    names.length === 1
      ? `${names[0] ?? ""} is typing…`
      : names.length <= 3
        ? `${list.format(names)} are typing…`
        : `${list.format([...names.slice(0, 2), n(names.length - 2, "other", "others")])} are typing…`,

  header: {
    details: "Details",
    back: "Back to the list",
    members: (count: number) => n(count, "member", "members"),
    encrypted: "Encrypted",
    encryptedHint: "Messages in this room are encrypted. Dunlin cannot read them yet.",
    unencrypted: "Not encrypted",
    unencryptedHint: "Messages in this room are not encrypted: the servers that take part can read them.",
    search: "Search in this room",
    showTopic: "Show the whole topic",
    about: (name: string) => `About ${name}`,
  },

  outbox: {
    empty: "Everything has been sent.",
    intro: (count: number) => `${n(count, "message has", "messages have")} not reached the server yet.`,
    sendAll: "Send all again",
    since: (time: string) => `Written: ${time}`,
    queued: "Waits for its turn. It is sent by itself as soon as there is a connection.",
    sending: "Is being sent now.",
    sent: "Has been sent.",
    failed: (why: string) => `That did not work. ${why}`,
    actionsOf: (action: string, text: string) => `${action}: ${text}`,
  },
};
