import { oneLine } from "../text.ts";

const MAX_NAME = 120;
/** Names that are devices on Windows, whatever stands behind the first dot. */
const devices = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;

/**
 * A file name from an event or a stranger's disk as one that may be proposed on every system (ATT-14): one segment, no
 * control, nothing hidden, no device, at most 120 characters with its extension kept. Pure.
 */
export function safeName(name: string, fallback = "file"): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = oneLine(last, 1024)
    .replace(/[<>:"|?*\u200B-\u200F\u2060-\u206F\uFEFF]/g, "_")
    .replace(/^[.\s~-]+/, "")
    .replace(/[.\s]+$/, "");
  const short = shortened(plain);
  if (short === "") return fallback;
  return devices.test(short) ? `_${short}` : short;
}

/** Cut in the middle: what the end says (the extension) is what the system goes by. */
function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= MAX_NAME) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? "";
  return (
    letters
      .slice(0, MAX_NAME - extension.length)
      .join("")
      .trimEnd() + extension
  );
}
