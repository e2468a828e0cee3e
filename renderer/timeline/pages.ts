import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";
import { linkify } from "../text/linkify.ts";

/** The first web page a text leads to; rooms and people are no pages. */
export function firstPage(text: string): string | null {
  for (const piece of linkify(text))
    if (piece.type === "link" && /^https?:/i.test(piece.href) && parseMatrixLink(piece.href) === null)
      return piece.href;
  return null;
}
