import { SvelteMap } from "svelte/reactivity";
import type { DownloadView } from "../../preload/contract/models/attachment.ts";
import type { AppState } from "../state/app.svelte.ts";
import { failureOf } from "../state/failure-of.ts";
import { strings } from "../text/attachment-strings.ts";
import type { MediaBody } from "./media-body.ts";

type App = Pick<AppState, "saveMedia" | "downloads">;

/** A file somebody saves. `progress` null: it is here, and the system asks where to. */
interface Save {
  readonly progress: DownloadView | null;
}

/** Files being saved: how far each is, and what went wrong with the last attempt, wherever it was asked for. */
export class Saves {
  readonly #app: App;
  readonly #running = new SvelteMap<string, number>();
  readonly #problems = new SvelteMap<string, string>();

  constructor(app: App) {
    this.#app = app;
  }

  /** Null while nobody saves it. */
  of({ media }: MediaBody): Save | null {
    if (media.file === null || !this.#running.has(media.file)) return null;
    return { progress: this.#app.downloads.of(media.file) };
  }

  /** Why it was not saved, in words, or null. */
  problemOf({ media }: MediaBody): string | null {
    return media.file === null ? null : (this.#problems.get(media.file) ?? null);
  }

  /** Saves the file of a message. Answers what went wrong, in words, or null. */
  async save({ media }: MediaBody): Promise<string | null> {
    const path = media.file;
    if (path === null || this.#running.has(path)) return null;
    this.#problems.delete(path);
    this.#running.set(path, 1);
    try {
      await this.#app.saveMedia(path, media.name);
      return null;
    } catch (error) {
      const failure = failureOf(error);
      // The user has broken it off.
      if (failure.kind === "aborted") return null;
      const problem = strings.notSaved(failure);
      this.#problems.set(path, problem);
      return problem;
    } finally {
      this.#running.delete(path);
    }
  }

  cancel({ media }: MediaBody): void {
    if (media.file !== null) this.#app.downloads.cancel(media.file);
  }
}
