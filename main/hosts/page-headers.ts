interface Sources {
  /** More places for images, sound and video than the page's own origin. */
  readonly media?: string;
  /** More places for connections. */
  readonly connect?: string;
}

/**
 * The Content-Security-Policy of our page: everything local, nothing inline, nobody may frame it. It is the third guard
 * against what others write (XSS-01…07), after the sanitising in main and DOMPurify in the page.
 */
export function contentSecurityPolicy({ media, connect }: Sources): string {
  const own = (more: string | undefined): string => (more === undefined ? "'self'" : `'self' ${more}`);
  return [
    "default-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src ${own(media)}`,
    `media-src ${own(media)}`,
    `connect-src ${own(connect)}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** What goes with every answer of either host, whatever it is. */
export const everyAnswer: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** What goes with our own page and its parts. */
export function pageHeaders(sources: Sources): Readonly<Record<string, string>> {
  return {
    ...everyAnswer,
    "Content-Security-Policy": contentSecurityPolicy(sources),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(self), display-capture=(self), geolocation=(), usb=()",
  };
}
