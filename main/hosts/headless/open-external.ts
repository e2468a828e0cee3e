import { spawn } from "node:child_process";
import { isExternalLink } from "../external-links.ts";

/** The program that opens an address in the system's browser, and its arguments. No shell is involved: an address may hold anything. */
export function openerFor(platform: NodeJS.Platform, url: string): readonly [string, ...string[]] {
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler", url];
  return [platform === "darwin" ? "open" : "xdg-open", url];
}

/** Rejects when the address is not one of those or nothing here can open it. */
export function openExternal(url: string): Promise<void> {
  if (!isExternalLink(url)) return Promise.reject(new Error("only web and mail addresses are opened"));
  const [program, ...args] = openerFor(process.platform, new URL(url).href);
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { detached: true, stdio: "ignore" });
    child.once("error", reject);
    child.once("spawn", () => {
      child.unref();
      resolve();
    });
  });
}
