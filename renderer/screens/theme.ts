import type { Theme } from "../../preload/contract/models/settings.ts";

const key = "dunlin.theme";
const moreContrast = "(prefers-contrast: more)";

/** The theme of last time, for the paint before the core has answered. */
export function rememberedTheme(): Theme {
  const stored = localStorage.getItem(key);
  return stored === "light" || stored === "dark" || stored === "high-contrast" ? stored : "system";
}

/** Sets `<html data-theme>`. "system" leaves light and dark to the style sheet and only asks for contrast. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  const shown = theme === "system" && matchMedia(moreContrast).matches ? "high-contrast" : theme;
  if (shown === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = shown;
  localStorage.setItem(key, theme);
}

/** Calls back whenever the system's wish for contrast changes. Returns the function that stops it. */
export function onContrastChange(listener: () => void): () => void {
  const query = matchMedia(moreContrast);
  query.addEventListener("change", listener);
  return () => query.removeEventListener("change", listener);
}
