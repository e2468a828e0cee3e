import type { Failure } from "./models/failure.ts";
import type { Requests } from "./requests.ts";
import type { Topics } from "./topics.ts";

/**
 * Raise it with every change of shape. Both sides ship together, so a mismatch only means a stale page, which
 * reloads itself; a test snapshots the shapes and fails when they changed and this number did not.
 */
export const CONTRACT_VERSION = 1;

export type Method = keyof Requests;
export type Topic = keyof Topics;
export type Params<M extends Method> = Parameters<Requests[M]>[0];
export type Result<M extends Method> = ReturnType<Requests[M]>;

/** From the renderer. `id` is chosen by the renderer and unique within the connection. */
export type ClientFrame =
  | { readonly t: "hello"; readonly version: number }
  | { readonly t: "call"; readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly t: "subscribe"; readonly id: number; readonly topic: string; readonly params: unknown }
  | { readonly t: "unsubscribe"; readonly id: number };

/** From the host. `seq` counts the changes of one subscription from 0 (the snapshot); a hole means resubscribe. */
export type HostFrame =
  | {
      readonly t: "hello";
      readonly version: number;
      readonly resources: string;
      readonly host: "electron" | "headless";
    }
  | { readonly t: "result"; readonly id: number; readonly value: unknown }
  | { readonly t: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly t: "snapshot" | "change"; readonly id: number; readonly seq: number; readonly value: unknown };

/** A two-way stream of frames; Electron IPC, a WebSocket or memory. Frames are JSON-safe. */
export interface Port<In, Out> {
  post(frame: Out): void;
  /** Returns the function that stops listening. */
  onFrame(listener: (frame: In) => void): () => void;
  onClose(listener: () => void): () => void;
}
