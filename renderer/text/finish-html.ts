import { colourCode } from "./code-colours.ts";
import { drawMaths } from "./maths.ts";
import type { PillLookup } from "./pill-book.svelte.ts";

// What comes after the words are there: colours of code, formulas, and the names that mentioned people have now. All of
// it may come late or never; the words stand without it.

/** Colours the code and draws the formulas in `box`. */
export function finishHtml(box: HTMLElement): void {
  for (const code of box.querySelectorAll<HTMLElement>("pre > code[class^=language-]")) {
    const language = code.className.replace(/^language-/, "");
    void colourCode(code.textContent, language)
      .then((nodes) => nodes !== null && code.replaceChildren(nodes))
      .catch(() => undefined);
  }
  for (const formula of box.querySelectorAll<HTMLElement>("[data-mx-maths]")) {
    const tex = formula.dataset["mxMaths"] ?? "";
    void drawMaths(tex, formula.tagName === "DIV")
      .then((nodes) => nodes !== null && formula.replaceChildren(nodes))
      .catch(() => undefined);
  }
}

/** Gives the pills the names and pictures of now. Reads reactive state: runs again when more is known. */
export function showPills(box: HTMLElement, pills: PillLookup | null): void {
  if (pills === null) return;
  for (const link of box.querySelectorAll<HTMLElement>("a.mention")) {
    const pill = pills.find(link.dataset["target"] ?? "");
    if (pill === null) continue;
    const src = pills.resourceUrl(pill.avatar);
    link.classList.toggle("mention-own", pill.kind === "person" && pill.isOwn);
    link.replaceChildren(...(src === null ? [] : [picture(src)]), pill.name);
  }
}

/** Shown in one body at most; of the others the words stand. */
const MOST_PICTURES = 50;

/** Puts the pictures in the place of their words. One that cannot be had leaves them. */
export function showPictures(box: HTMLElement, resourceUrl: (path: string) => string | null): void {
  for (const words of [...box.querySelectorAll<HTMLElement>("span[data-mxc]")].slice(0, MOST_PICTURES)) {
    const src = resourceUrl(words.dataset["mxc"] ?? "");
    if (src === null) continue;
    const image = new Image();
    const isEmoticon = words.hasAttribute("data-mx-emoticon");
    image.className = isEmoticon ? "emoticon" : "html-picture";
    image.alt = words.textContent;
    image.title = words.title;
    image.decoding = "async";
    // Its place is kept before it comes.
    for (const side of isEmoticon ? [] : ["width", "height"]) {
      const pixels = words.getAttribute(side);
      if (pixels !== null && pixels !== "") image.setAttribute(side, pixels);
    }
    image.addEventListener("error", () => image.replaceWith(words));
    image.src = src;
    words.replaceWith(image);
  }
}

function picture(src: string): HTMLImageElement {
  const image = new Image();
  image.className = "mention-avatar";
  image.alt = "";
  image.addEventListener("error", () => image.remove());
  image.src = src;
  return image;
}
