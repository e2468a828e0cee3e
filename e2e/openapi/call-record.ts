import { accountOperations } from "./account-operations.ts";
import { createCheck, type CheckCall } from "./check-call.ts";
import type { Call } from "./operation.ts";
import { asToday, isOfOthers, outside } from "./outside.ts";
import { roomOperations } from "./room-operations.ts";
import { readSpecification, specificationFolder } from "./specification-files.ts";

/** The calls of a run: which operations were used, and what was wrong with some. */
export class CallRecord {
  readonly used = new Map<string, number>();
  readonly problems: string[] = [];

  /** Checks a call and keeps what is to be told of it. */
  add(call: Call): void {
    if (isOfOthers(call)) return;
    const today = asToday(call);
    for (const { name, check } of checks()) {
      const { operation, problems } = check(today);
      if (name === "ours" && operation !== null)
        this.used.set(operation, (this.used.get(operation) ?? 0) + 1);
      for (const problem of problems) this.#note(`${call.method} ${call.path} (${name}): ${problem}`);
    }
  }

  #note(problem: string): void {
    if (!this.problems.includes(problem)) this.problems.push(problem);
  }

  /** One sentence of everything that was wrong; undefined where nothing was. */
  complaint(): string | undefined {
    if (this.problems.length === 0) return undefined;
    return ["calls that the specification does not know:", ...this.problems].join("\n  ");
  }
}

interface Named {
  readonly name: "ours" | "the specification's files";
  readonly check: CheckCall;
}

let known: readonly Named[] | null = null;

/** Compiled once: against our own tables, and where they are at hand against the specification's own files. */
function checks(): readonly Named[] {
  if (known !== null) return known;
  const folder = specificationFolder();
  const ours: Named = { name: "ours", check: createCheck([...accountOperations, ...roomOperations]) };
  if (folder === undefined) return (known = [ours]);
  const theirs = [...readSpecification(folder), ...outside.flatMap(({ operations }) => operations)];
  return (known = [ours, { name: "the specification's files", check: createCheck(theirs) }]);
}
