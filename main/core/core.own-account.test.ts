import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Homeserver } from "../../e2e/homeserver/index.ts";
import type { DeviceId, MxcUri } from "../../preload/contract/ids.ts";
import type { Authentication, StageAnswer } from "../../preload/contract/models/authentication.ts";
import { FailureError, type Failure } from "./failure.ts";
import { CoreRig, endAll, filesWith, homeserverWith } from "./testing/core-rig.ts";

// One's own account: password, addresses, sessions, and the end of it (PWD, PID).

let server: Homeserver;
let rig: CoreRig;
beforeEach(async () => {
  server = await homeserverWith("Ann");
  server.world.addUser("ben");
  rig = await (await CoreRig.start(server)).signIn("ann");
});
afterEach(endAll);

const posts = (end: string) =>
  server.wire.requests
    .filter(({ method, path }) => method === "POST" && path.endsWith(end))
    .map(({ body, token }) => ({ body: body as Record<string, unknown>, hasToken: token !== undefined }));
async function at(
  kind: string,
  test: (view: Authentication) => boolean = () => true,
): Promise<Authentication> {
  const topic = rig.watch("authentication");
  await topic.until((view) => view?.stage.kind === kind && !view.isBusy && test(view));
  topic.stop();
  return topic.value as Authentication;
}
const answer = async (view: Authentication, given: StageAnswer): Promise<void> =>
  rig.core.handlers.answerStage({ id: view.id, answer: given });
const withPassword = async (): Promise<void> =>
  answer(await at("password"), { kind: "password", password: "password" });
const refusal = async (work: unknown): Promise<Failure> =>
  Promise.resolve(work).then(
    () => Promise.reject(new Error("it worked")),
    (error: unknown) => (error instanceof FailureError ? error.failure : Promise.reject(error as Error)),
  );

describe("the password", () => {
  const change = (endOthers: boolean, newPassword = "Tall-Ships-77"): Promise<unknown> =>
    Promise.resolve(rig.core.handlers.changePassword({ newPassword, endOthers }));

  it("is changed after the old one was given; a wrong one can be given again", async () => {
    server.world.login("ann", "OTHER");
    const done = change(false);
    const view = await at("password");
    expect(view).toMatchObject({ purpose: "change-password", number: 1, of: 1 });
    await answer(view, { kind: "password", password: "wrong" });
    const again = await at("password", ({ failure }) => failure !== null);
    expect(again.failure).toMatchObject({ errcode: "M_FORBIDDEN", status: 401 });
    await answer(again, { kind: "password", password: "password" });
    await done;
    expect(server.world.user("ann").password).toBe("Tall-Ships-77");
    expect(server.world.user("ann").deviceIds).toContain("OTHER");
    const [first, , last] = posts("/account/password");
    expect(first).toEqual({ body: { new_password: "Tall-Ships-77", logout_devices: false }, hasToken: true });
    expect(last?.body["auth"]).toEqual({
      type: "m.login.password",
      identifier: { type: "m.id.user", user: "@ann:dunlin.test" },
      password: "password",
      session: expect.any(String) as string,
    });
    // The session here goes on.
    await rig.live();
    expect(rig.watch("session").value.state).toBe("signed-in");
    expect(JSON.stringify(rig.platform.logged)).not.toContain("Tall-Ships-77");
    expect(filesWith(rig.platform.profileDir, "Tall-Ships-77")).toEqual([]);
  });

  it("can end all other sessions", async () => {
    server.world.login("ann", "OTHER");
    const done = change(true);
    await withPassword();
    await done;
    expect(server.world.user("ann").deviceIds).not.toContain("OTHER");
    // Asked of the server, it would cost this session its refresh token: Synapse forgets them all.
    expect(posts("/account/password").at(-1)?.body["logout_devices"]).toBe(false);
    server.world.expireToken("ann", "refreshable");
    await expect.poll(() => posts("/refresh").length).toBe(1);
    await rig.live();
    expect(rig.watch("session").value.state).toBe("signed-in");
  });

  it("is changed even where the other sessions could not be ended, and says so", async () => {
    server.world.login("ann", "OTHER");
    const rule = server.faults.add({
      on: { path: /\/delete_devices$/ },
      do: { status: { code: 503 } },
    });
    const done = change(true);
    await withPassword();
    expect(await done).toEqual({ othersEnded: false });
    rule.remove();
    expect(server.world.user("ann").password).toBe("Tall-Ships-77");
    expect(server.world.user("ann").deviceIds).toContain("OTHER");
  });

  it("too weak for the server: refused by that name, and the next attempt asks for the old one again", async () => {
    const done = refusal(change(false, "short"));
    await withPassword();
    expect(await done).toMatchObject({ errcode: "M_WEAK_PASSWORD" });
    const second = change(false);
    await withPassword();
    await second;
    expect(server.world.user("ann").password).toBe("Tall-Ships-77");
  });

  it("a confirmation that was given up authorises nothing afterwards", async () => {
    server.world.stages.flows.devices = [["m.login.password", "m.login.terms"]];
    server.world.login("ann", "OTHER");
    const first = refusal(rig.core.handlers.endSessions({ deviceIds: ["OTHER" as DeviceId] }));
    await withPassword();
    const view = await at("terms");
    await rig.core.handlers.cancelAuthentication({ id: view.id });
    await first;
    const second = refusal(rig.core.handlers.endSessions({ deviceIds: ["OTHER" as DeviceId] }));
    const again = await at("password");
    expect(again.number).toBe(1);
    await rig.core.handlers.cancelAuthentication({ id: again.id });
    expect(await second).toMatchObject({ kind: "aborted" });
    expect(server.world.user("ann").deviceIds).toContain("OTHER");
  });
});

describe("a forgotten password", () => {
  const reset = async (): Promise<void> => {
    await rig.core.handlers.resetPassword({
      homeserver: server.baseUrl,
      newPassword: "Tall-Ships-77",
      endOthers: true,
    });
  };

  it("is replaced after a mail was answered, without a token (PWD-02)", async () => {
    server.world.addContact("ben", "email", "ben@example.org");
    const done = reset();
    const view = await at("email");
    expect(view.purpose).toBe("reset-password");
    await answer(view, { kind: "address", address: "nobody@example.org" });
    expect((await at("email")).failure).toMatchObject({ errcode: "M_THREEPID_NOT_FOUND" });
    await answer(view, { kind: "address", address: "ben@example.org" });
    await globalThis.fetch(server.world.messages()[0]?.link ?? "");
    await answer(view, { kind: "followed" });
    await done;
    expect(server.world.user("ben").password).toBe("Tall-Ships-77");
    expect(posts("/account/password").every(({ hasToken }) => !hasToken)).toBe(true);
    expect(posts("/requestToken").every(({ hasToken }) => !hasToken)).toBe(true);
  });
});

describe("addresses", () => {
  const contacts = async () => (await rig.core.handlers.loadAccount({})).contacts;

  it("a mail address is added after its link and the password, and removed again", async () => {
    server.world.addContact("ann", "carrier-pigeon" as "email", "loft 7\u202E");
    expect(await contacts()).toEqual([{ medium: "carrier-pigeon", address: "loft 7" }]);
    const { id, needsCode } = await rig.core.handlers.sendContactMessage({
      medium: "email",
      address: "ann@example.org",
    });
    expect(needsCode).toBe(false);
    const early = refusal(rig.core.handlers.confirmContact({ id, code: null }));
    await withPassword();
    expect(await early).toMatchObject({ errcode: "M_THREEPID_AUTH_FAILED" });
    await globalThis.fetch(server.world.messages()[0]?.link ?? "");
    // Confirmed already: the password is not asked for twice.
    await rig.core.handlers.confirmContact({ id, code: null });
    expect(await contacts()).toContainEqual({ medium: "email", address: "ann@example.org" });
    await rig.core.handlers.removeContact({ medium: "email", address: "ann@example.org" });
    expect(await contacts()).toHaveLength(1);
  });

  it("a number is added with the code of its message; another message has another number", async () => {
    const params = { medium: "msisdn", address: "0044 7700 900123" } as const;
    const { id, address, needsCode } = await rig.core.handlers.sendContactMessage(params);
    expect([address, needsCode]).toEqual(["+447700900123", true]);
    expect((await rig.core.handlers.sendContactMessage(params)).id).toBe(id);
    expect(posts("/msisdn/requestToken").map(({ body }) => body["send_attempt"])).toEqual([1, 2]);
    expect(await refusal(rig.core.handlers.confirmContact({ id, code: "000" }))).toMatchObject({
      errcode: "M_THREEPID_AUTH_FAILED",
    });
    const done = rig.core.handlers.confirmContact({ id, code: server.world.messages().at(-1)?.code ?? "" });
    await withPassword();
    await done;
    expect(await contacts()).toEqual([{ medium: "msisdn", address: "447700900123" }]);
  });

  it("what is none goes nowhere, and one of somebody else's is refused", async () => {
    const send = (address: string) => rig.core.handlers.sendContactMessage({ medium: "email", address });
    expect(await refusal(send("nonsense"))).toMatchObject({ kind: "invalid", message: "not-an-email" });
    expect(posts("/requestToken")).toEqual([]);
    server.world.addContact("ben", "email", "ben@example.org");
    expect(await refusal(send("ben@example.org"))).toMatchObject({ errcode: "M_THREEPID_IN_USE" });
  });
});

describe("sessions", () => {
  const listed = async () => (await rig.core.handlers.loadAccount({})).sessions ?? [];
  it("are listed with this one first, renamed, and ended", async () => {
    server.world.login("ann", "PHONE");
    server.world.login("ann", "TABLET");
    const sessions = await listed();
    expect(sessions.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
    await rig.core.handlers.renameSession({ deviceId: "PHONE" as DeviceId, name: "My phone" });
    const renamed = await listed();
    expect(renamed.find(({ deviceId }) => deviceId === "PHONE")?.name).toBe("My phone");
    const all = renamed.map(({ deviceId }) => deviceId);
    const done = rig.core.handlers.endSessions({ deviceIds: all });
    await withPassword();
    await done;
    expect(server.world.user("ann").deviceIds).toEqual([all[0]]);
    await rig.live();
  });

  it("this one alone is not ended that way", async () => {
    const [own] = await listed();
    await rig.core.handlers.endSessions({ deviceIds: [own?.deviceId as DeviceId] });
    expect(posts("/delete_devices")).toEqual([]);
  });
});

describe("the end of the account", () => {
  it("is for good, and nothing of it stays here", async () => {
    server.world.createRoom({ creator: "ann", name: "Ornithology" });
    await rig.watch("roomList").until((list) => list.length === 1);
    const done = rig.core.handlers.deactivateAccount({ erase: true });
    const view = await at("password");
    expect(view.purpose).toBe("deactivate");
    await answer(view, { kind: "password", password: "password" });
    await done;
    expect(server.world.user("ann")).toMatchObject({ isDeactivated: true, isErased: true });
    expect(posts("/account/deactivate").at(-1)?.body["erase"]).toBe(true);
    expect(rig.watch("session").value.state).toBe("signed-out");
    expect(filesWith(rig.platform.profileDir, "Ornithology")).toEqual([]);
  });

  it("given up at the password, all stays as it is", async () => {
    const done = refusal(rig.core.handlers.deactivateAccount({ erase: false }));
    const view = await at("password");
    await rig.core.handlers.cancelAuthentication({ id: view.id });
    expect(await done).toMatchObject({ kind: "aborted" });
    expect(server.world.user("ann").isDeactivated).toBe(false);
    expect(rig.watch("session").value.state).toBe("signed-in");
  });
});

describe("the profile", () => {
  const puts = (end: string) =>
    server.wire.requests.filter(({ method, path }) => method === "PUT" && path.endsWith(end));

  it("a picture is set and removed with one request each, and shown at once (PRF-02)", async () => {
    server.world.createRoom({ creator: "ann", name: "Harbour" });
    const mxc = server.world.uploadMedia(new Uint8Array([1, 2, 3]), "image/png") as MxcUri;
    const session = rig.watch("session");
    await rig.core.handlers.setAvatar({ mxc });
    expect(server.world.user("ann").avatarUrl).toBe(mxc);
    expect(session.value).toMatchObject({ account: { avatar: expect.stringContaining("media/") as string } });
    await rig.core.handlers.setAvatar({ mxc: null });
    expect(server.world.user("ann").avatarUrl).toBeUndefined();
    expect(session.value).toMatchObject({ account: { avatar: null } });
    expect(puts("/avatar_url")).toHaveLength(2);
    expect(server.wire.requests.some(({ path }) => path.includes("/state/m.room.member"))).toBe(false);
  });

  it("what is no media address goes nowhere", async () => {
    const mxc = "https://example.org/me.png" as MxcUri;
    expect(await refusal(rig.core.handlers.setAvatar({ mxc }))).toMatchObject({ kind: "invalid" });
    expect(puts("/avatar_url")).toEqual([]);
  });

  it("a status is told with the presence that was chosen", async () => {
    await rig.core.handlers.setStatus({ message: " at sea " });
    expect(puts("/status").at(-1)?.body).toEqual({ presence: "online", status_msg: "at sea" });
  });
});

describe("what the server allows", () => {
  it.each([
    [{ "m.change_password": { enabled: false } }, { mayChangePassword: false, mayChangeName: true }],
    [{ "m.3pid_changes": { enabled: false } }, { mayChangeContacts: false }],
    [{ "m.set_displayname": { enabled: false } }, { mayChangeName: false, mayChangeAvatar: true }],
    [
      {
        "m.set_displayname": { enabled: false },
        "m.profile_fields": { enabled: true, disallowed: ["avatar_url"] },
      },
      { mayChangeName: true, mayChangeAvatar: false },
    ],
    [
      { "m.profile_fields": { enabled: true, allowed: ["displayname"] } },
      { mayChangeName: true, mayChangeAvatar: false },
    ],
    [{ "m.profile_fields": { enabled: false } }, { mayChangeName: false, mayChangeAvatar: false }],
  ])("%j", async (capabilities, expected) => {
    server.world.capabilities = capabilities;
    expect(await rig.core.handlers.loadAccount({})).toMatchObject(expected);
  });

  const fail = (path: RegExp) => server.faults.add({ on: { path }, do: { status: { code: 502 } } });
  it("is not held up by one part that cannot be had", async () => {
    const capabilities = fail(/\/capabilities$/);
    const told = await rig.core.handlers.loadAccount({});
    expect(told).toMatchObject({ mayChangeName: true, mayChangePassword: true, contacts: [] });
    expect(told.sessions).toHaveLength(1);
    capabilities.remove();
    fail(/\/devices$/);
    server.world.capabilities = { "m.set_displayname": { enabled: false } };
    const without = await rig.core.handlers.loadAccount({});
    expect(without).toMatchObject({ mayChangeName: false, sessions: null, contacts: [] });
    fail(/\/account\/3pid$/);
    expect(await rig.core.handlers.loadAccount({})).toMatchObject({ contacts: null, sessions: null });
    fail(/\/capabilities$/);
    expect(await refusal(rig.core.handlers.loadAccount({}))).toMatchObject({ kind: "unavailable" });
  });
});
