/** Code points of release notes that are shown. */
const MAX_NOTES = 20_000;

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#39": "'",
  nbsp: " ",
};

/**
 * Release notes as plain text. They come from a server, as HTML, or as a list of versions; the page shows what is left as
 * text, so that nothing in them can be anything else.
 */
export function plainNotes(notes: unknown): string {
  const text = Array.isArray(notes)
    ? notes.map(ofVersion).join("\n\n")
    : typeof notes === "string"
      ? notes
      : "";
  const plain = text
    .slice(0, MAX_NOTES * 4)
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, "")
    .replace(/<li\b[^>]*>/gi, "\n• ")
    .replace(/<(br|\/p|\/h[1-6]|\/ul|\/ol|\/div)\b[^>]*>/gi, "\n")
    .replace(/<[^>]*(>|$)/g, "")
    .replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (_all, name: string) => entities[name] ?? "")
    // Controls and what turns the direction of text.
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
  return [...plain].slice(0, MAX_NOTES).join("");
}

function ofVersion(entry: unknown): string {
  if (typeof entry !== "object" || entry === null) return "";
  const { version, note } = entry as { readonly version?: unknown; readonly note?: unknown };
  return [version, note].filter((part) => typeof part === "string").join("\n");
}
