import type { DesktopCapturerSource, Session } from "electron";
import type { ScreenSource } from "../../../preload/contract/models/call.ts";
import { isOurs } from "./origin.ts";

/** Px; enough to tell windows apart. */
const THUMBNAIL = { width: 320, height: 200 };
/** More windows than this nobody looks through. */
const MOST = 60;

interface Capturer {
  getSources(options: {
    types: ("screen" | "window")[];
    thumbnailSize: { width: number; height: number };
  }): Promise<DesktopCapturerSource[]>;
}
type System = Pick<NodeJS.Process, "platform" | "env">;

/**
 * Electron has no dialog of its own for `getDisplayMedia`: the page shows what there is, tells what was chosen, and asks.
 * What was not chosen a moment before is never given; the choice holds for one question.
 */
export class Screens {
  readonly #capturer: Capturer;
  readonly #system: System;
  #offered: readonly DesktopCapturerSource[] = [];
  #chosen: DesktopCapturerSource | null = null;

  constructor(capturer: Capturer, system: System) {
    this.#capturer = capturer;
    this.#system = system;
  }

  /** Null where the system itself asks, when the capture begins. */
  async list(): Promise<readonly ScreenSource[] | null> {
    this.#chosen = null;
    if (asksItself(this.#system)) return null;
    this.#offered = (await this.#sources(THUMBNAIL)).slice(0, MOST);
    return this.#offered.map(({ id, name, thumbnail }) => ({
      id,
      name: name.slice(0, 200),
      isScreen: id.startsWith("screen:"),
      thumbnail: thumbnail.isEmpty() ? null : thumbnail.toPNG().toString("base64"),
    }));
  }

  choose(id: string): void {
    this.#chosen = this.#offered.find((source) => source.id === id) ?? null;
  }

  guard(session: Pick<Session, "setDisplayMediaRequestHandler">): void {
    session.setDisplayMediaRequestHandler(
      (request, answer) => {
        const { frame } = request;
        const isPage = frame !== null && frame.parent === null && isOurs(frame.url);
        if (!isPage || !request.videoRequested) return answer(null);
        void this.#take().then((video) => {
          if (video === null) return answer(null);
          // Only Windows can give the sound of the whole system.
          const hasSound = request.audioRequested && this.#system.platform === "win32";
          answer(hasSound ? { video, audio: "loopback" } : { video });
        });
      },
      // macOS 15 and later ask by themselves; then the handler is not called.
      { useSystemPicker: true },
    );
  }

  async #take(): Promise<DesktopCapturerSource | null> {
    if (asksItself(this.#system)) {
      // The portal asks the user while the sources are being listed, and lists what was chosen.
      const [source] = await this.#sources({ width: 0, height: 0 }).catch(() => []);
      return source ?? null;
    }
    const chosen = this.#chosen;
    this.#chosen = null;
    this.#offered = [];
    return chosen;
  }

  #sources(thumbnailSize: { width: number; height: number }): Promise<DesktopCapturerSource[]> {
    return this.#capturer.getSources({ types: ["screen", "window"], thumbnailSize });
  }
}

/** Under Wayland nobody may list windows: the desktop portal asks. */
function asksItself({ platform, env }: System): boolean {
  return platform === "linux" && (env["XDG_SESSION_TYPE"] === "wayland" || Boolean(env["WAYLAND_DISPLAY"]));
}
