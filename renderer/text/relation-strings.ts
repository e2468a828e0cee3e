// The catalogue of what is said about messages that speak of others: answers, edits, reactions, deletions, pins.

const list = new Intl.ListFormat("en", { style: "long", type: "conjunction" });
const number = new Intl.NumberFormat("en");
const n = (count: number, one: string, many: string): string =>
  `${number.format(count)} ${count === 1 ? one : many}`;

export const relationStrings = {
  react: "React",
  reactWith: (key: string) => `React with ${key}`,
  moreEmoji: "More emoji",
  reply: "Reply",
  edit: "Edit",
  removeMenu: "Delete…",
  reportMenu: "Report…",
  reportTitle: "Report this message",
  more: "More actions",
  copyLink: "Copy link",
  copyUri: "Copy matrix: link",
  forward: "Forward…",
  pin: "Pin",
  unpin: "Unpin",
  history: "Edit history",
  historyIncomplete: "The server could not be asked for all edits; these are the ones that are here.",
  firstVersion: "as first written",
  nobodyYet: "Nobody has reacted yet.",
  whoReacted: "Reactions",

  edited: "edited",
  editedAt: (time: string) => `Edited: ${time}. Show the edit history`,
  editWaits: "edited, not sent yet",
  editUnsent: "Your edit was not sent.",
  deletionUnsent: "The message was not deleted.",
  keepIt: "Keep it",

  /** A reaction that is a picture without words. */
  keyPicture: "picture",
  /** The name of a chip. */
  chip: (key: string, count: number, isOwn: boolean) =>
    `${key}, ${n(count, "reaction", "reactions")}${isOwn ? ", yours among them" : ""}`,
  chipTip: (key: string, names: readonly string[], others: number) =>
    `${list.format(others > 0 ? [...names, n(others, "other", "others")] : names)} reacted with ${key}`,
  addReaction: "Add a reaction",
  reactionsTo: "Reactions to this message",

  answered: (name: string) => `Answer to ${name}`,
  quoteGone: "Message deleted",
  quoteMissing: "This message cannot be shown here.",
  quoteLoading: "Loading the message",
  quoteKinds: {
    image: "Photo",
    video: "Video",
    audio: "Recording",
    file: "File",
    sticker: "Sticker",
    encrypted: "Encrypted message",
  } as Readonly<Record<string, string>>,
  replyingTo: (name: string | null) => (name === null ? "Replying to a message" : `Replying to ${name}`),
  editing: "Editing a message",
  editingCaption: "Editing a caption",
  answeredGone: "The message you were answering was deleted before it was sent.",
  editedGone: "The message you were editing was deleted.",
  editedGoneKept: "The message you were editing was deleted. What you wrote stays here as a new message.",
  cancelReply: "Do not reply",

  thread: {
    title: "Thread",
    list: "Threads",
    log: "Thread",
    reply: "Reply in thread",
    composer: "Reply in thread",
    placeholder: "Reply in thread",
    count: (count: number) => n(count, "reply", "replies"),
    about: (unread: number, unsent: number) =>
      [
        "Thread",
        ...(unread > 0 ? [`${number.format(unread)} unread`] : []),
        ...(unsent > 0 ? [`${number.format(unsent)} not sent`] : []),
      ].join(", "),
    unsent: (count: number) => `${number.format(count)} not sent`,
    button: (unread: number) =>
      unread > 0 ? `Threads, ${n(unread, "unread reply", "unread replies")}` : "Threads",
    empty: "No threads in this room yet",
    emptyHint: "“Reply in thread” on a message keeps a side matter together.",
    more: "Show more",
    failed: (why: string) => `The server could not be asked for all threads. ${why}`,
    toRoot: "Show in the room",
  },

  pins: {
    title: "Pinned messages",
    bar: "Pinned in this room",
    one: "Pinned message",
    /** `place` counts from 1, the last pinned first. */
    place: (place: number, count: number) =>
      `Pinned message ${number.format(place)} of ${number.format(count)}`,
    /** Pinned as soon as it is sent. */
    unsent: "not sent yet",
    show: "Show in the room",
    showIt: "Show",
    all: (count: number) => `Pinned messages, ${number.format(count)}`,
    unpin: "Unpin",
    empty: "Nothing is pinned in this room",
    emptyHint: "“Pin” on a message keeps it at hand for everybody.",
    failed: (why: string) => `That did not work. ${why}`,
    refused: (why: string) => `The server did not take what was pinned or unpinned here. ${why}`,
  },

  deletion: {
    title: "Delete this message?",
    text: "It disappears for everybody in the room and cannot be brought back.",
    ofOther: (name: string) => `The message of ${name} disappears for everybody in the room.`,
    reason: "Reason (optional, everybody can read it)",
    confirm: "Delete",
    cancel: "Cancel",
    failed: (why: string) => `That did not work. ${why}`,
  },

  keepSticker: "Add to my stickers",
  stickerKept: "Added to your stickers.",

  stickers: {
    open: "Emoji and stickers",
    tabs: { emoji: "Emoji", stickers: "Stickers" },
    own: "Your stickers",
    name: "Stickers",
    search: "Search stickers",
    none: "No stickers yet",
    noneHint: "“Add to my stickers” in the menu of a sticker or a picture keeps it here.",
    nothing: "No stickers found",
    count: (count: number) => `${number.format(count)} stickers found`,
    ownTip: (words: string) => `${words} (Delete takes it out)`,
    failed: (why: string) => `That did not work. ${why}`,
  },

  /** A picture among those of several packs. */
  ofPack: (words: string, pack: string) => `${words} · ${pack}`,
  picker: {
    open: "Emoji",
    name: "Emoji",
    search: "Search emoji",
    frequent: "Often used",
    found: "Found",
    nothing: "No emoji found",
    count: (count: number) => `${number.format(count)} emoji found`,
    groups: {
      0: "Smileys and emotion",
      1: "People and body",
      3: "Animals and nature",
      4: "Food and drink",
      5: "Travel and places",
      6: "Activities",
      7: "Objects",
      8: "Symbols",
      9: "Flags",
    } as Readonly<Record<number, string>>,
  },
};
