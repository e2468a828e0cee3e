// Half a megabyte of JSON is not worth inferring types from.
declare module "emojibase-data/en/compact.json" {
  const list: readonly {
    readonly hexcode: string;
    readonly unicode: string;
    readonly label: string;
    readonly tags?: readonly string[];
    readonly group?: number;
    readonly order?: number;
  }[];
  export default list;
}
declare module "emojibase-data/en/shortcodes/emojibase.json" {
  const codes: Readonly<Record<string, string | readonly string[]>>;
  export default codes;
}
declare module "emojibase-data/en/shortcodes/github.json" {
  const codes: Readonly<Record<string, string | readonly string[]>>;
  export default codes;
}
