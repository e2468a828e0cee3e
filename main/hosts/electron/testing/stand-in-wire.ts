// What a test and the stand-in Electron in its child process say to each other.

export type PageWho = "page" | "frame inside" | "frame that is gone" | "other window" | "other origin";

export type Command =
  | { readonly do: "frame"; readonly frame: unknown; readonly from: PageWho }
  | {
      readonly do: "navigate";
      readonly by: "will-navigate" | "will-frame-navigate" | "will-redirect" | "will-attach-webview";
      readonly url: string;
    }
  | { readonly do: "open window"; readonly url: string }
  | { readonly do: "reload" }
  | { readonly do: "crash"; readonly reason: string }
  | {
      readonly do: "permission";
      readonly permission: string;
      readonly url: string;
      readonly isMainFrame: boolean;
    }
  | { readonly do: "display"; readonly url: string }
  | { readonly do: "fetch"; readonly url: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly do: "second instance" }
  | { readonly do: "resume" }
  | { readonly do: "close window" }
  | { readonly do: "quit" }
  | { readonly do: "tray" }
  /** Null: the picture itself. */
  | { readonly do: "press in tray"; readonly label: string | null }
  | { readonly do: "state" };

export type ChildReport =
  | { readonly event: "reply"; readonly id: number; readonly value: unknown; readonly error?: string }
  | { readonly event: "schemes"; readonly schemes: unknown; readonly isReady: boolean }
  | { readonly event: "window"; readonly options: object }
  | { readonly event: "loaded"; readonly url: string }
  | { readonly event: "called"; readonly name: string }
  | { readonly event: "sent"; readonly channel: string; readonly frame: unknown }
  | { readonly event: "reloaded" }
  | { readonly event: "external"; readonly url: string }
  | { readonly event: "error-box"; readonly text: string }
  | { readonly event: "menu"; readonly menu: unknown }
  | { readonly event: "core"; readonly said: string }
  | { readonly event: "quit" };
