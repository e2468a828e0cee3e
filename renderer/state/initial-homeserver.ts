import type { InitialValues } from "../bridge/open-client.ts";

/** What fills the homeserver field before the user does: `--homeserver URL`, through the address or the window. */
export function initialHomeserver(search: string, initial: InitialValues | undefined): string {
  return new URLSearchParams(search).get("homeserver") ?? initial?.homeserver ?? "";
}
