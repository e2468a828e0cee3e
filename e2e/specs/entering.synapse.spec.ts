import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { ContractClient, request } from "../homeserver/contract-client.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// Every way into a room and out of it, on a real Synapse. Ben, on the other side, speaks plain HTTP.

let synapse: Synapse;
/** Ana's app goes through it, so that its calls are checked. */
let proxy: FaultyProxy;
let app: RunningApp;
let profileDir: string | undefined;
/** Ana at another client. */
let phone: ContractClient;
let ben: ContractClient;
let mallory: ContractClient;

test.beforeAll(async () => {
  synapse = await startSynapse({ config: { allow_guest_access: true } });
  proxy = await startFaultyProxy(synapse.baseUrl);
  const [ana, other, nuisance] = await Promise.all(
    ["Ana", "Ben", "Mallory"].map(async (name) => {
      const { userId } = await synapse.registerUser(name.toLowerCase(), "password", name);
      return ContractClient.login(synapse.baseUrl, { userId, password: "password" });
    }),
  );
  if (ana === undefined || other === undefined || nuisance === undefined) throw new Error("three live here");
  [phone, ben, mallory] = [ana, other, nuisance];
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-entering-"));
  const order = { homeserver: proxy.baseUrl, user: "ana", password: "password" };
  app = await startApp({ profileDir, env: { DUNLIN_SIGN_IN: JSON.stringify(order) } });
});
test.afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
  await synapse?.stop();
  if (profileDir !== undefined) rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

const inRoom = (roomId: string, rest: string): string => `/rooms/${encodeURIComponent(roomId)}/${rest}`;
const open = (name: string, more: object = {}): Promise<string> =>
  ben.createRoom({ preset: "public_chat", name, ...more });
const closed = (name: string, more: object = {}): Promise<string> =>
  ben.createRoom({ preset: "private_chat", name, ...more });
const joinRules = (content: object) => ({ initial_state: [{ type: "m.room.join_rules", content }] });
const invite = (host: ContractClient, roomId: string, reason = "") =>
  host.must("POST", inRoom(roomId, "invite"), { body: { user_id: phone.userId, reason } });
/** How Ben's client has Ana in the room. */
async function membershipOfAna(roomId: string): Promise<unknown> {
  const path = inRoom(roomId, `state/m.room.member/${encodeURIComponent(phone.userId)}`);
  return (await ben.ask("GET", path)).body["membership"];
}
const heading = (page: Page, name: string): Locator =>
  page.getByRole("heading", { name, level: 1, exact: true });

test("rooms are found in every way, entered by every rule they have, and left for good", async ({ page }) => {
  const server = synapse.serverName;
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.connection("live");
  const choose = async (item: string): Promise<Locator> => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
    return page.getByRole("dialog", { name: item });
  };
  const isOpen = (name: string): Promise<void> => expect(heading(page, name)).toBeVisible();
  const follow = async (words: string): Promise<Locator> => {
    await dunlin.log.getByText(words).click();
    return page.getByRole("dialog", { name: "Join this room?" });
  };
  const leave = async (roomId: string, name: string): Promise<void> => {
    await dunlin.row(roomId).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Leave" }).click();
    const question = page.getByRole("dialog", { name: `Leave ${name}?` });
    await question.getByRole("button", { name: "Leave" }).click();
    await expect(dunlin.row(roomId)).toHaveCount(0);
  };
  let tarn = "";
  let cove = "";
  let town = "";

  await test.step("the directory is paged through, searched, and joined from", async () => {
    const piers = Array.from({ length: 30 }, (_, index) => `Pier ${index}`);
    await Promise.all(piers.map((name) => open(name, { visibility: "public" })));
    tarn = await open("Tarn", { visibility: "public", topic: "deep and cold" });
    const find = await choose("Find rooms");
    const cards = find.locator("[data-found-room]");
    await expect(cards).toHaveCount(30);
    await find.getByRole("button", { name: "Show more" }).click();
    await expect(cards).toHaveCount(31);
    await find.getByRole("searchbox").fill("cold");
    await expect(cards).toHaveCount(1);
    await find.getByRole("button", { name: "Join Tarn" }).click();
    await isOpen("Tarn");
  });

  await test.step("a link with `via` leads into a room without an address; one by invitation says so", async () => {
    const boathouse = await open("Boathouse");
    const readable = { type: "m.room.history_visibility", content: { history_visibility: "world_readable" } };
    const vault = await closed("Vault", { initial_state: [readable] });
    const point = (words: string, roomId: string): Promise<string> => {
      const href = `https://matrix.to/#/${roomId}?via=${encodeURIComponent(server)}`;
      const formatted = {
        format: "org.matrix.custom.html",
        formatted_body: `<a href="${href}">${words}</a>`,
      };
      return ben.say(tarn, words, formatted);
    };
    await ben.say(vault, "the gold is here");
    await point("behind the iron door", vault);
    await point("down by the water", boathouse);
    const refusing = await follow("behind the iron door");
    await expect(refusing).toContainText("Only who is invited gets into this room.");
    await expect(refusing.getByRole("button", { name: "Join" })).toHaveCount(0);
    // Everybody may read it, though.
    await refusing.getByRole("button", { name: "Look inside" }).click();
    const peek = page.getByRole("dialog", { name: "Vault" });
    await expect(peek.getByRole("listitem")).toHaveText([/Ben.*the gold is here/s]);
    await ben.say(vault, "and the silver, too");
    await expect(peek.getByRole("listitem").last()).toContainText("and the silver, too");
    expect(await membershipOfAna(vault)).toBeUndefined();
    await peek.getByRole("button", { name: "Close" }).first().click();
    await page.keyboard.press("Escape");
    await expect(refusing).toHaveCount(0);
    const question = await follow("down by the water");
    await expect(question).toContainText("Boathouse");
    await question.getByRole("button", { name: "Join" }).click();
    await isOpen("Boathouse");
  });

  await test.step("an address is typed and joined by", async () => {
    cove = await open("Cove", { room_alias_name: "cove" });
    const find = await choose("Find rooms");
    await find.getByRole("searchbox").fill(`#cove:${server}`);
    await find.getByRole("button", { name: "Join Cove" }).click();
    await isOpen("Cove");
  });

  await test.step("a request to join is declined with a reason, made again, and accepted", async () => {
    const club = await open("Club", { room_alias_name: "club", ...joinRules({ join_rule: "knock" }) });
    const find = await choose("Find rooms");
    await find.getByRole("searchbox").fill(`#club:${server}`);
    await find.getByRole("button", { name: "Ask to join: Club" }).click();
    const dialog = page.getByRole("dialog", { name: "Ask to join Club" });
    const ask = async (reason: string): Promise<void> => {
      await dialog.getByRole("textbox").fill(reason);
      await dialog.getByRole("button", { name: "Ask to join" }).click();
      await expect(dialog).toHaveCount(0);
    };
    await ask("it is me");
    await expect(find.getByText("Asked")).toBeVisible();
    await page.keyboard.press("Escape");
    const own = inRoom(club, `state/m.room.member/${encodeURIComponent(phone.userId)}`);
    expect(await ben.must("GET", own)).toMatchObject({ membership: "knock", reason: "it is me" });
    await dunlin.row(club).click();
    await expect(page.getByText("You asked to join Club.")).toBeVisible();
    await ben.must("POST", inRoom(club, "kick"), { body: { user_id: phone.userId, reason: "not now" } });
    await expect(dunlin.log).toContainText("Ben declined the request of Ana to join: not now");
    await page.getByRole("button", { name: "Ask to join" }).click();
    await ask("and now?");
    await expect(page.getByText("You asked to join Club.")).toBeVisible();
    await invite(ben, club);
    await expect(dunlin.composer).toBeVisible();
    await expect.poll(() => membershipOfAna(club)).toBe("join");
  });

  await test.step("invitations are accepted, declined, and declined with their sender ignored", async () => {
    const [wharf, cellar] = [await closed("Wharf"), await closed("Cellar")];
    await ben.say(wharf, "for members only");
    await invite(ben, wharf, "We need a baker");
    await invite(ben, cellar);
    await dunlin.row(wharf).click();
    await expect(page.getByText(`Ben (${ben.userId}) invites you.`)).toBeVisible();
    await expect(page.getByText("We need a baker")).toBeVisible();
    await page.getByRole("button", { name: "Accept" }).click();
    await expect(dunlin.log.getByText("for members only")).toBeVisible();
    await dunlin.row(cellar).click();
    await page.getByRole("button", { name: "Decline", exact: true }).click();
    await expect(dunlin.row(cellar)).toHaveCount(0);
    await expect.poll(() => membershipOfAna(cellar)).toBe("leave");

    const spam = await mallory.createRoom({ name: "Prizes", invite: [phone.userId] });
    await dunlin.row(spam).click();
    await page.getByRole("button", { name: "Ignore the sender" }).click();
    const question = page.getByRole("dialog", { name: "Ignore Mallory?" });
    await question.getByRole("button", { name: "Ignore the sender" }).click();
    await expect(dunlin.row(spam)).toHaveCount(0);
    const ignored = `/user/${encodeURIComponent(phone.userId)}/account_data/m.ignored_user_list`;
    expect(await phone.must("GET", ignored)).toEqual({ ignored_users: { [mallory.userId]: {} } });
    const again = await mallory.createRoom({ name: "More prizes", invite: [phone.userId] });
    const later = await closed("Later", { invite: [phone.userId] });
    await expect(dunlin.row(later)).toBeVisible();
    await expect(dunlin.row(again)).toHaveCount(0);
  });

  await test.step("a space lets its members into a room that is closed to others", async () => {
    town = await open("Town", { room_alias_name: "town", creation_content: { type: "m.space" } });
    const allow = [{ type: "m.room_membership", room_id: town }];
    const guild = await closed("Guild", joinRules({ join_rule: "restricted", allow }));
    await ben.setState(town, "m.space.child", { via: [server] }, guild);
    expect((await mallory.ask("POST", `/join/${encodeURIComponent(guild)}`, { body: {} })).status).toBe(403);
    const find = await choose("Find rooms");
    await find.getByRole("searchbox").fill(`#town:${server}`);
    await find.getByRole("button", { name: "Join Town" }).click();
    const rail = page.getByRole("navigation", { name: "Spaces" });
    await rail.getByRole("button", { name: "Town" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "What is in it" }).click();
    const inside = page.getByRole("dialog", { name: "Rooms in Town" });
    await inside.getByRole("button", { name: "Join Guild" }).click();
    await inside.getByRole("button", { name: "Open Guild" }).click();
    await isOpen("Guild");
    await expect.poll(() => membershipOfAna(guild)).toBe("join");
    await expect(dunlin.row(cove)).toHaveCount(0);
    await rail.getByRole("button", { name: "All rooms" }).click();
    await expect(dunlin.row(cove)).toBeVisible();
  });

  await test.step("an upgraded room is followed", async () => {
    const { replacement_room: next } = await ben.must("POST", inRoom(cove, "upgrade"), {
      body: { new_version: "11" },
    });
    await dunlin.openRoom("Cove", cove);
    await expect(page.getByRole("note")).toContainText("This room has moved to a new one.");
    await page.getByRole("button", { name: "Go to the new room" }).click();
    await expect(page.locator(`[role="log"][data-room-id="${String(next)}"]`)).toBeVisible();
    await dunlin.send("here I am");
    await expect
      .poll(async () => (await ben.pageBack(String(next), undefined, 5))[0]?.content["body"])
      .toBe("here I am");
  });

  await test.step("who may join one's own room is changed, and the server acts by it", async () => {
    const garden = await phone.createRoom({ name: "Garden", preset: "private_chat" });
    const benComes = async (): Promise<number> =>
      (await ben.ask("POST", `/join/${encodeURIComponent(garden)}`, { body: {} })).status;
    const benGoes = () => ben.must("POST", inRoom(garden, "leave"), { body: {} });
    await dunlin.openRoom("Garden", garden);
    await page.getByRole("button", { name: "Details" }).click();
    const details = page.getByRole("region", { name: "Details" });
    const rule = details.getByRole("combobox", { name: "Who can join?" });
    expect(await benComes()).toBe(403);
    await rule.selectOption("restricted");
    const allowed = details.getByRole("group", { name: "Members of these may join" });
    await allowed.getByRole("checkbox", { name: "Town" }).check();
    await expect.poll(benComes).toBe(200);
    await benGoes();
    await rule.selectOption("public");
    await expect(rule).toHaveValue("public");
    await expect.poll(benComes).toBe(200);
    const guests = details.getByRole("switch", { name: "Guests may join" });
    await guests.setChecked(true);
    const { body } = await request(synapse.baseUrl, "POST", "/_matrix/client/v3/register", {
      ...{ query: { kind: "guest" }, body: {} },
    });
    const guest = new ContractClient(synapse.baseUrl, {
      ...{ userId: String(body["user_id"]), deviceId: String(body["device_id"]) },
      token: String(body["access_token"]),
    });
    const guestComes = async (): Promise<number> =>
      (await guest.ask("POST", `/join/${encodeURIComponent(garden)}`, { body: {} })).status;
    await expect.poll(guestComes).toBe(200);
    await expect(details.getByRole("button", { name: "3 members" })).toBeVisible();
    // Synapse sends those away who are there.
    await guests.setChecked(false);
    await expect(details.getByRole("button", { name: "2 members" })).toBeVisible();
    await expect.poll(guestComes).toBe(403);
    await rule.selectOption("invite");
    await expect(rule).toHaveValue("invite");
    await benGoes();
    expect(await benComes()).toBe(403);
    await page.keyboard.press("Escape");
  });

  await test.step("removed, one comes back; banned, one does not until the ban is lifted", async () => {
    await ben.say(tarn, "some words to keep");
    await dunlin.openRoom("Tarn", tarn);
    const order = (what: string, reason: string) =>
      ben.must("POST", inRoom(tarn, what), { body: { user_id: phone.userId, reason } });
    await order("kick", "a little rest");
    await expect(dunlin.composer).toHaveCount(0);
    await page.getByRole("button", { name: "Join again" }).click();
    await expect(dunlin.composer).toBeVisible();
    await order("ban", "enough");
    await expect(page.getByRole("note")).toContainText("You are banned from this room.");
    await expect(dunlin.log.getByText("some words to keep")).toBeVisible();
    await ben.must("POST", inRoom(tarn, "unban"), { body: { user_id: phone.userId } });
    await page.getByRole("button", { name: "Join again" }).click();
    await expect(dunlin.composer).toBeVisible();
  });

  await test.step("a room is left, read in the archive, entered again, left and forgotten", async () => {
    await leave(tarn, "Tarn");
    const archive = await choose("Rooms you left");
    await archive.getByRole("button", { name: "Open Tarn" }).click();
    await expect(dunlin.log.getByText("some words to keep")).toBeVisible();
    await expect(dunlin.composer).toHaveCount(0);
    await page.getByRole("button", { name: "Join again" }).click();
    await expect(dunlin.composer).toBeVisible();
    await leave(tarn, "Tarn");
    await choose("Rooms you left");
    await archive.getByRole("button", { name: "Forget Tarn" }).click();
    const question = page.getByRole("dialog", { name: "Forget this room?" });
    await question.getByRole("button", { name: "Forget the room" }).click();
    await expect(archive.getByRole("button", { name: "Forget Tarn" })).toHaveCount(0);
    // Forgotten by the server too: what was read there as a member is read no more.
    expect((await phone.ask("GET", inRoom(tarn, "messages?dir=b"))).status).toBe(403);
  });
});
