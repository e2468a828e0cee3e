import type { Failure } from "../../preload/contract/models/failure.ts";
import { failureSentence } from "./strings.ts";
import { strings } from "./timeline-strings.ts";

/** Why a message that was asked for cannot be shown. */
export function jumpFailure(failure: Failure): string {
  if (failure.errcode === "M_NOT_FOUND") return strings.jump.notFound;
  if (failure.errcode === "M_FORBIDDEN") return strings.jump.forbidden;
  if (failure.kind === "offline") return strings.jump.offline;
  return failureSentence(failure);
}
