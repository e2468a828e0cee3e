/** Path in the package (without the hash in its name) → size in KiB, rounded up. */
export type Contents = Readonly<Record<string, number>>;

/** A file may grow by so much, and so many KiB, before somebody has to look at it. */
const GROWTH = 1.25;
const GROWTH_KIB = 40;

/** `assets/Dialog-CID_jBBK.css` → `assets/Dialog-*.css`: the hash changes with every build. */
export const withoutHash = (path: string): string => path.replace(/-[\w-]{8}(\.\w+)$/, "-*$1");

/** Files whose names differ only by their hash count together. */
export function contentsOf(files: readonly { readonly path: string; readonly bytes: number }[]): Contents {
  const sizes = new Map<string, number>();
  for (const { path, bytes } of files) {
    const name = withoutHash(path);
    sizes.set(name, (sizes.get(name) ?? 0) + bytes);
  }
  return Object.fromEntries(
    [...sizes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, bytes]) => [name, Math.ceil(bytes / 1024)]),
  );
}

/** What a reviewer has to look at: files that came or went, and files that have grown much. Empty when nothing. */
export function differences(reviewed: Contents, found: Contents): string[] {
  const grown = Object.entries(found).flatMap(([path, kib]) => {
    const before = reviewed[path];
    if (before === undefined) return [`${path} is new (${kib} KiB)`];
    return kib > before * GROWTH && kib > before + GROWTH_KIB
      ? [`${path} grew from ${before} to ${kib} KiB`]
      : [];
  });
  const gone = Object.keys(reviewed).filter((path) => found[path] === undefined);
  return [...grown, ...gone.map((path) => `${path} is missing`)];
}

/** What must never be in a package, whatever was reviewed. */
export function strangers(paths: readonly string[], platform: string): string[] {
  const isOurs = new RegExp(`better-sqlite3/prebuilds/${platform}\\.node$`);
  return paths.filter(
    (path) =>
      /\.(ts|svelte|map|test\.\w+)$/.test(path) ||
      /(^|\/)(e2e|test|tests|docs|\.github)\//.test(path) ||
      (path.endsWith(".node") && !isOurs.test(path)),
  );
}
