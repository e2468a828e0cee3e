import type { StagedId } from "../../preload/contract/ids.ts";
import type { StageAnswer, StagedFile } from "../../preload/contract/models/attachment.ts";
import type { Door } from "../bridge/connect.ts";
import { ownAddress } from "../bridge/own-address.ts";
import { RequestFailed } from "../bridge/request-failed.ts";

/** How a file is handed over. */
export interface StageOptions {
  readonly signal?: AbortSignal;
  /** With place and camera, which could not be taken out of it. */
  readonly keepsDetails?: boolean;
  /** It is a piece of a recording: what follows so many bytes of it. */
  readonly from?: number;
}

/**
 * Hands files to the core for sending. Bytes do not ride in frames: each is a PUT of its own, to the account whose they
 * are, also when another one was put on the screen meanwhile.
 */
export class Staging {
  readonly #client: Door;

  constructor(client: Door) {
    this.#client = client;
  }

  /**
   * The same id again is the same file. With `keepsDetails` place and camera stay in it; with `from` it is what follows so
   * many bytes of a recording. Rejects with `RequestFailed`.
   */
  async stage(
    stagedId: StagedId,
    file: Blob,
    name: string,
    { signal, keepsDetails = false, from }: StageOptions = {},
  ): Promise<StagedFile> {
    const kind = keepsDetails ? "&details=keep" : from === undefined ? "" : `&from=${from}`;
    const query = `name=${encodeURIComponent(name)}${kind}`;
    const { account } = this.#client;
    const whose = account === null ? "" : `account/${account}/`;
    const answer = await this.#put(`${this.#below(`${whose}staged/${stagedId}`)}?${query}`, file, signal);
    if (answer.ok) return answer.file;
    throw new RequestFailed(answer.failure);
  }

  /** Where a staged file can be read and looked into. */
  address(stagedId: StagedId): string {
    return this.#below(`staged/${stagedId}`);
  }

  #below(path: string): string {
    return ownAddress(this.#client.resources, path, location);
  }

  /** The most bytes the server takes, or null while nobody knows. */
  async limit(): Promise<number | null> {
    return (await this.#client.call("loadUploadLimit", {})).maxBytes;
  }

  /** These will not be sent. Nobody waits for it: what is left is swept at the next start. */
  discard(stagedIds: readonly StagedId[]): void {
    if (stagedIds.length > 0) this.#client.call("discardStaged", { stagedIds }).catch(() => undefined);
  }

  async #put(address: string, file: Blob, signal: AbortSignal | undefined): Promise<StageAnswer> {
    try {
      const headers = { "Content-Type": file.type === "" ? "application/octet-stream" : file.type };
      const options = { method: "PUT", headers, body: file, ...(signal === undefined ? {} : { signal }) };
      const response = await fetch(address, options);
      return (await response.json()) as StageAnswer;
    } catch (error) {
      if (signal?.aborted === true) throw new RequestFailed({ kind: "aborted", message: "aborted" });
      // The file was moved or changed since it was picked, or the core is gone.
      const message = error instanceof Error ? error.message : String(error);
      throw new RequestFailed({ kind: "invalid", message: `unreadable-file: ${message}` });
    }
  }
}
