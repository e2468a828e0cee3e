import { connect, type Client } from "./connect.ts";
import { hostPort, type HostBridge } from "./host-port.ts";
import { webSocketPort } from "./websocket-port.ts";

declare global {
  interface Window {
    readonly host?: HostBridge;
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

/** Beside the page. The host has exchanged the token of the first address for a cookie, which goes along by itself. */
export function socketUrl(page: Pick<Location, "protocol" | "host">): string {
  return `${page.protocol === "https:" ? "wss:" : "ws:"}//${page.host}/port`;
}

function reloadOnce(): boolean {
  if (sessionStorage.getItem(reloadedKey) !== null) return false;
  sessionStorage.setItem(reloadedKey, "yes");
  location.reload();
  return true;
}
