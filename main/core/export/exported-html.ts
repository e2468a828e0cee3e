import sanitizeHtml from "sanitize-html";
import type { Markup } from "./markup.ts";

// A formatted body as the archive shows it. It was cleaned when it came; here it is cleaned once more, to what a page
// without a script and without us can show: no colours, spoilers that open on a click, pictures from beside the page.

/** Where a picture lies, as an address relative to the page; null when it is not in the archive. */
export type PictureAt = (mediaPath: string) => string | null;

const tags = (
  "del h1 h2 h3 h4 h5 h6 blockquote p a ul ol sup sub li b i u strong em s code hr br div table thead tbody tr th " +
  "td caption pre span img details summary"
).split(" ");

export function exportedHtml(clean: string, pictureAt: PictureAt): Markup {
  return {
    markup: sanitizeHtml(clean, {
      allowedTags: tags,
      allowedAttributes: {
        a: ["href", "rel"],
        ol: ["start"],
        code: ["class"],
        img: ["src", "alt", "title", "width", "height"],
        span: ["class", "tabindex", "title"],
        div: ["class"],
      },
      allowedSchemes: ["https", "http", "ftp", "mailto", "magnet", "matrix"],
      allowProtocolRelative: false,
      nestingLimit: 100,
      transformTags: {
        a: (tagName, { href = "" }) => ({ tagName, attribs: { href, rel: "noreferrer noopener" } }),
        span: (tagName, given) => ({ tagName, attribs: spanOf(given) }),
        div: (tagName, given) => ({ tagName, attribs: mathsOf(given) }),
        img: (tagName, given) => {
          const at = pictureAt(given["data-mxc"] ?? "");
          const { alt = "", title, width, height } = given;
          return at === null
            ? { tagName: "span", attribs: {}, text: alt }
            : { tagName, attribs: present({ src: at, alt, title, width, height }) };
        },
      },
    }),
  };
}

function spanOf(given: Readonly<Record<string, string>>): Record<string, string> {
  const reason = given["data-mx-spoiler"];
  if (reason === undefined) return mathsOf(given);
  // Focus shows it: by a click as well as by the keyboard, without a script.
  return present({ class: "spoiler", tabindex: "0", title: reason === "" ? undefined : reason });
}

const mathsOf = (given: Readonly<Record<string, string>>): Record<string, string> =>
  given["data-mx-maths"] === undefined ? {} : { class: "maths" };

const present = (attributes: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
