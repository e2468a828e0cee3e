/** Whether an address may be handed to the system: of the schemes the specification allows in messages, and no other (XSS-06). */
export function isExternalLink(url: string): boolean {
  return (
    URL.canParse(url) && ["https:", "http:", "ftp:", "mailto:", "magnet:"].includes(new URL(url).protocol)
  );
}
