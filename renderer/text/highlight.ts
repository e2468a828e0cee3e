// Words of code in colour. Not a parser: comments, strings, numbers and keywords are what the eye looks for, and they
// look much the same in most languages. Works on text and answers nodes, so nothing in it can become anything else.

/** Longer code stays plain. */
const MAX_CODE = 20_000;
/** What comes after so many coloured words stays plain: each is an element in the page. */
const MAX_WORDS = 2000;

const cWords =
  "async await break case catch class const continue default delete do else enum export extends false final finally for from func fn function go goto if impl implements import in instanceof interface internal let loop match mod module mut namespace new nil null object of operator override package private protected pub public readonly return self sealed static struct super switch this throw throws trait true try type typeof undefined union unsafe use using val var virtual void volatile when where while with yield int long short char float double bool boolean string unsigned u8 u16 u32 u64 i8 i16 i32 i64 usize f32 f64";
const keywords = {
  c: cWords,
  rust: cWords,
  hash: "and as assert async await begin break case class continue def del do done elif else elsif end ensure esac except export False false fi finally for from function global if import in is lambda local module next nil None nonlocal not or pass raise rescue return self then True true try unless until when while with yield",
  sql: "add all alter and as asc between by case check column constraint create default delete desc distinct drop else end exists from foreign full group having if in index inner insert into is join key left like limit not null on or order outer primary references returning right select set table then union unique update values view when where with",
} as const;

type Family = keyof typeof keywords;
const families: Readonly<Record<Family, string>> = {
  c: "c h cpp c++ cc cs csharp java js javascript jsx mjs ts typescript tsx go golang kt kotlin swift scala dart php svelte zig json json5 jsonc",
  rust: "rs rust",
  hash: "py python rb ruby sh bash zsh shell console yaml yml toml ini perl pl r make makefile dockerfile nix elixir ex",
  sql: "sql sqlite postgres postgresql mysql plsql",
};
const familyOf = new Map<string, Family>();
for (const family of Object.keys(families) as Family[])
  for (const name of families[family].split(" ")) familyOf.set(name, family);

const cComments = String.raw`\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)`;
const comments: Readonly<Record<Family, string>> = {
  c: cComments,
  rust: cComments,
  hash: String.raw`(?<=^|\s)#[^\n]*`,
  sql: String.raw`--[^\n]*|\/\*[^]*?(?:\*\/|$)`,
};
// Each alternative begins with a literal and takes one run that cannot end inside itself: linear.
const doubleQuoted = String.raw`"(?:[^"\\\n]|\\.)*"?`;
const singleQuoted = String.raw`'(?:[^'\\\n]|\\.)*'`;
const backQuoted = "`(?:[^`\\\\]|\\\\.)*`?";
const strings = `${doubleQuoted}|${singleQuoted}|${backQuoted}`;
/** In Rust a lone quote begins a lifetime. */
const rustStrings = String.raw`${doubleQuoted}|'(?:[^'\\\n]|\\.)'`;
const numbers = String.raw`\b(?:0x[\da-f]+|\d[\d_]*(?:\.\d+)?)\b`;

const patterns = new Map<Family, { readonly pattern: RegExp; readonly words: ReadonlySet<string> }>();
function patternOf(family: Family) {
  let known = patterns.get(family);
  if (known === undefined) {
    known = {
      pattern: new RegExp(
        `(?<comment>${comments[family]})|(?<string>${family === "rust" ? rustStrings : strings})|` +
          `(?<number>${numbers})|(?<word>[a-z_]\\w*)`,
        "gi",
      ),
      words: new Set(keywords[family].split(" ")),
    };
    patterns.set(family, known);
  }
  return known;
}

/** The code as nodes, or null for a language we do not know. `language` is that of the class, without "language-". */
export function highlight(code: string, language: string): DocumentFragment | null {
  const family = familyOf.get(language.toLowerCase());
  if (family === undefined || code.length > MAX_CODE) return null;
  const { pattern, words } = patternOf(family);
  const isKeyword = (word: string) => words.has(family === "sql" ? word.toLowerCase() : word);
  const fragment = document.createDocumentFragment();
  let from = 0;
  for (const match of code.matchAll(pattern)) {
    const { comment, string, number, word } = match.groups ?? {};
    if (word !== undefined && !isKeyword(word)) continue;
    const kind =
      comment !== undefined
        ? "comment"
        : string !== undefined
          ? "string"
          : number !== undefined
            ? "number"
            : "keyword";
    const [text] = match;
    if (match.index > from) fragment.append(code.slice(from, match.index));
    const span = document.createElement("span");
    span.className = `code-${kind}`;
    span.textContent = text;
    fragment.append(span);
    from = match.index + text.length;
    if (fragment.childElementCount >= MAX_WORDS) break;
  }
  fragment.append(code.slice(from));
  return fragment;
}
