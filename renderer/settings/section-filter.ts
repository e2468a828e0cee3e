import { foldName } from "../text/fold-name.ts";

// The settings are found by the words they are made of: a section without them is not shown.

/** Whether every word of what was typed begins, or is within, a word of the text. Case and accents do not matter. */
export function holdsWords(text: string, typed: string): boolean {
  const folded = foldName(text);
  return foldName(typed)
    .split(/\s+/)
    .every((word) => folded.includes(word));
}

/** What a person reads in a section: its text, the names of its fields, and what lies behind it (`data-words`). */
function wordsOf(section: Element): string {
  const names = [section, ...section.querySelectorAll("[aria-label]")].map((one) =>
    one.getAttribute("aria-label"),
  );
  const behind = section.getAttribute("data-words");
  return [section.textContent, behind, ...names].join(" ");
}

/** Hides the sections that do not hold the words; tells how many are left, again whenever sections change. */
export function filterSections(
  list: HTMLElement,
  typed: string,
  onFound: (sections: number) => void,
): () => void {
  function apply(): void {
    let found = 0;
    for (const section of list.querySelectorAll<HTMLElement>(":scope > section, :scope > fieldset")) {
      const isFound = holdsWords(wordsOf(section), typed);
      if (section.hidden === isFound) section.hidden = !isFound;
      if (isFound) found += 1;
    }
    onFound(found);
  }
  apply();
  const watching = new MutationObserver(apply);
  watching.observe(list, { childList: true, subtree: true, characterData: true });
  return () => watching.disconnect();
}
