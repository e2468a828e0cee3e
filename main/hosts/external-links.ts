/** Whether an address may be handed to the system: a page link or a mail address, never a file or another program (XSS-06). */
export function isExternalLink(url: string): boolean {
  return URL.canParse(url) && ["https:", "http:", "mailto:"].includes(new URL(url).protocol);
}
