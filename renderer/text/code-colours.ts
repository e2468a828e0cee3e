import type { HLJSApi, LanguageFn } from "highlight.js";

// Colours for code, by highlight.js with a chosen set of languages, loaded when the first code that names its language
// is shown. It answers HTML of its own making, from which only words and the kinds of words are taken.

/** Longer code stays plain. */
const MAX_CODE = 20_000;

type Loader = () => Promise<{ default: LanguageFn }>;

const loaders: Readonly<Record<string, Loader>> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  css: () => import("highlight.js/lib/languages/css"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  go: () => import("highlight.js/lib/languages/go"),
  haskell: () => import("highlight.js/lib/languages/haskell"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  nix: () => import("highlight.js/lib/languages/nix"),
  perl: () => import("highlight.js/lib/languages/perl"),
  php: () => import("highlight.js/lib/languages/php"),
  powershell: () => import("highlight.js/lib/languages/powershell"),
  python: () => import("highlight.js/lib/languages/python"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scala: () => import("highlight.js/lib/languages/scala"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

const aliases = new Map(
  Object.entries({
    bash: "sh zsh shell console",
    c: "h",
    cpp: "c++ cc hpp",
    csharp: "cs c#",
    diff: "patch",
    dockerfile: "docker",
    go: "golang",
    haskell: "hs",
    ini: "toml",
    javascript: "js jsx mjs cjs",
    json: "json5 jsonc",
    kotlin: "kt",
    makefile: "make",
    markdown: "md",
    perl: "pl",
    powershell: "ps1 ps",
    python: "py",
    ruby: "rb",
    rust: "rs",
    sql: "sqlite postgres postgresql mysql",
    typescript: "ts tsx mts",
    xml: "html svg svelte vue xhtml",
    yaml: "yml",
  }).flatMap(([name, others]) => others.split(" ").map((alias) => [alias, name] as const)),
);

/** Kinds of words as our styles know them; everything else keeps the colour of text. */
const kinds = new Map(
  Object.entries({
    comment: "comment quote deletion",
    keyword: "keyword built_in type selector-tag tag name section title operator meta-keyword attribute",
    string: "string regexp addition link symbol bullet template-variable char",
    number: "number literal variable attr params meta",
  }).flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind] as const)),
);

let core: Promise<HLJSApi> | null = null;

function nameOf(language: string): string | null {
  const lower = language.toLowerCase();
  const name = aliases.get(lower) ?? lower;
  return Object.hasOwn(loaders, name) ? name : null;
}

/** The code as nodes, or null for a language we do not know and for what is too long. */
export async function colourCode(code: string, language: string): Promise<DocumentFragment | null> {
  const name = nameOf(language);
  const load = name === null ? undefined : loaders[name];
  if (name === null || load === undefined || code.length > MAX_CODE) return null;
  core ??= import("highlight.js/lib/core").then((loaded) => loaded.default);
  const [hljs, grammar] = await Promise.all([core, load()]);
  if (hljs.getLanguage(name) === undefined) hljs.registerLanguage(name, grammar.default);
  const html = hljs.highlight(code, { language: name, ignoreIllegals: true }).value;
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const nodes = ourNodes(body);
  // Not a character of the code may change.
  return nodes.textContent === code ? nodes : null;
}

function ourNodes(from: Node): DocumentFragment {
  const fragment = document.createDocumentFragment();
  for (const child of from.childNodes) {
    if (!(child instanceof HTMLElement)) {
      fragment.append(child.textContent ?? "");
      continue;
    }
    const kind = kinds.get(/hljs-([\w-]+)/.exec(child.className)?.[1] ?? "");
    const inner = ourNodes(child);
    if (kind === undefined) {
      fragment.append(inner);
      continue;
    }
    const span = document.createElement("span");
    span.className = `code-${kind}`;
    span.append(inner);
    fragment.append(span);
  }
  return fragment;
}
