import createDOMPurify from "dompurify";

// Formulas (spec, Mathematical messages): what `data-mx-maths` says in LaTeX, as MathML, which the browser draws by itself.
// KaTeX is a quarter of a megabyte that most rooms never need: loaded when the first formula is shown. What it makes is
// cleaned like everything else, and never asks for a style, a font or an address.

/** Longer formulas stay the code they are. */
const MAX_TEX = 2000;
/** Formulas of one page that are drawn; each is a hundred elements. */
const KEPT = 300;

type Render = (tex: string, isBlock: boolean) => string;

let render: Promise<Render> | null = null;
const drawn = new Map<string, DocumentFragment | null>();
let purifier: ReturnType<typeof createDOMPurify> | null = null;

function loadRender(): Promise<Render> {
  render ??= import("katex")
    .then(
      ({ default: katex }): Render =>
        (tex, displayMode) =>
          katex.renderToString(tex, {
            displayMode,
            output: "mathml",
            // No links, no pictures, no HTML; macros cannot grow without end, nor letters.
            trust: false,
            strict: "ignore",
            maxExpand: 300,
            maxSize: 20,
            throwOnError: true,
          }),
    )
    .catch((error: unknown) => {
      render = null;
      throw error;
    });
  return render;
}

/** The formula as nodes, new ones for each call; null when it is none we can draw. */
export async function drawMaths(tex: string, isBlock: boolean): Promise<DocumentFragment | null> {
  if (tex.length > MAX_TEX) return null;
  const key = `${isBlock ? "b" : "i"}${tex}`;
  let made = drawn.get(key);
  if (made === undefined) {
    made = await make(tex, isBlock);
    if (drawn.size >= KEPT) drawn.delete(drawn.keys().next().value ?? "");
    drawn.set(key, made);
  }
  return made === null ? null : (made.cloneNode(true) as DocumentFragment);
}

async function make(tex: string, isBlock: boolean): Promise<DocumentFragment | null> {
  try {
    const html = (await loadRender())(tex, isBlock);
    purifier ??= createDOMPurify(window);
    const nodes = purifier.sanitize(html, {
      USE_PROFILES: { mathMl: true },
      // The source would be read out beside the formula.
      FORBID_CONTENTS: ["annotation", "annotation-xml", "script", "style"],
      FORBID_ATTR: ["href", "xlink:href", "style", "class", "id", "src", "actiontype"],
      FORBID_TAGS: ["mglyph", "maction", "semantics"],
      RETURN_DOM_FRAGMENT: true,
    });
    return nodes.querySelector("math") === null ? null : nodes;
  } catch {
    // Not LaTeX as KaTeX knows it: the words stay.
    return null;
  }
}
