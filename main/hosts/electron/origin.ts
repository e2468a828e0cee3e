/** Where our page lives in Electron: a scheme of our own, so that it has an origin, and one nobody else can have. */
export const APP_ORIGIN = "app://dunlin";
export const PAGE_URL = `${APP_ORIGIN}/index.html`;
/** Base of everything the page loads by `src`. */
export const RESOURCES = "media://dunlin/";

/** Whether `url` is of our page. Node's URL gives no origin for schemes it does not know, hence the parts. */
export function isOurs(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, host, username, password } = new URL(url);
  return protocol === "app:" && host === "dunlin" && username === "" && password === "";
}
