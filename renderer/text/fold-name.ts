/** Lower case without accents: "Zürich" is found by "zur". */
export function foldName(name: string): string {
  return name.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
