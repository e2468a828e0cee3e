import type { App } from "electron";
import { matrixLink, parseMatrixLink } from "../../../preload/contract/matrix-link.ts";
import { claimLinksByEntry, dropLinkEntry } from "./link-entry.ts";

// Addresses that the system hands to the app: `matrix:` (spec, URIs) and `dunlin://`, which is the same with our name.
// Whoever can make the user click can write one, so it is parsed here, and what goes on is written anew.

/** The address of one place or person, written by us; null for anything else. */
export function placeOf(address: string): string | null {
  const own = /^dunlin:(?:\/\/)?([^/].*)$/is.exec(address)?.[1];
  const target = parseMatrixLink(own === undefined ? address : `matrix:${own}`);
  const isScheme = own !== undefined || /^matrix:/i.test(address);
  return isScheme && target !== null ? matrixLink(target) : null;
}

/** The last such address on a command line. */
export function placeIn(argv: readonly string[]): string | null {
  return argv.map(placeOf).findLast((place) => place !== null) ?? null;
}

type Registry = Pick<
  App,
  "isPackaged" | "setAsDefaultProtocolClient" | "getApplicationNameForProtocol" | "isDefaultProtocolClient"
>;

export interface LinksSystem {
  readonly app: Registry;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** `dunlin://` is ours; `matrix:` only where nobody has it yet: another client may be what the user wants. */
export async function claimLinks({ app, platform, env }: LinksSystem): Promise<void> {
  if (!app.isPackaged) return; // an unpackaged program is Electron itself, for all apps alike
  if (platform === "linux") {
    const { APPIMAGE: appImage, FLATPAK_ID: flatpak, SNAP: snap } = env;
    // Electron can only point at the entry of a package, and there is none.
    if (appImage !== undefined) return claimLinksByEntry({ env }, appImage);
    if (flatpak === undefined && snap === undefined) await dropLinkEntry({ env });
  }
  app.setAsDefaultProtocolClient("dunlin");
  if (app.getApplicationNameForProtocol("matrix:") === "" && !app.isDefaultProtocolClient("matrix"))
    app.setAsDefaultProtocolClient("matrix");
}
