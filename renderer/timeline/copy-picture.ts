import type { AppState } from "../state/app.svelte.ts";
import { strings } from "../text/attachment-strings.ts";
import type { MediaBody } from "./media-body.ts";

/** Puts the picture of a message on the clipboard. Answers what went wrong, in words, or null. */
export async function copyImage(app: Pick<AppState, "ownUrl">, { media }: MediaBody): Promise<string | null> {
  const isCopied = media.file !== null && (await copyPicture(app.ownUrl(media.file)));
  return isCopied ? null : strings.notCopied;
}

/**
 * Puts a picture on the clipboard, as PNG, which is what every system takes. `address` is of the page's own origin: the
 * pixels of any other may not be read. Answers whether it is there: a system or browser may refuse.
 */
async function copyPicture(address: string): Promise<boolean> {
  try {
    // Handed over as a promise: the permission belongs to the click, not to when the picture has come.
    await navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(address) })]);
    return true;
  } catch {
    return false;
  }
}

async function pngOf(address: string): Promise<Blob> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`no picture: ${response.status}`);
  const bitmap = await createImageBitmap(await response.blob());
  try {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    return await canvas.convertToBlob({ type: "image/png" });
  } finally {
    bitmap.close();
  }
}
