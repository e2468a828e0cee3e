import type { CallRecord } from "./call-record.ts";
import type { Call } from "./operation.ts";

const records = new Set<CallRecord>();

/** From now on `record` hears of every call to the servers and proxies of this process, until the answer is called. */
export function listen(record: CallRecord): () => void {
  records.add(record);
  return () => void records.delete(record);
}

/** For servers and proxies: says that a call came. `call` is made only where somebody listens. */
export function heard(call: () => Call): void {
  for (const record of records) record.add(call());
}
