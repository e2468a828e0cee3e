import type { Failure } from "../failure.ts";

/** Those who wait to hear how something ends, by its name. */
export interface Askers {
  /** Resolves with the refusal, or with null when it is done, or will only be known later. */
  ask(of: string): Promise<Failure | null>;
  tell(of: string, refusal: Failure | null): void;
  /** Nothing more happens for now. */
  tellAll(): void;
}

export function createAskers(): Askers {
  const asking = new Map<string, ((refusal: Failure | null) => void)[]>();
  function tell(of: string, refusal: Failure | null): void {
    const told = asking.get(of) ?? [];
    asking.delete(of);
    for (const one of told) one(refusal);
  }
  return {
    ask: (of) => new Promise((resolve) => asking.set(of, [...(asking.get(of) ?? []), resolve])),
    tell,
    tellAll: () => [...asking.keys()].forEach((of) => tell(of, null)),
  };
}
