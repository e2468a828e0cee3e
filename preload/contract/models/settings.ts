export type Theme = "system" | "light" | "dark" | "high-contrast";

/** Preferences kept on this machine. */
export interface Settings {
  readonly theme: Theme;
  /** Pixels, 220…420. */
  readonly roomListWidth: number;
  readonly sendTyping: boolean;
  /** `private` sends m.read.private: others do not see it. */
  readonly readReceipts: "public" | "private";
  /** Folded sections of the room list. */
  readonly foldedSections: readonly string[];
}

export const defaultSettings: Settings = {
  theme: "system",
  roomListWidth: 280,
  sendTyping: true,
  readReceipts: "public",
  foldedSections: [],
};
