import { z } from "zod";
import type { Params } from "./frames.ts";
import type { DeviceId, MxcUri } from "./ids.ts";
import type { AccountRequests } from "./models/account-requests.ts";

// Validators of the requests about accounts. Passwords are as long as anybody could mean them to be.

const text = (max: number) => z.string().min(1).max(max);
const homeserver = text(2048);
const password = text(4096);
const id = text(80);
const deviceId = text(255) as unknown as z.ZodType<DeviceId>;

const answer = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("password"), password }),
  z.strictObject({ kind: z.literal("agree") }),
  z.strictObject({ kind: z.literal("registration-token"), token: text(1024) }),
  z.strictObject({ kind: z.literal("address"), address: text(500) }),
  z.strictObject({ kind: z.literal("code"), code: text(100) }),
  z.strictObject({ kind: z.literal("followed") }),
  z.strictObject({ kind: z.literal("open-page") }),
  z.strictObject({ kind: z.literal("page-done") }),
]);

export const accountRequestSchemas: { readonly [M in keyof AccountRequests]: z.ZodType<Params<M>> } = {
  checkUsername: z.strictObject({ homeserver, username: text(255) }),
  register: z.strictObject({ homeserver, username: z.string().max(255), password }),
  signInInBrowser: z.strictObject({
    homeserver,
    method: z.enum(["sso", "oauth"]),
    idpId: text(255).nullable(),
    wish: z.enum(["login", "register"]),
    doneText: text(500),
  }),
  signInWithToken: z.strictObject({ homeserver, token: text(4096) }),
  cancelBrowserSignIn: z.strictObject({}),
  manageAccount: z.strictObject({ action: z.enum(["profile", "devices", "deactivate"]) }),
  answerStage: z.strictObject({ id, answer }),
  chooseWay: z.strictObject({ id, type: text(255) }),
  cancelAuthentication: z.strictObject({ id }),
  setAvatar: z.strictObject({ mxc: (text(1000) as unknown as z.ZodType<MxcUri>).nullable() }),
  setStatus: z.strictObject({ message: z.string().max(255) }),
  loadAccount: z.strictObject({}),
  changePassword: z.strictObject({ newPassword: password, endOthers: z.boolean() }),
  resetPassword: z.strictObject({ homeserver, newPassword: password, endOthers: z.boolean() }),
  sendContactMessage: z.strictObject({ medium: z.enum(["email", "msisdn"]), address: text(500) }),
  confirmContact: z.strictObject({ id, code: text(100).nullable() }),
  removeContact: z.strictObject({ medium: text(50), address: text(500) }),
  renameSession: z.strictObject({ deviceId, name: z.string().max(255) }),
  endSessions: z.strictObject({ deviceIds: z.array(deviceId).max(1000) }),
  deactivateAccount: z.strictObject({ erase: z.boolean() }),
};
