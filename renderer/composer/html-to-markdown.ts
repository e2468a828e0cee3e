// From what other programs put on the clipboard to the Markdown one could have typed. The HTML is parsed apart from the
// page (nothing of it runs or is fetched) and only read: what comes out is text.

export interface Converted {
  readonly markdown: string;
  /** It says something that plain text does not. */
  readonly isFormatted: boolean;
}

const MAX_DEPTH = 60;
const skipped = new Set(
  "SCRIPT STYLE TEMPLATE HEAD TITLE NOSCRIPT IFRAME OBJECT SVG MATH TEXTAREA SELECT".split(" "),
);
const blocks = new Set(
  "P DIV SECTION ARTICLE HEADER FOOTER MAIN ASIDE FIGURE ADDRESS DL DT DD FORM".split(" "),
);

export function htmlToMarkdown(html: string): Converted {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  const writer = new Writer();
  const text = writer.children(body, 0);
  return { markdown: tidy(text), isFormatted: writer.isFormatted };
}

/** No more than one empty line, no blanks at line ends. */
const tidy = (text: string): string =>
  text
    .replace(/[^\S\n]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

class Writer {
  isFormatted = false;

  children(node: Node, depth: number): string {
    if (depth > MAX_DEPTH) return escaped(node.textContent ?? "");
    let text = "";
    for (const child of node.childNodes) text += this.#node(child, depth + 1);
    return text;
  }

  #node(node: Node, depth: number): string {
    if (node instanceof Text) return escaped(node.data.replace(/\s+/g, " "));
    if (!(node instanceof HTMLElement) || skipped.has(node.tagName)) return "";
    const { tagName } = node;
    const inside = (): string => this.children(node, depth);
    switch (tagName) {
      case "BR":
        return "\n";
      case "HR":
        return this.#formatted("\n\n---\n\n");
      case "STRONG":
      case "B":
        // An office wraps whole documents into a <b> that is not bold.
        return node.style.fontWeight === "normal" || node.style.fontWeight === "400"
          ? inside()
          : this.#around("**", inside());
      case "EM":
      case "I":
        return this.#around("*", inside());
      case "S":
      case "DEL":
      case "STRIKE":
        return this.#around("~~", inside());
      case "SPAN":
        return this.#span(node, inside());
      case "CODE":
      case "KBD":
      case "SAMP":
        return this.#code(node.textContent);
      case "PRE":
        return this.#fence(node);
      case "A":
        return this.#link(node, inside());
      case "IMG":
        return escaped(node.getAttribute("alt") ?? "");
      case "BLOCKQUOTE":
        return this.#formatted(`\n\n${prefixed(tidy(inside()), "> ")}\n\n`);
      case "UL":
      case "OL":
        return this.#list(node, depth);
      case "LI":
        return `\n${inside().trim()}`;
      case "TABLE":
        return this.#table(node, depth);
      default:
        if (/^H[1-6]$/.test(tagName))
          return this.#formatted(`\n\n${"#".repeat(Number(tagName[1]))} ${oneLine(inside())}\n\n`);
        return blocks.has(tagName) ? `\n${tagName === "P" ? "\n" : ""}${inside()}\n` : inside();
    }
  }

  #formatted(text: string): string {
    this.isFormatted = true;
    return text;
  }

  /** Signs stand at the words, blanks outside of them; otherwise they would be no signs. */
  #around(sign: string, text: string): string {
    const [, before = "", words = "", after = ""] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? [];
    if (words === "") return text;
    return this.#formatted(
      `${before}${words
        .split(/\n\n+/)
        .map((part) => sign + part + sign)
        .join("\n\n")}${after}`,
    );
  }

  /** Word processors say with styles what others say with tags. */
  #span({ style }: HTMLElement, text: string): string {
    let out = text;
    if (style.textDecoration.includes("line-through")) out = this.#around("~~", out);
    if (style.fontStyle === "italic") out = this.#around("*", out);
    if (style.fontWeight === "bold" || Number(style.fontWeight) >= 600) out = this.#around("**", out);
    return out;
  }

  #code(text: string): string {
    if (text.trim() === "") return text;
    const fence = "`".repeat(longestRun(text, "`") + 1);
    const pad = text.startsWith("`") || text.endsWith("`") ? " " : "";
    return this.#formatted(fence + pad + text.replace(/\n/g, " ") + pad + fence);
  }

  #fence(pre: HTMLElement): string {
    const language = /(?:^|\s)(?:language|lang|highlight-source)-([\w+#.-]{1,40})/.exec(
      `${pre.className} ${pre.querySelector("code")?.className ?? ""}`,
    )?.[1];
    const text = pre.textContent.replace(/\n$/, "");
    const fence = "`".repeat(Math.max(3, longestRun(text, "`") + 1));
    return this.#formatted(`\n\n${fence}${language ?? ""}\n${text}\n${fence}\n\n`);
  }

  #link(link: HTMLElement, text: string): string {
    const href = link.getAttribute("href") ?? "";
    const words = oneLine(text);
    if (!/^(?:https?:\/\/|mailto:|matrix:)/i.test(href) || /[\s<>]/.test(href)) return text;
    if (words === "" || unescaped(words) === href || unescaped(words) === href.replace(/\/$/, ""))
      return href;
    return this.#formatted(`[${words}](<${href}>)`.replace(/\(<([^()]*)>\)$/, "($1)"));
  }

  #list(list: HTMLElement, depth: number): string {
    const items = [...list.children].filter(
      (child) => child.tagName === "LI" || child.tagName === "UL" || child.tagName === "OL",
    );
    let number = Number(list.getAttribute("start") ?? "1") || 1;
    const lines = items.map((item) => {
      if (item.tagName !== "LI") return prefixed(tidy(this.#node(item, depth + 1)), "   ");
      const sign = list.tagName === "OL" ? `${number++}. ` : "- ";
      const text = tidy(this.children(item, depth + 1)).replace(/\n\n+/g, "\n");
      return sign + prefixed(text, " ".repeat(sign.length)).slice(sign.length);
    });
    return lines.length === 0 ? "" : this.#formatted(`\n\n${lines.join("\n")}\n\n`);
  }

  #table(table: HTMLElement, depth: number): string {
    const rows = [...table.querySelectorAll("tr")].map((row) =>
      [...row.children].map((cell) => oneLine(this.children(cell, depth + 2)).replace(/(?<!\\)\|/g, "\\|")),
    );
    const width = Math.max(0, ...rows.map((row) => row.length));
    // A table of one column or one cell is somebody's layout.
    if (width < 2 || rows.length < 2) return `\n${rows.map((row) => row.join(" ")).join("\n")}\n`;
    const line = (row: readonly string[]): string =>
      `| ${Array.from({ length: width }, (_, at) => row[at] ?? "").join(" | ")} |`;
    const [head = [], ...rest] = rows;
    return this.#formatted(
      `\n\n${[line(head), line(head.map(() => "---").concat(Array<string>(width - head.length).fill("---"))), ...rest.map(line)].join("\n")}\n\n`,
    );
  }
}

const prefixed = (text: string, prefix: string): string =>
  text
    .split("\n")
    .map((line) => (prefix + line).trimEnd())
    .join("\n");

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();

function longestRun(text: string, sign: string): number {
  let longest = 0;
  let run = 0;
  for (const character of text) {
    run = character === sign ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Words keep meaning themselves. */
const escaped = (text: string): string => text.replace(/[\\`*_~|[\]]/g, "\\$&");
const unescaped = (text: string): string => text.replace(/\\([\\`*_~|[\]])/g, "$1");
