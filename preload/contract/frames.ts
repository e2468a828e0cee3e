import type { Failure } from "./models/failure.ts";
import type { Requests } from "./requests.ts";
import type { Topics } from "./topics.ts";

/**
 * Raise it with every change of shape. Both sides ship together, so a mismatch only means a stale page, which
 * reloads itself; a test snapshots the shapes and fails when they changed and this number did not.
 */
export const CONTRACT_VERSION = 7;

export type Method = keyof Requests;
export type Topic = keyof Topics;
export type Params<M extends Method> = Parameters<Requests[M]>[0];
export type Result<M extends Method> = ReturnType<Requests[M]>;

/** From the renderer. `id` is chosen by the renderer and unique within the connection. */
export type ClientFrame =
  | { readonly t: "hello"; readonly version: number }
  | {
      readonly t: "call";
      readonly id: number;
      readonly method: string;
      readonly params: unknown;
      /** Whose request it is, where the page knows: another account may be shown by the time it arrives. */
      readonly account?: string;
    }
  | { readonly t: "subscribe"; readonly id: number; readonly topic: string; readonly params: unknown }
  | { readonly t: "unsubscribe"; readonly id: number };

/** From the host. `seq` counts the changes of one subscription from 0 (the snapshot); a hole means resubscribe. */
export type HostFrame =
  | {
      readonly t: "hello";
      readonly version: number;
      readonly resources: string;
      readonly host: "electron" | "headless";
      /** What `--homeserver` said; fills the sign-in form. */
      readonly homeserver?: string;
    }
  | { readonly t: "result"; readonly id: number; readonly value: unknown }
  | { readonly t: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly t: "snapshot" | "change"; readonly id: number; readonly seq: number; readonly value: unknown };

/** A two-way stream of frames; Electron IPC, a WebSocket or memory. Frames are JSON-safe. */
export interface Port<In, Out> {
  post(frame: Out): void;
  /** Returns the function that stops listening. */
  onFrame(listener: (frame: In) => void): () => void;
  /** Without a reason it was lost: the other side died or the connection broke. */
  onClose(listener: (reason?: "opened-elsewhere") => void): () => void;
}

/** What preload puts into the page of an Electron window, as `window.host`. Never more than this. */
export interface WindowHost {
  post(frame: ClientFrame): void;
  /** Returns the function that stops listening. */
  onFrame(listener: (frame: HostFrame) => void): () => void;
}

/**
 * Close code of the headless host's WebSocket at `/port`: the app was opened in another page, which has the session
 * now. The page says so and does not connect again by itself, or two pages would take it from each other for ever.
 */
export const CLOSED_OPENED_ELSEWHERE = 4001;
