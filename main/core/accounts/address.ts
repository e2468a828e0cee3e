import { isIPv4 } from "node:net";
import { isUserId } from "../homeserver/login.ts";
import { isServerName } from "../mxc.ts";

// What somebody types to say where their account is. Pure.

export type Address =
  /** A server name, perhaps from a full user id: the base URL has to be found. */
  | { readonly kind: "name"; readonly serverName: string; readonly user: string | null }
  /** An address meant as it is. */
  | { readonly kind: "url"; readonly baseUrl: string };

/** Null for what is neither a user id, nor a server name, nor an http(s) address. */
export function parseAddress(input: string): Address | null {
  const text = input.trim();
  if (/^https?:\/\//i.test(text)) {
    const baseUrl = parseBaseUrl(text);
    return baseUrl === null ? null : { kind: "url", baseUrl };
  }
  if (text.startsWith("@")) {
    const serverName = text.slice(text.indexOf(":") + 1);
    return isUserId(text) && isServerName(serverName) ? { kind: "name", serverName, user: text } : null;
  }
  const serverName = asciiName(text.replace(/\/+$/, ""));
  return serverName === null ? null : { kind: "name", serverName, user: null };
}

/** A server name as typed, international ones in their ASCII form. */
function asciiName(text: string): string | null {
  if (isServerName(text)) return text;
  if (/[/?#@\\%\s]/.test(text) || !URL.canParse(`https://${text}`)) return null;
  const { host } = new URL(`https://${text}`);
  return isServerName(host) ? host : null;
}

/** An http(s) address as a base URL: without credentials, query and trailing slash. Null for anything else. */
export function parseBaseUrl(value: unknown): string | null {
  if (typeof value !== "string" || value.length > 2048 || !URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.protocol !== "https:" && url.protocol !== "http:") return null;
  if (url.username !== "" || url.password !== "") return null;
  // Somebody copied it from a document with an endpoint at its end.
  const path = url.pathname.replace(/\/_matrix(?:\/.*)?$/, "").replace(/\/+$/, "");
  return url.origin + path;
}

/** The host is this machine: plain http to it crosses no network. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.toLowerCase();
  if (host === "localhost" || host.endsWith(".localhost") || host === "[::1]") return true;
  return isIPv4(host) && host.startsWith("127.");
}

/** Plain http to another machine: everything can be read on the way (TRN-02). */
export function isInsecure(baseUrl: string): boolean {
  const url = new URL(baseUrl);
  return url.protocol === "http:" && !isLoopback(url.hostname);
}

/** The server name without its port. */
export const hostOf = (serverName: string): string => serverName.replace(/:\d{1,5}$/, "");
