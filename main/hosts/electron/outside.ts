import { shell } from "electron";
import { isExternalLink } from "../external-links.ts";

/** Opens a web or mail address in the user's own program for it; nothing else leaves the app. */
export async function openOutside(url: string): Promise<void> {
  if (!isExternalLink(url)) throw new Error("only web and mail addresses are opened");
  await shell.openExternal(new URL(url).href);
}
