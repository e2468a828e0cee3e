import type { Quote } from "../../preload/contract/models/timeline.ts";
import { relationStrings as strings } from "./relation-strings.ts";
import { oneLine } from "./state-sentence.ts";
import { strings as words } from "./timeline-strings.ts";

/** A message in one line: who said it, and what. */
export function quoteLine(quote: Quote): { readonly who: string; readonly text: string } {
  const who = quote.sender === null ? "" : quote.sender.isOwn ? words.you : quote.sender.name;
  return { who, text: quoteText(quote) };
}

function quoteText({ state, text, kind }: Quote): string {
  switch (state) {
    case "shown":
      return text !== "" ? oneLine(text) : (strings.quoteKinds[kind] ?? "");
    case "redacted":
      return strings.quoteGone;
    case "loading":
      return strings.quoteLoading;
    case "missing":
      return strings.quoteMissing;
  }
}
