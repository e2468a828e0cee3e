import type { LogView } from "./log-view.svelte.ts";

/** Arrow keys go from message to message; PageUp, PageDown, Home and End are the browser's own. */
export function rowKeys(event: KeyboardEvent, view: LogView): void {
  const log = event.currentTarget;
  if (!(log instanceof HTMLElement) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey)
    return;
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const rows = Array.from(log.querySelectorAll<HTMLElement>("[data-row]"));
  const { activeElement } = document;
  const at = rows.findIndex((row) => row === activeElement);
  // Within a message (a player, code that scrolls) the keys belong to what is there.
  if (at < 0 && activeElement !== log) return;
  event.preventDefault();
  const next = at < 0 ? lastInView(log, rows) : rows[at + (event.key === "ArrowUp" ? -1 : 1)];
  if (next === undefined) {
    if (event.key === "ArrowDown") log.focus({ preventScroll: true });
    return;
  }
  next.focus({ preventScroll: true });
  view.reveal(next.dataset.row ?? "");
}

function lastInView(log: HTMLElement, rows: readonly HTMLElement[]): HTMLElement | undefined {
  const bottom = log.getBoundingClientRect().bottom;
  return rows.findLast((row) => row.getBoundingClientRect().bottom <= bottom) ?? rows[rows.length - 1];
}
