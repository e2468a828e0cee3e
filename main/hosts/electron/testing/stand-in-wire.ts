// What a test and the stand-in Electron in its child process say to each other.

export type PageWho = "page" | "frame inside" | "frame that is gone" | "other window" | "other origin";

export type Command =
  | { readonly do: "frame"; readonly frame: unknown; readonly from: PageWho }
  | {
      readonly do: "navigate";
      readonly by:
        | "will-navigate"
        | "will-frame-navigate"
        | "will-redirect"
        | "will-attach-webview"
        | "will-prevent-unload";
      readonly url: string;
    }
  /** What its page says when it is left next. */
  | { readonly do: "last words"; readonly frame: unknown }
  | { readonly do: "open window"; readonly url: string }
  | { readonly do: "reload" }
  | { readonly do: "crash"; readonly reason: string }
  /** Another process of Chromium than a page's is lost. */
  | { readonly do: "process gone"; readonly type: string; readonly reason: string }
  /** How long nobody has touched keyboard and mouse, in seconds. */
  | { readonly do: "idle"; readonly seconds: number }
  | {
      readonly do: "permission";
      readonly permission: string;
      readonly url: string;
      readonly isMainFrame: boolean;
    }
  | { readonly do: "display"; readonly url: string }
  | { readonly do: "fetch"; readonly url: string; readonly headers?: Readonly<Record<string, string>> }
  /** The same with bodies, as base64. */
  | {
      readonly do: "serve";
      readonly url: string;
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
    }
  | { readonly do: "second instance"; readonly argv?: readonly string[] }
  | { readonly do: "open url"; readonly url: string }
  | { readonly do: "power"; readonly event: "lock-screen" | "unlock-screen" }
  /** By id, label or role. */
  | { readonly do: "choose in menu"; readonly name: string }
  /** What it has keys for: id or role, and the keys. */
  | { readonly do: "menu keys" }
  | { readonly do: "choose in dock"; readonly name: string }
  | { readonly do: "context menu"; readonly asked: object }
  | { readonly do: "choose in context menu"; readonly name: string }
  /** An event of the updater. */
  | { readonly do: "update"; readonly event: string; readonly details?: object }
  | { readonly do: "resume" }
  | { readonly do: "close window" }
  | { readonly do: "quit" }
  | { readonly do: "tray" }
  /** Null: the picture itself. */
  | { readonly do: "press in tray"; readonly label: string | null }
  /** Something the user or the system does with the notification made `nth`, from 0. */
  | { readonly do: "notification"; readonly nth: number; readonly event: string; readonly details?: object }
  | { readonly do: "state" };

/** What a test has the fake core behind the host say. */
export interface CoreWord {
  readonly topic: string;
  readonly value: unknown;
}

export type ChildReport =
  | { readonly event: "reply"; readonly id: number; readonly value: unknown; readonly error?: string }
  | { readonly event: "schemes"; readonly schemes: unknown; readonly isReady: boolean }
  | { readonly event: "window"; readonly options: object }
  | { readonly event: "loaded"; readonly url: string }
  | { readonly event: "called"; readonly name: string }
  | { readonly event: "sent"; readonly channel: string; readonly frame: unknown }
  | { readonly event: "reloaded" }
  | { readonly event: "external"; readonly url: string }
  /** A path the system was asked to show. */
  | { readonly event: "shown"; readonly path: string }
  | { readonly event: "question"; readonly text: string }
  | { readonly event: "hardware acceleration off"; readonly isReady: boolean }
  | { readonly event: "relaunch" }
  | { readonly event: "login item"; readonly item: object }
  | { readonly event: "overlay"; readonly text: string; readonly hasPicture: boolean }
  | { readonly event: "error-box"; readonly text: string }
  | { readonly event: "menu"; readonly menu: unknown }
  | { readonly event: "lock released" }
  | { readonly event: "recent"; readonly list: unknown }
  | { readonly event: "edited"; readonly what: string; readonly text: string }
  | { readonly event: "crash reporter"; readonly options: object; readonly dir: string }
  | { readonly event: "spelling"; readonly isOn?: boolean; readonly languages?: readonly string[] }
  | { readonly event: "update"; readonly what: "check" | "install" }
  | {
      readonly event: "notification";
      readonly nth: number;
      readonly options: Readonly<Record<string, unknown>>;
    }
  | { readonly event: "notification closed"; readonly nth: number }
  | { readonly event: "core"; readonly said: string }
  /** The fake core was asked something. */
  | { readonly event: "asked"; readonly method: string; readonly params: unknown }
  | { readonly event: "quit" };
