/** What the homeserver says of a page that a message leads to: a stranger's words, as plain single lines. */
export interface LinkPreview {
  /** At most 200 characters. */
  readonly title: string;
  /** At most 300 characters. */
  readonly description: string | null;
  /** At most 100 characters. */
  readonly siteName: string | null;
  /** A small picture, a path below the resources base. */
  readonly image: string | null;
}
