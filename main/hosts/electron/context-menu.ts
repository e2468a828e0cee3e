import type { ContextMenuParams, MenuItemConstructorOptions } from "electron";
import { isExternalLink } from "../external-links.ts";
import { words } from "./words.ts";

/** Suggestions for a misspelled word; more nobody reads. */
const MAX_SUGGESTIONS = 5;

export interface ContextActions {
  readonly replace: (word: string) => void;
  readonly learn: (word: string) => void;
  readonly copy: (text: string) => void;
}

type Asked = Pick<
  ContextMenuParams,
  "isEditable" | "selectionText" | "linkURL" | "misspelledWord" | "dictionarySuggestions" | "editFlags"
>;

/**
 * The menu where the page has none of its own: spelling, cut, copy and paste, a link's address. Empty where there is
 * nothing to do.
 */
export function contextTemplate(asked: Asked, actions: ContextActions): MenuItemConstructorOptions[] {
  const groups = [spelling(asked, actions), editing(asked), links(asked, actions)];
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : [{ type: "separator" as const }, ...group]));
}

function spelling(
  { isEditable, misspelledWord, dictionarySuggestions }: Asked,
  { replace, learn }: ContextActions,
): MenuItemConstructorOptions[] {
  if (!isEditable || misspelledWord === "") return [];
  const suggestions = dictionarySuggestions
    .slice(0, MAX_SUGGESTIONS)
    .map((word): MenuItemConstructorOptions => ({ label: word, click: () => replace(word) }));
  return [
    ...(suggestions.length > 0 ? suggestions : [{ label: words.context.noSuggestions, enabled: false }]),
    { label: words.context.learn, click: () => learn(misspelledWord) },
  ];
}

function editing({ isEditable, selectionText, editFlags }: Asked): MenuItemConstructorOptions[] {
  if (isEditable)
    return [
      { role: "cut", enabled: editFlags.canCut },
      { role: "copy", enabled: editFlags.canCopy },
      { role: "paste", enabled: editFlags.canPaste },
      { role: "selectAll", enabled: editFlags.canSelectAll },
    ];
  return selectionText.trim() === "" ? [] : [{ role: "copy" }];
}

function links({ linkURL }: Asked, { copy }: ContextActions): MenuItemConstructorOptions[] {
  return isExternalLink(linkURL) ? [{ label: words.context.copyLink, click: () => copy(linkURL) }] : [];
}
