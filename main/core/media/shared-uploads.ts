import type { MxcUri, StagedId } from "../../../preload/contract/ids.ts";
import { aborted, failed, type Result } from "../failure.ts";

/** Brings one file to the server. */
export type Bring = (signal: AbortSignal, onProgress: (fraction: number) => void) => Promise<Result<MxcUri>>;

interface UnderWay {
  readonly done: Promise<Result<MxcUri>>;
  readonly control: AbortController;
  readonly told: Set<(fraction: number) => void>;
}

/**
 * A file that several rooms wait for, because it was forwarded before it was sent, is one upload: who asks second joins,
 * and it is broken off when the last who asked has gone (ATT-03).
 */
export class SharedUploads {
  readonly #underWay = new Map<StagedId, UnderWay>();

  async join(
    stagedId: StagedId,
    signal: AbortSignal,
    onProgress: (fraction: number) => void,
    bring: Bring,
  ): Promise<Result<MxcUri>> {
    if (signal.aborted) return failed(aborted);
    const one = this.#underWay.get(stagedId) ?? this.#begin(stagedId, bring);
    // A function of its own for each: two may ask with the same one.
    const tell = (fraction: number): void => onProgress(fraction);
    one.told.add(tell);
    const left = Promise.withResolvers<Result<MxcUri>>();
    const leave = (): void => {
      one.told.delete(tell);
      if (one.told.size > 0) return left.resolve(failed(aborted));
      // Whoever leaves last waits until nothing is under way any more.
      if (this.#underWay.get(stagedId) === one) this.#underWay.delete(stagedId);
      one.control.abort();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([one.done, left.promise]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #begin(stagedId: StagedId, bring: Bring): UnderWay {
    const control = new AbortController();
    const told = new Set<(fraction: number) => void>();
    const tellAll = (fraction: number): void => told.forEach((tell) => tell(fraction));
    const done = bring(control.signal, tellAll).finally(() => {
      if (this.#underWay.get(stagedId) === one) this.#underWay.delete(stagedId);
    });
    const one: UnderWay = { done, control, told };
    this.#underWay.set(stagedId, one);
    return one;
  }
}
