/**
 * What is typed between a shortcut and the field it opens: it is meant for the field, not for what still has the focus,
 * and stands in it as soon as it is there. Characters, Backspace, and one Enter; what is composed (IME) is left alone.
 */
export class TypedAhead {
  #text = "";
  #isEntered = false;
  #isOpen = false;

  /** From now on keys are kept, until `end` or the answer is called. */
  begin(): () => void {
    this.#text = "";
    this.#isEntered = false;
    this.#isOpen = true;
    // Before anybody else hears of it.
    window.addEventListener("keydown", this.#keep, true);
    return () => this.#stop();
  }

  /** The field has the focus: what it missed. Enter came last, or not at all. */
  end(): { readonly text: string; readonly isEntered: boolean } {
    if (!this.#isOpen) return { text: "", isEntered: false };
    this.#stop();
    return { text: this.#text, isEntered: this.#isEntered };
  }

  #stop(): void {
    this.#isOpen = false;
    window.removeEventListener("keydown", this.#keep, true);
  }

  readonly #keep = (event: KeyboardEvent): void => {
    const { key } = event;
    const isCharacter = Array.from(key).length === 1;
    const isShortcut = (event.ctrlKey || event.metaKey) && !event.getModifierState("AltGraph");
    if (event.isComposing || isShortcut || !(isCharacter || key === "Backspace" || key === "Enter")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    // Whoever has chosen waits for what was chosen.
    if (this.#isEntered) return;
    if (key === "Enter") this.#isEntered = true;
    else if (key === "Backspace") this.#text = Array.from(this.#text).slice(0, -1).join("");
    else this.#text += key;
  };
}
