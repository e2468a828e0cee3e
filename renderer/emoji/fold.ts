/** The words of a text without case and accents: what is typed finds what is meant. */
export const foldedWords = (text: string): string[] =>
  text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .split(/[^\p{Letter}\p{Number}+]+/u)
    .filter((word) => word !== "");
