/**
 * Puts `text` in place of what stands between `from` and `to`, as if it had been typed: Ctrl+Z takes it back. Only
 * `execCommand` does that in a text field; nothing has replaced it. Where there is none, the text comes all the same.
 */
export function insertText(
  field: HTMLTextAreaElement | HTMLInputElement,
  from: number,
  to: number,
  text: string,
): void {
  field.focus({ preventScroll: true });
  field.setSelectionRange(from, to);

  const isDone =
    typeof document.execCommand === "function" && document.execCommand("insertText", false, text);
  if (isDone) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText", data: text }));
}
