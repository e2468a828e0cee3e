import { z } from "zod";
import type { Params } from "./frames.ts";
import type { HostRequests } from "./models/desktop.ts";

// Validators of the requests that the host answers.

const nothing = z.strictObject({});
/** Characters of a passphrase; a sentence fits, a file does not. */
const MAX_PASSPHRASE = 1024;
const MIN_PASSPHRASE = 8;

export const hostRequestSchemas: { readonly [M in keyof HostRequests]: z.ZodType<Params<M>> } = {
  errandDone: z.strictObject({ number: z.number().int() }),
  setAutostart: z.strictObject({ isOn: z.boolean() }),
  checkForUpdate: nothing,
  restartToUpdate: nothing,
  lockApp: nothing,
  unlockApp: z.strictObject({ passphrase: z.string().max(MAX_PASSPHRASE) }),
  setPassphrase: z.strictObject({
    current: z.string().max(MAX_PASSPHRASE).nullable(),
    next: z.string().min(MIN_PASSPHRASE).max(MAX_PASSPHRASE).nullable(),
  }),
  saveLogs: nothing,
  saveCrashReports: nothing,
  loadLicences: nothing,
  showLicence: z.strictObject({ of: z.enum(["electron", "chromium"]) }),
};
