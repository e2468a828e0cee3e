import type { Session } from "electron";
import type { Settings } from "../../../preload/contract/models/settings.ts";

type Speller = Pick<
  Session,
  "setSpellCheckerEnabled" | "setSpellCheckerLanguages" | "availableSpellCheckerLanguages"
>;

/**
 * Follows the settings. Except on a Mac, whose own spell check is used, Chromium fetches the dictionary of a language from
 * its maker's server: that happens only for languages the user has chosen by name.
 */
export function applySpelling(
  session: Speller,
  { spellCheck, spellLanguages }: Pick<Settings, "spellCheck" | "spellLanguages">,
  platform: NodeJS.Platform,
): void {
  const known = spellLanguages.filter((tag) => session.availableSpellCheckerLanguages.includes(tag));
  const isOn = spellCheck && (platform === "darwin" || known.length > 0);
  // In this order: a language set while it is on begins to be fetched.
  if (isOn && platform !== "darwin") session.setSpellCheckerLanguages([...known]);
  session.setSpellCheckerEnabled(isOn);
}
