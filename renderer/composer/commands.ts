import type { UserId } from "../../preload/contract/ids.ts";
import type { MessageContent } from "../../preload/contract/models/message-content.ts";
import { commandStrings as words } from "../text/composer-strings.ts";
import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";
import { rainbow } from "./rainbow.ts";
import { withoutTags } from "./without-tags.ts";

// What begins with a slash. Each command checks what it was given and answers what is to be done, or what is wrong in
// words; the one that changes a room does so only when the field hands its action on.

/** Something done to a room or to ourselves, by a request of its own. */
export type RoomAction =
  | { readonly do: "topic"; readonly topic: string }
  | { readonly do: "invite" | "kick" | "ban" | "unban"; readonly userId: UserId; readonly reason: string }
  | { readonly do: "power"; readonly userId: UserId; readonly level: number }
  | { readonly do: "name"; readonly name: string }
  | { readonly do: "room-name"; readonly name: string }
  | { readonly do: "join"; readonly room: string; readonly via: readonly string[] }
  | { readonly do: "leave" }
  | { readonly do: "help" }
  | { readonly do: "poll" };

/** A message before its text is formatted. */
export type Wanted =
  /** Markdown of this kind. */
  | { readonly markdown: string; readonly msgtype: "m.text" | "m.emote" | "m.notice" }
  /** As it stands. */
  | { readonly content: MessageContent }
  | { readonly action: RoomAction }
  /** `instead`: it may be meant as words. */
  | { readonly problem: string; readonly instead?: "words" };

export interface Command {
  readonly name: string;
  /** What stands after it, as the help shows it. */
  readonly args: string;
  readonly help: string;
  readonly run: (rest: string, name: string) => Wanted;
}

const problem = (text: string): Wanted => ({ problem: text });
const act = (action: RoomAction): Wanted => ({ action });
const needsText =
  (make: (rest: string) => Wanted): Command["run"] =>
  (rest, name) =>
    rest.trim() === "" ? problem(words.emptyCommand(name)) : make(rest);

const html = (body: string, formatted_body: string): Wanted => ({
  content: { msgtype: "m.text", body, format: "org.matrix.custom.html", formatted_body },
});

const appended =
  (sign: string): Command["run"] =>
  (rest) => ({ content: { msgtype: "m.text", body: rest.trim() === "" ? sign : `${sign} ${rest}` } });

/** An id, or an address of somebody pasted from elsewhere. */
function userIn(text: string): UserId | null {
  const id = parseMatrixLink(text)?.id ?? text;
  return /^@[^\s:]*:[^\s]+$/.test(id) && new TextEncoder().encode(id).length <= 255 ? (id as UserId) : null;
}

const aboutUser =
  (what: "invite" | "kick" | "ban" | "unban"): Command["run"] =>
  (rest, name) => {
    const [, who = "", reason = ""] = /^(\S+)(?:\s+([^]*))?$/.exec(rest.trim()) ?? [];
    if (who === "") return problem(words.needsUser(name));
    const userId = userIn(who);
    // Whoever names two means both; a reason is no name.
    const [next = ""] = reason.trim().split(/\s+/);
    if (what === "invite" && userIn(next) !== null) return problem(words.oneUser(name));
    return userId === null
      ? problem(words.noUser(who))
      : act({ do: what, userId, reason: reason.trim().slice(0, 1000) });
  };

/** Matrix has levels from the rank of a reader to that of the owner; beyond, nothing is meant. */
const MAX_LEVEL = 9_007_199_254_740_991;

const op: Command["run"] = (rest, name) => {
  const [who = "", level = "50", ...more] = rest.trim().split(/\s+/);
  if (who === "") return problem(words.needsUser(name));
  const userId = userIn(who);
  if (userId === null) return problem(words.noUser(who));
  const isLevel = /^-?\d{1,16}$/.test(level) && Math.abs(Number(level)) <= MAX_LEVEL && more.length === 0;
  return isLevel ? act({ do: "power", userId, level: Number(level) }) : problem(words.noLevel(level));
};

const deop: Command["run"] = (rest, name) => {
  const who = rest.trim();
  if (who === "") return problem(words.needsUser(name));
  const userId = userIn(who);
  return userId === null ? problem(words.noUser(who)) : act({ do: "power", userId, level: 0 });
};

const join: Command["run"] = (rest, name) => {
  const [where = "", ...servers] = rest.trim().split(/\s+/);
  if (where === "") return problem(words.needsRoom(name));
  const target = parseMatrixLink(where);
  const room = target?.id ?? where;
  const isRoom = /^(?:![^\s/?#]+|#[^\s:]+:\S+)$/.test(room) && new TextEncoder().encode(room).length <= 255;
  return isRoom
    ? act({ do: "join", room, via: (target?.via.length ? target.via : servers).slice(0, 10) })
    : problem(words.noRoom(where));
};

const alone =
  (action: RoomAction): Command["run"] =>
  (rest, name) =>
    rest.trim() === "" ? act(action) : problem(words.takesNothing(name));

/** `52.52, 13.405 By the river`: latitude, longitude, and perhaps what it is called. */
const location: Command["run"] = (rest, name) => {
  const match = /^(-?\d{1,2}(?:\.\d{1,8})?)\s*[,\s]\s*(-?\d{1,3}(?:\.\d{1,8})?)(?:\s+([^]*))?$/.exec(
    rest.trim(),
  );
  const latitude = Number(match?.[1]);
  const longitude = Number(match?.[2]);
  if (match === null || Math.abs(latitude) > 90 || Math.abs(longitude) > 180)
    return problem(words.noPlace(name));
  const geo_uri = `geo:${match[1]},${match[2]}`;
  const label = match[3]?.trim() ?? "";
  return { content: { msgtype: "m.location", body: label === "" ? geo_uri : label, geo_uri } };
};

const named =
  (what: "name" | "room-name"): Command["run"] =>
  (rest, name) => {
    const wanted = rest.trim();
    if (wanted === "") return problem(words.emptyCommand(name));
    return wanted.length > 255 ? problem(words.longName) : act({ do: what, name: wanted });
  };

const command = (name: keyof typeof words.help, args: string, run: Command["run"]): Command => ({
  name: `/${name}`,
  args,
  help: words.help[name],
  run,
});

/** In the order in which the help shows them. */
export const commands: readonly Command[] = [
  command(
    "me",
    words.text,
    needsText((markdown) => ({ markdown, msgtype: "m.emote" })),
  ),
  command(
    "plain",
    words.text,
    needsText((body) => ({ content: { msgtype: "m.text", body } })),
  ),
  command(
    "html",
    "HTML",
    needsText((source) => html(withoutTags(source) || source, source)),
  ),
  command(
    "notice",
    words.text,
    needsText((markdown) => ({ markdown, msgtype: "m.notice" })),
  ),
  command(
    "spoiler",
    words.text,
    needsText((text) => ({ markdown: `||${text}||`, msgtype: "m.text" })),
  ),
  command(
    "rainbow",
    words.text,
    needsText((text) => html(text, rainbow(text))),
  ),
  command("shrug", words.maybeText, appended("¯\\_(ツ)_/¯")),
  command("tableflip", words.maybeText, appended("(╯°□°)╯︵ ┻━┻")),
  command("location", words.place, location),
  command("poll", "", alone({ do: "poll" })),
  command(
    "topic",
    words.text,
    needsText((topic) => act({ do: "topic", topic: topic.trim() })),
  ),
  command("invite", words.userReason, aboutUser("invite")),
  command("kick", words.userReason, aboutUser("kick")),
  command("ban", words.userReason, aboutUser("ban")),
  command("unban", words.userReason, aboutUser("unban")),
  command("op", words.userLevel, op),
  command("deop", words.user, deop),
  command("nick", words.name, named("name")),
  command("myroomnick", words.name, named("room-name")),
  command("join", words.room, join),
  command("part", "", alone({ do: "leave" })),
  command("leave", "", alone({ do: "leave" })),
  command("help", "", alone({ do: "help" })),
];

const byName = new Map(commands.map((one) => [one.name, one]));

/** What the text says to do; a message where it is no command. */
export function wanted(text: string): Wanted {
  // "/usr/bin" is a path, "/shrugg" looks like a command we do not have: sending it as text would surprise.
  const name = /^\/[A-Za-z]+(?=\s|$)/.exec(text)?.[0];
  if (name === undefined)
    return { markdown: text.startsWith("//") ? text.slice(1) : text, msgtype: "m.text" };
  const found = byName.get(name.toLowerCase());
  const rest = text.slice(name.length).replace(/^\s/, "");
  return found === undefined
    ? { problem: words.unknownCommand(name), instead: "words" }
    : found.run(rest, name);
}
