import type { DraftMention } from "../../preload/contract/models/room.ts";
import type { MessageBody } from "../../preload/contract/models/timeline.ts";
import { parseMatrixLink } from "../../preload/contract/matrix-link.ts";

/** Who, and which custom emoji, is named in a message of ours, so that editing it keeps them named. */
export function mentionsIn(body: MessageBody): readonly DraftMention[] {
  if (!("html" in body) || body.html === null) return [];
  const page = new DOMParser().parseFromString(body.html, "text/html");
  return [...namesIn(page, body.text), ...emojiIn(page, body.text)];
}

/** Custom emoji, by the words that stand for them in the plain text. */
const emojiIn = (page: Document, text: string): readonly DraftMention[] =>
  [...page.querySelectorAll("img[data-mx-emoticon]")].flatMap((image) => {
    const words = image.getAttribute("alt") ?? "";
    const [, server = "", media = ""] =
      /^media\/([^/?]+)\/([\w-]+)\?/.exec(image.getAttribute("data-mxc") ?? "") ?? [];
    const isNamed = /^:\S+:$/.test(words) && text.includes(words);
    return isNamed && media !== ""
      ? [{ text: words, id: `mxc://${decodeURIComponent(server)}/${media}` }]
      : [];
  });

function namesIn(page: Document, body: string): readonly DraftMention[] {
  return [...page.querySelectorAll("a[href]")].flatMap((link) => {
    const target = parseMatrixLink(link.getAttribute("href") ?? "");
    if (target === null || target.eventId !== null) return [];
    const name = link.textContent;
    const text = [`@${name}`, name].find((written) => written !== "@" && body.includes(written));
    return text === undefined || text.length > 300 ? [] : [{ text, id: target.id }];
  });
}
