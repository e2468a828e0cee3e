import type { Component } from "svelte";

/** One line of a Menu. */
export interface MenuItem {
  readonly id: string;
  readonly label: string;
  /** An icon of @lucide/svelte. */
  readonly icon?: Component<Record<string, unknown>>;
  readonly shortcut?: string;
  readonly isDanger?: boolean;
  readonly isDisabled?: boolean;
  onselect(): void;
}
