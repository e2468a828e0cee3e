import { connect, type Client } from "./connect.ts";
import { hostPort, type HostBridge } from "./host-port.ts";
import { webSocketPort } from "./websocket-port.ts";

/** What Electron's window may tell the page before the core answers. */
export interface InitialValues {
  readonly homeserver?: string;
}

declare global {
  interface Window {
    readonly host?: HostBridge;
    readonly initial?: InitialValues;
  }
}

const reloadedKey = "dunlin.reloaded-for-version";

/** The client of this page: Electron's bridge where there is one, else a WebSocket to where the page came from. */
export function openClient(): Client {
  const { host } = window;
  return connect({
    openPort: host ? () => hostPort(host) : () => webSocketPort(socketUrl(location)),
    reload: reloadOnce,
    agreed: () => sessionStorage.removeItem(reloadedKey),
  });
}

/** The first address carries the token (then there is a cookie): hand it on, so that both work. */
export function socketUrl(page: Pick<Location, "protocol" | "host" | "search">): string {
  const token = new URLSearchParams(page.search).get("token");
  const query = token === null ? "" : `?token=${encodeURIComponent(token)}`;
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}/port${query}`;
}

function reloadOnce(): boolean {
  if (sessionStorage.getItem(reloadedKey) !== null) return false;
  sessionStorage.setItem(reloadedKey, "yes");
  location.reload();
  return true;
}
