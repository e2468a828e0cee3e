/**
 * A resource by an address of this page's own origin, so that the page may look into it: a picture drawn from another
 * origin taints its canvas, and a PUT to one needs CORS. Electron's resources are another origin (`media:`); there the
 * page's own serves the same paths. `page` is `location`.
 */
export function ownAddress(
  resources: string,
  path: string,
  page: Pick<Location, "protocol" | "host">,
): string {
  return (resources.startsWith("media:") ? `${page.protocol}//${page.host}/` : resources) + path;
}
