import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { ContractClient } from "../homeserver/contract-client.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { startFederation, type Federation } from "../synapse/federation.ts";

// Ana is on one server, Ben on another one that federates with it: rooms of the other side are found, joined, knocked
// at and lived in, also while that side is away.

let servers: Federation;
/** Ana's app goes through it, so that its calls are checked. */
let proxy: FaultyProxy;
let app: RunningApp;
let profileDir: string | undefined;
let ben: ContractClient;
let anaId: string;

test.beforeAll(async () => {
  servers = await startFederation();
  proxy = await startFaultyProxy(servers.here.baseUrl);
  anaId = (await servers.here.registerUser("ana", "password", "Ana")).userId;
  const { userId } = await servers.there.registerUser("ben", "password", "Ben");
  ben = await ContractClient.login(servers.there.baseUrl, { userId, password: "password" });
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-federation-"));
  const order = { homeserver: proxy.baseUrl, user: "ana", password: "password" };
  app = await startApp({ profileDir, env: { DUNLIN_SIGN_IN: JSON.stringify(order) } });
});
test.afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
  await servers?.stop();
  if (profileDir !== undefined) rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

/** Ana at her app. */
async function sitDown(page: Page): Promise<AppPage> {
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.connection("live");
  return dunlin;
}
async function choose(page: Page, item: string): Promise<Locator> {
  await page.getByRole("button", { name: "New", exact: true }).click();
  await page.getByRole("menuitem", { name: item }).click();
  return page.getByRole("dialog", { name: item });
}
const open = (alias: string, more: object = {}): Promise<string> =>
  ben.createRoom({ preset: "public_chat", name: alias, room_alias_name: alias, ...more });
const roomOfBen = (name: string, more: object = {}): Promise<string> =>
  ben.createRoom({ preset: "private_chat", name, ...more });
const heading = (page: Page, name: string): Locator =>
  page.getByRole("heading", { name, level: 1, exact: true });
/** How Ben's server has Ana in the room; null while it has not heard of it. */
async function membershipOfAna(roomId: string): Promise<unknown> {
  const path = `/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${encodeURIComponent(anaId)}`;
  const { status, body } = await ben.ask("GET", path);
  return status === 200 ? body["membership"] : null;
}
/** The texts of a room as Ben's server has them, oldest first. */
async function textsAtBen(roomId: string): Promise<unknown[]> {
  const events = await ben.pageBack(roomId, undefined, 50);
  return events
    .filter(({ type }) => type === "m.room.message")
    .map(({ content }) => content["body"])
    .reverse();
}
const texts = async (dunlin: AppPage): Promise<string[]> =>
  (await dunlin.visible()).map(({ text }) => text.trim());

test("a room of another server is joined by its address, and messages go both ways once and in order", async ({
  page,
}) => {
  const roomId = await open("quay");
  await ben.say(roomId, "written before anybody came");
  const dunlin = await sitDown(page);
  const find = await choose(page, "Find rooms");
  await find.getByRole("searchbox").fill(`#quay:${servers.there.serverName}`);
  await find.getByRole("button", { name: "Join quay" }).click();
  await expect(heading(page, "quay")).toBeVisible();
  await expect(dunlin.log.getByText("written before anybody came")).toBeVisible();
  const expected = ["written before anybody came"];
  for (let turn = 1; turn <= 4; turn += 1) {
    await dunlin.send(`from Ana ${turn}`);
    await expect.poll(() => textsAtBen(roomId)).toContain(`from Ana ${turn}`);
    await ben.say(roomId, `from Ben ${turn}`);
    await expect(dunlin.log.getByText(`from Ben ${turn}`)).toBeVisible();
    expected.push(`from Ana ${turn}`, `from Ben ${turn}`);
  }
  expect(await texts(dunlin)).toEqual(expected);
  expect(await textsAtBen(roomId)).toEqual(expected);
  await expect(dunlin.log.locator('[data-sender-name="Ben"]').first()).toBeVisible();
});

test("an address nobody has is told, and so is a server nobody reaches", async ({ page }) => {
  await sitDown(page);
  const find = await choose(page, "Find rooms");
  await find.getByRole("searchbox").fill(`#nowhere:${servers.there.serverName}`);
  await expect(find.getByRole("alert").first()).toContainText("No room has this address.");
  await find.getByRole("searchbox").fill("");
  await find.getByRole("textbox", { name: "Server" }).fill("localhost:9");
  await expect(find.getByRole("alert").first()).toContainText("The rooms could not be listed.");
});

test("the directory of another server is searched, paged through, and joined from", async ({ page }) => {
  for (let number = 1; number <= 34; number += 1) await open(`pier-${number}`, { visibility: "public" });
  await open("lighthouse", { visibility: "public", topic: "a light on the rock" });
  await sitDown(page);
  const find = await choose(page, "Find rooms");
  const cards = find.locator("[data-found-room]");
  await expect(find).toContainText("This server lists no rooms.");
  await find.getByRole("textbox", { name: "Server" }).fill(servers.there.serverName);
  await expect(cards).toHaveCount(30);
  await find.getByRole("button", { name: "Show more" }).click();
  await expect(cards).toHaveCount(35);
  await expect(find.getByRole("button", { name: "Show more" })).toHaveCount(0);
  await find.getByRole("searchbox").fill("rock");
  await expect(cards).toHaveCount(1);
  await find.getByRole("button", { name: "Join lighthouse" }).click();
  await expect(heading(page, "lighthouse")).toBeVisible();
});

test("a link with `via` leads into a room that has no address", async ({ page }) => {
  const target = await ben.createRoom({ preset: "public_chat", name: "Boathouse" });
  const path = await open("signpost");
  const dunlin = await sitDown(page);
  const find = await choose(page, "Find rooms");
  await find.getByRole("searchbox").fill(`#signpost:${servers.there.serverName}`);
  await find.getByRole("button", { name: "Join signpost" }).click();
  await expect(heading(page, "signpost")).toBeVisible();
  const link = `https://matrix.to/#/${target}?via=${encodeURIComponent(servers.there.serverName)}`;
  await ben.say(path, `over here: ${link}`);
  await dunlin.log.getByRole("link", { name: target }).or(dunlin.log.getByText(link)).first().click();
  const question = page.getByRole("dialog", { name: "Join this room?" });
  await expect(question).toContainText("Boathouse");
  await question.getByRole("button", { name: "Join" }).click();
  await expect(heading(page, "Boathouse")).toBeVisible();
  await dunlin.send("came by the link");
  await expect.poll(() => textsAtBen(target)).toEqual(["came by the link"]);

  // Her own server is in it no more when she has left: only the servers that are named know the way back.
  await dunlin.row(target).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Leave" }).click();
  await page.getByRole("dialog", { name: "Leave Boathouse?" }).getByRole("button", { name: "Leave" }).click();
  await expect(dunlin.row(target)).toHaveCount(0);
  const archive = await choose(page, "Rooms you left");
  await archive.getByRole("button", { name: "Open Boathouse" }).click();
  await page.getByRole("button", { name: "Join again" }).click();
  await expect(dunlin.composer).toBeVisible();
  await expect.poll(() => membershipOfAna(target)).toBe("join");
});

test("a knock over federation is let in; one that was declined there is taken back and made again", async ({
  page,
}) => {
  const knock = { initial_state: [{ type: "m.room.join_rules", content: { join_rule: "knock" } }] };
  const dunlin = await sitDown(page);
  const knockAt = async (roomId: string, alias: string): Promise<void> => {
    const find = await choose(page, "Find rooms");
    await find.getByRole("searchbox").fill(`#${alias}:${servers.there.serverName}`);
    await find.getByRole("button", { name: `Ask to join: ${alias}` }).click();
    const dialog = page.getByRole("dialog", { name: `Ask to join ${alias}` });
    await dialog.getByRole("textbox").fill("it is me, Ana");
    await dialog.getByRole("button", { name: "Ask to join" }).click();
    await expect(find.getByText("Asked")).toBeVisible();
    await expect.poll(() => membershipOfAna(roomId)).toBe("knock");
    await page.keyboard.press("Escape");
    await dunlin.row(roomId).click();
    await expect(page.getByText(`You asked to join ${alias}.`)).toBeVisible();
  };
  const letIn = (roomId: string) =>
    ben.must("POST", `/rooms/${encodeURIComponent(roomId)}/invite`, { body: { user_id: anaId } });
  const club = await open("club", knock);
  await knockAt(club, "club");
  await letIn(club);
  await expect(dunlin.composer).toBeVisible();
  await expect.poll(() => membershipOfAna(club)).toBe("join");

  // Synapse tells nobody of another server that a knock was declined (element-hq/synapse#18030): it still stands here.
  const vault = await open("vault", knock);
  await knockAt(vault, "vault");
  const body = { user_id: anaId, reason: "not now" };
  await ben.must("POST", `/rooms/${encodeURIComponent(vault)}/kick`, { body });
  await expect.poll(() => membershipOfAna(vault)).toBe("leave");
  await page.getByRole("button", { name: "Take the request back" }).click();
  await expect(dunlin.row(vault)).toHaveCount(0);
  await knockAt(vault, "vault");
  await letIn(vault);
  await expect(dunlin.composer).toBeVisible();
});

test("invitations from another server are accepted and declined", async ({ page }) => {
  const dunlin = await sitDown(page);
  const [yes, no] = [await roomOfBen("Wharf"), await roomOfBen("Cellar")];
  await ben.say(yes, "for members only");
  for (const roomId of [yes, no])
    await ben.must("POST", `/rooms/${encodeURIComponent(roomId)}/invite`, { body: { user_id: anaId } });
  await dunlin.row(yes).click();
  await expect(page.getByText(`Ben (${ben.userId}) invites you.`)).toBeVisible();
  await page.getByRole("button", { name: "Accept" }).click();
  await expect(dunlin.log.getByText("for members only")).toBeVisible();
  await dunlin.row(no).click();
  await page.getByRole("button", { name: "Decline", exact: true }).click();
  await expect(dunlin.row(no)).toHaveCount(0);
  await expect.poll(() => membershipOfAna(no)).toBe("leave");
});

test("a direct chat with somebody of another server is begun by their ID and lived in", async ({ page }) => {
  const dunlin = await sitDown(page);
  const dialog = await choose(page, "New chat");
  await dialog.getByRole("combobox", { name: "People" }).fill(ben.userId);
  await dialog.getByRole("option", { name: "Ben" }).click();
  await dialog.getByRole("button", { name: "Start the chat" }).click();
  await expect(dialog).toHaveCount(0);
  await expect(heading(page, "Ben")).toBeVisible();
  const { rooms } = await ben.sync();
  const [roomId = ""] = Object.entries(rooms?.invite ?? {})
    .filter(([, { invite_state }]) =>
      invite_state.events.some(({ content }) => content["is_direct"] === true),
    )
    .map(([id]) => id);
  await dunlin.send("said before you came");
  await ben.join(roomId);
  await expect.poll(() => textsAtBen(roomId)).toEqual(["said before you came"]);
  await ben.say(roomId, "here I am");
  await expect(dunlin.log.getByText("here I am")).toBeVisible();
  expect(await texts(dunlin)).toEqual(["said before you came", "here I am"]);
});

test("while the other server is away nothing that is written is lost, and it comes in order once it is back", async ({
  page,
}) => {
  const roomId = await open("ferry");
  const dunlin = await sitDown(page);
  const find = await choose(page, "Find rooms");
  await find.getByRole("searchbox").fill(`#ferry:${servers.there.serverName}`);
  await find.getByRole("button", { name: "Join ferry" }).click();
  await expect(heading(page, "ferry")).toBeVisible();
  await ben.say(roomId, "one");
  await expect(dunlin.log.getByText("one")).toBeVisible();
  await servers.there.kill();
  for (const text of ["two", "three", "four"]) await dunlin.send(text);
  // Her own server takes them.
  await expect(dunlin.log.locator('[data-send-state="sent"]')).toHaveCount(3);
  await servers.there.restart();
  // A server is heard of again when one of its people does something.
  const stir = `/rooms/${encodeURIComponent(roomId)}/typing/${encodeURIComponent(ben.userId)}`;
  const stirAndRead = async (): Promise<unknown[]> => {
    await ben.must("PUT", stir, { body: { typing: true, timeout: 500 } });
    return textsAtBen(roomId);
  };
  await expect.poll(stirAndRead).toEqual(["one", "two", "three", "four"]);
  // Now ours is away while he writes.
  await servers.here.kill();
  await dunlin.send("six");
  await ben.say(roomId, "five");
  await servers.here.restart();
  await dunlin.connection("live");
  await expect(dunlin.log.getByText("five")).toBeVisible();
  await expect.poll(() => textsAtBen(roomId)).toContain("six");
  const both = ["one", "two", "three", "four"];
  for (const said of [await texts(dunlin), await textsAtBen(roomId)]) {
    expect(said.slice(0, 4)).toEqual(both);
    expect([...said].sort()).toEqual([...both, "five", "six"].sort());
  }
});
