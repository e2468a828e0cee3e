// F6 walks through the parts of the window. Each is found by its role, so that the parts need not know of it.

/** In reading order: a call that rings, the spaces, the list of rooms, the call one is in, the messages, the panel, the composer. */
const selectors = [
  '[role="dialog"][data-call-state] button',
  'nav[data-rail] [tabindex="0"]',
  'nav:not([data-rail]) [tabindex="0"]',
  "section[data-call-state] button",
  '[role="log"]',
  "section[data-panel] button",
  'main textarea, main [contenteditable="true"]',
] as const;

const frames = [
  '[role="dialog"][data-call-state]',
  "nav[data-rail]",
  "nav:not([data-rail])",
  "section[data-call-state]",
  '[role="log"]',
  "section[data-panel]",
  "main form, main textarea, main [contenteditable]",
] as const;

/** Moves the focus to the next part (or the previous one) that is on the screen. */
export function focusRegion(step: 1 | -1, root: ParentNode = document): void {
  const found = selectors
    .map((selector, index) => ({ index, element: root.querySelector<HTMLElement>(selector) }))
    .filter((region): region is { index: number; element: HTMLElement } => region.element !== null);
  if (found.length === 0) return;
  const active = document.activeElement;
  const current = frames.findIndex((frame) => active?.closest(frame));
  const at = found.findIndex((region) => region.index === current);
  const next = at === -1 ? (step === 1 ? 0 : found.length - 1) : (at + step + found.length) % found.length;
  const element = found[next]?.element;
  if (!element) return;
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus();
}
