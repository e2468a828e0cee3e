import type { DraftMention } from "../../preload/contract/models/room.ts";
import type { MessageBody } from "../../preload/contract/models/timeline.ts";
import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";

/** Who is named in a message of ours, so that editing it keeps them named. */
export function mentionsIn(body: MessageBody): readonly DraftMention[] {
  if (!("html" in body) || body.html === null) return [];
  const links = new DOMParser().parseFromString(body.html, "text/html").querySelectorAll("a[href]");
  return [...links].flatMap((link) => {
    const target = parseMatrixLink(link.getAttribute("href") ?? "");
    if (target === null || target.eventId !== null) return [];
    const name = link.textContent;
    const text = [`@${name}`, name].find((written) => written !== "@" && body.text.includes(written));
    return text === undefined || text.length > 300 ? [] : [{ text, id: target.id }];
  });
}
