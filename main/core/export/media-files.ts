import { createHash } from "node:crypto";
import { join } from "node:path";
import type { MediaAnswer } from "../api.ts";
import type { ArchiveFiles } from "./archive-files.ts";

// Pictures and files of the archive. Their names are a hash and an ending: by the ending the system decides what opens
// them, so it follows from what the file is; of what we do not know, only endings of documents that cannot run anything
// in a browser are kept. HTML and SVG never are: beside our pages they could run scripts.

const byType: Readonly<Record<string, string>> = {
  "image/png": "png",
  "image/jpeg": "jpg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "avif",
  "image/bmp": "bmp",
  "video/mp4": "mp4",
  "video/webm": "webm",
  "video/ogg": "ogv",
  "video/quicktime": "mov",
  "audio/mpeg": "mp3",
  "audio/mp4": "m4a",
  "audio/ogg": "ogg",
  "audio/webm": "weba",
  "audio/wav": "wav",
  "audio/x-wav": "wav",
  "audio/flac": "flac",
  "audio/aac": "aac",
  "application/pdf": "pdf",
};
const keptEndings =
  /\.(pdf|txt|csv|md|rtf|zip|gz|bz2|xz|7z|tar|docx?|xlsx?|pptx?|odt|ods|odp|epub|ics|vcf|json)$/i;

export interface MediaFilesDeps {
  readonly files: ArchiveFiles;
  /** From the disk; with `isPatient` also from the server. */
  readonly open: (path: string, isPatient: boolean) => Promise<MediaAnswer>;
  /** The server can be asked. */
  readonly isLive: () => boolean;
  /** `media` of the archive. */
  readonly dir: string;
}

export class MediaFiles {
  readonly #deps: MediaFilesDeps;
  /** By hash of the path; filled from the folder, so that a restart copies nothing twice. */
  #names: Map<string, string> | null = null;

  constructor(deps: MediaFilesDeps) {
    this.#deps = deps;
  }

  /** Name within the folder, or null when it is not to be had. `isNew` when it was not there before. */
  async take(
    path: string,
    shownName: string,
  ): Promise<{ readonly name: string; readonly isNew: boolean } | null> {
    const { files, open, isLive, dir } = this.#deps;
    const names = (this.#names ??= await this.#inFolder());
    const hash = createHash("sha256").update(path).digest("hex").slice(0, 24);
    const known = names.get(hash);
    if (known !== undefined) return { name: known, isNew: false };
    const answer = await open(path, isLive());
    if (!answer.ok) return null;
    const name = `${hash}.${endingOf(answer.file.contentType, shownName)}`;
    await files.copy(answer.file.path, join(dir, name));
    names.set(hash, name);
    return { name, isNew: true };
  }

  async #inFolder(): Promise<Map<string, string>> {
    const names = await this.#deps.files.list(this.#deps.dir);
    return new Map(
      names
        .filter((name) => /^[0-9a-f]{24}\.[a-z0-9]{1,5}$/.test(name))
        .map((name) => [name.slice(0, 24), name]),
    );
  }
}

function endingOf(contentType: string, shownName: string): string {
  const known = byType[contentType.split(";")[0]?.trim().toLowerCase() ?? ""];
  return known ?? keptEndings.exec(shownName)?.[1]?.toLowerCase() ?? "bin";
}
