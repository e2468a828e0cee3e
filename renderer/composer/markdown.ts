import MarkdownIt from "markdown-it";
import type { UserId } from "../../preload/contract/ids.ts";
import type { DraftMention } from "../../preload/contract/models/room.ts";
import { matrixLink } from "../../preload/contract/matrix-link.ts";

// Markdown as people type it into a chat, to the HTML that other clients show (spec: m.room.message msgtypes). Loaded
// when somebody begins to write (`formatting.ts`). HTML typed by hand stays the text it is, and no picture is fetched.

/** What was typed, formatted. */
export interface Formatted {
  /** Null where the plain text says all there is. */
  readonly html: string | null;
  readonly users: readonly UserId[];
  /** `@room` stands in it, outside of code. */
  readonly isRoom: boolean;
}

type Inline = Parameters<ReturnType<typeof createParser>["inline"]["ruler"]["push"]>[1];

interface Found {
  readonly mentions: readonly DraftMention[];
  readonly users: Set<string>;
  isRoom: boolean;
}

const key = Symbol("found");
const foundIn = (env: object): Found => (env as { [key]: Found })[key];

const createParser = () =>
  new MarkdownIt({
    html: false,
    breaks: true,
    linkify: true,
    maxNesting: 40,
  });

function configure(md: ReturnType<typeof createParser>): ReturnType<typeof createParser> {
  // Four blanks, a line of dashes under a line, a link's definition, an entity: in a chat these are just text.
  md.disable(["image", "code", "lheading", "reference", "entity", "html_block", "html_inline"]);
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
  md.validateLink = (url) => /^(?:https?:\/\/|mailto:|matrix:(?:u|r|roomid)\/)/i.test(url.trim());
  md.inline.ruler.at("text", plainRun);
  md.inline.ruler.before("escape", "mention", mention);
  md.inline.ruler.before("escape", "emoticon", emoticon);
  md.inline.ruler.before("escape", "spoiler", spoiler);
  md.inline.ruler.before("escape", "maths", maths);
  const { rules } = md.renderer;
  rules["s_open"] = () => "<del>";
  rules["s_close"] = () => "</del>";
  // The alignment of a column is a style, which no client keeps.
  for (const tag of ["th", "td"]) rules[`${tag}_open`] = () => `<${tag}>`;
  rules["emoticon"] = (tokens, at) =>
    emoticonTag(String(tokens[at]?.attrGet("src") ?? ""), tokens[at]?.content ?? "");
  rules["maths_inline"] = (tokens, at) => mathsTag("span", tokens[at]?.content ?? "");
  rules["maths_block"] = (tokens, at) => mathsTag("div", tokens[at]?.content ?? "");
  return md;

  function emoticonTag(src: string, text: string): string {
    const words = md.utils.escapeHtml(text);
    // The height is for clients that know no emoticons (spec: Sending custom emotes).
    return `<img data-mx-emoticon src="${md.utils.escapeHtml(src)}" alt="${words}" title="${words}" height="32">`;
  }

  function mathsTag(tag: string, tex: string): string {
    const text = md.utils.escapeHtml(tex);
    // The code is what clients without maths show.
    return `<${tag} data-mx-maths="${text}"><code>${text}</code></${tag}>`;
  }
}

/** Characters at which a rule may begin; what lies between them is text. */
const run = /[^\n!#$&*+\-:<=>@[\\\]^_`{|}~]+/y;
const plainRun: Inline = (state, silent) => {
  run.lastIndex = state.pos;
  const match = run.exec(state.src.slice(0, state.posMax));
  if (match === null) return false;
  if (!silent) state.pending += match[0];
  state.pos += match[0].length;
  return true;
};

const wordAfter = /^[\p{L}\p{N}_]/u;
const wordBefore = /[\p{L}\p{N}_/]$/u;
const fullId = /^(?:@[\w.=/+-]+|#[\w.=+-]+):(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+(?::\d{1,5})?/;

const mention: Inline = (state, silent) => {
  const { pos, src, posMax } = state;
  const sigil = src[pos];
  if (sigil !== "@" && sigil !== "#") return false;
  if (wordBefore.test(src.slice(Math.max(0, pos - 2), pos))) return false;
  const rest = src.slice(pos, posMax);
  const found = foundIn(state.env);
  const { text, id } = mentionAt(rest, found.mentions) ?? { text: "", id: "" };
  if (text === "") return false;
  if (!silent) {
    if (id === "@room") {
      found.isRoom = true;
      state.pending += text;
    } else {
      if (id.startsWith("@")) found.users.add(id);
      const open = state.push("link_open", "a", 1);
      open.attrs = [["href", matrixLink({ id, eventId: null, via: [] })]];
      state.push("text", "", 0).content = text === id ? text : text.replace(/^@/, "");
      state.push("link_close", "a", -1);
    }
  }
  state.pos += text.length;
  return true;
};

/** A picture that was picked, by its name between colons. */
const emoticon: Inline = (state, silent) => {
  const { pos, src, posMax } = state;
  if (src[pos] !== ":") return false;
  const rest = src.slice(pos, posMax);
  const picked = foundIn(state.env).mentions.find(
    ({ text, id }) => id.startsWith("mxc://") && rest.startsWith(text),
  );
  if (picked === undefined) return false;
  if (!silent) {
    const token = state.push("emoticon", "", 0);
    token.attrs = [["src", picked.id]];
    token.content = picked.text;
  }
  state.pos += picked.text.length;
  return true;
};

/** Who is named at the start of `rest`: somebody who was picked, a full id, or the whole room. */
function mentionAt(rest: string, mentions: readonly DraftMention[]): DraftMention | null {
  const picked = mentions
    .filter(
      ({ text, id }) =>
        !id.startsWith("mxc://") && rest.startsWith(text) && !wordAfter.test(rest.slice(text.length)),
    )
    .reduce<DraftMention | null>(
      (best, one) => (best === null || one.text.length > best.text.length ? one : best),
      null,
    );
  if (picked !== null) return picked;
  const id = fullId.exec(rest)?.[0];
  if (id !== undefined) return { text: id, id };
  return rest.startsWith("@room") && !wordAfter.test(rest.slice(5)) ? { text: "@room", id: "@room" } : null;
}

/** `||hidden||` */
const spoiler: Inline = (state, silent) => {
  const { pos, src, posMax } = state;
  if (!src.startsWith("||", pos)) return false;
  const end = src.indexOf("||", pos + 2);
  if (end <= pos + 2 || end + 2 > posMax || src.slice(pos + 2, end).trim() === "") return false;
  if (!silent) {
    state.push("spoiler_open", "span", 1).attrs = [["data-mx-spoiler", ""]];
    const { posMax: outer } = state;
    state.pos = pos + 2;
    state.posMax = end;
    state.md.inline.tokenize(state);
    state.posMax = outer;
    state.push("spoiler_close", "span", -1);
  }
  state.pos = end + 2;
  return true;
};

// As pandoc has it: no blank after the first, none before the last, and no digit behind it, so that "$5 and $6" is
// about money.
const inlineMaths = /^\$(?![\s$])((?:\\.|[^\\$\n])*?)(?<!\s)\$(?!\d)/;
const blockMaths = /^\$\$\s*((?:\\.|[^\\$])+?)\s*\$\$/;
const MAX_MATHS = 2000;

const maths: Inline = (state, silent) => {
  const { pos, src, posMax } = state;
  if (src[pos] !== "$") return false;
  const rest = src.slice(pos, posMax);
  const block = blockMaths.exec(rest);
  const match = block ?? inlineMaths.exec(rest);
  const tex = match?.[1];
  if (match === null || tex === undefined || tex === "" || tex.length > MAX_MATHS) return false;
  if (!silent) state.push(block === null ? "maths_inline" : "maths_block", "", 0).content = tex;
  state.pos += match[0].length;
  return true;
};

const md = configure(createParser());

/** Says in HTML what `text` says in Markdown. `mentions` are the names in it that stand for somebody. */
export function formatMarkdown(text: string, mentions: readonly DraftMention[]): Formatted {
  const found: Found = { mentions, users: new Set(), isRoom: false };
  const env = { [key]: found };
  const tokens = md.parse(text, env);
  const users = [...found.users].slice(0, 50) as UserId[];
  if (isPlain(tokens)) return { html: null, users, isRoom: found.isRoom };
  const inner = tokens.length === 3 && tokens[0]?.type === "paragraph_open" ? [tokens[1]!] : tokens;
  const html = md.renderer.render(inner, md.options, env).trim();
  return { html, users, isRoom: found.isRoom };
}

/** A backslash that takes its meaning from a sign. */
const escapes = /\\[!-/:-@[-`{-~]/;

/** Nothing but words and addresses that every client finds by itself. */
function isPlain(tokens: ReturnType<typeof md.parse>): boolean {
  return tokens.every(({ type, content, children }) => {
    if (type === "paragraph_open" || type === "paragraph_close") return true;
    return (
      type === "inline" &&
      !escapes.test(content) &&
      (children ?? []).every(
        (child) => child.type === "text" || child.type === "softbreak" || child.info === "auto",
      )
    );
  });
}
