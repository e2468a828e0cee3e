import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

// Electron's newest fuse, for which electron-builder's list (`electronFuses`) has no name: set by its hook `afterPack`,
// before it sets the others and signs the program.

/** Before each row of fuses; a universal Mac app has two (electron/fuses, "Fuse Wire"). */
const SENTINEL = "dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX";
/** The row's first byte: the only form there is. */
const VERSION = 1;
/** How many electron-builder sets. */
const NAMED = 8;
/**
 * Those after them, in their order. WasmTrapHandlers, how V8 notices that WebAssembly reads beyond its memory: on as in
 * every browser; what parses HTTP for Node's fetch is WebAssembly.
 */
const newer = [true] as const;

/** As much of electron-builder's AfterPackContext as is used. */
interface Packed {
  readonly appOutDir: string;
  readonly electronPlatformName: string;
  readonly packager: {
    readonly appInfo: { readonly productFilename: string };
    /** On Linux. */
    readonly executableName?: string;
  };
}

/**
 * Throws when this Electron has a fuse that nobody has decided about, so that a newer one cannot bring it unseen. One
 * that an older Electron does not have cannot be set.
 */
export async function afterPack(packed: Packed): Promise<void> {
  // The halves of a universal Mac app; the hook comes again for the whole.
  if (/-(x64|arm64)-temp$/.test(packed.appOutDir)) return;
  const path = programOf(packed);
  const program = await readFile(path);
  let rows = 0;
  for (let at = program.indexOf(SENTINEL); at >= 0; at = program.indexOf(SENTINEL, at + 1)) {
    setRow(program, at + SENTINEL.length);
    rows += 1;
  }
  if (rows === 0) throw new Error(`${path} has no fuses: it is no Electron`);
  await writeFile(path, program);
}

/** The file that holds the fuses. */
function programOf({ appOutDir, electronPlatformName, packager }: Packed): string {
  const { productFilename } = packager.appInfo;
  switch (electronPlatformName) {
    case "darwin": {
      const framework = "Contents/Frameworks/Electron Framework.framework/Electron Framework";
      return join(appOutDir, `${productFilename}.app`, framework);
    }
    case "win32":
      return join(appOutDir, `${productFilename}.exe`);
    default:
      return join(appOutDir, packager.executableName ?? productFilename);
  }
}

function setRow(program: Buffer, start: number): void {
  const [version, length = 0] = [program[start], program[start + 1]];
  if (version !== VERSION) throw new Error(`fuses of version ${version}: nobody has looked at these`);
  if (length > NAMED + newer.length)
    throw new Error(`this Electron has ${length} fuses, and only ${NAMED + newer.length} are decided about`);
  for (const [nth, isOn] of newer.entries())
    if (NAMED + nth < length) program.write(isOn ? "1" : "0", start + 2 + NAMED + nth, "latin1");
}
