import type { Failure } from "../../preload/contract/models/failure.ts";

/** What a rejected request carries: the Failure as it crossed the border. */
export class RequestFailed extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = "RequestFailed";
    this.failure = failure;
  }
}

/** Anything caught around a request, as a Failure; what is not ours is a bug of ours. */
export function failureOf(error: unknown): Failure {
  if (error instanceof RequestFailed) return error.failure;
  return { kind: "bug", message: error instanceof Error ? error.message : String(error) };
}
