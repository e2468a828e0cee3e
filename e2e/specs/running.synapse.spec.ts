import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator } from "@playwright/test";
import { ContractClient } from "../homeserver/contract-client.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { registerWithSecret, type SynapseUser } from "../synapse/register.ts";
import { request } from "../synapse/request.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// A room is run, its people are dealt with, and the list is put in order, on a real Synapse. Ben and Cleo speak plain
// HTTP; what Ana's other client is told is looked at there.

const secret = "shared by this test and its server";
let synapse: Synapse;
/** Ana's app goes through it, so that its calls are checked. */
let proxy: FaultyProxy;
let app: RunningApp;
let profileDir: string;
let admin: SynapseUser;
/** Ana at another client. */
let phone: ContractClient;
let ben: ContractClient;
let cleo: ContractClient;

const start = (): Promise<RunningApp> => {
  const order = { homeserver: proxy.baseUrl, user: "ana", password: "password" };
  return startApp({ profileDir, env: { DUNLIN_SIGN_IN: JSON.stringify(order) } });
};
test.beforeAll(async () => {
  synapse = await startSynapse({ config: { registration_shared_secret: secret } });
  proxy = await startFaultyProxy(synapse.baseUrl);
  const password = "password";
  admin = await registerWithSecret(synapse.baseUrl, secret, { localpart: "admin", password, isAdmin: true });
  const [ana, other, third] = await Promise.all(
    ["Ana", "Ben", "Cleo"].map(async (name) => {
      const { userId } = await synapse.registerUser(name.toLowerCase(), password, name);
      return ContractClient.login(synapse.baseUrl, { userId, password });
    }),
  );
  if (ana === undefined || other === undefined || third === undefined) throw new Error("three live here");
  [phone, ben, cleo] = [ana, other, third];
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-running-"));
  app = await start();
});
test.afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
  await synapse?.stop();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

const enc = encodeURIComponent;
const inRoom = (roomId: string, rest: string): string => `/rooms/${enc(roomId)}/${rest}`;
/** What Ana's other client is told of this state. */
const stateOf = async (roomId: string, type: string, key = ""): Promise<Record<string, unknown>> =>
  (await phone.ask("GET", inRoom(roomId, `state/${type}/${enc(key)}`))).body;
const ofAna = (rest: string): string => `/user/${enc(phone.userId)}/${rest}`;

test("a room is run with others in it: invited, raised, removed, banned, silenced, reported; its settings do what they say", async ({
  page,
}) => {
  const server = synapse.serverName;
  const harbour = await phone.createRoom({ name: "Harbour", preset: "private_chat", room_version: "11" });
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.openRoom("Harbour", harbour);
  const region = (name: string): Locator => page.getByRole("region", { name, exact: true });
  const details = region("Details");
  const person = region("Profile");
  const openDetails = async (): Promise<void> => {
    if (!(await details.isVisible()))
      await page.getByRole("button", { name: "Details", exact: true }).click();
    await expect(details).toBeVisible();
  };
  const closePanel = async (): Promise<void> => {
    await page.getByRole("button", { name: "Close the panel" }).click();
  };
  const openPerson = async ({ userId }: ContractClient, group = "join"): Promise<void> => {
    await openDetails();
    await details.getByRole("button", { name: /members?$/ }).click();
    const members = region("Members");
    await members.getByRole("combobox", { name: "Show" }).selectOption(group);
    await members.locator(`[data-user-id="${userId}"]`).click();
    // Until the name is known, the ID stands in its place, too.
    await expect(person.getByText(userId).last()).toBeVisible();
  };
  /** Presses a button of somebody's card and answers the question that follows. */
  const order = async (button: string, title: string, reason: string, submit = button): Promise<void> => {
    await person.getByRole("button", { name: button, exact: true }).click();
    const question = page.getByRole("dialog", { name: title });
    await question.getByRole("textbox").fill(reason);
    await question.getByRole("button", { name: submit, exact: true }).click();
    await expect(question).toHaveCount(0);
  };

  await test.step("one is invited who was searched for, one by an ID, both with a reason", async () => {
    await openDetails();
    await details.getByRole("button", { name: "Invite people" }).click();
    const dialog = page.getByRole("dialog", { name: "Invite to Harbour" });
    const people = dialog.getByRole("combobox", { name: "People" });
    await people.fill("Ben");
    await dialog.getByRole("option", { name: /Ben/ }).click();
    await people.fill(cleo.userId);
    await dialog.getByRole("textbox", { name: /^Why/ }).fill("We need a pilot");
    await dialog.getByRole("button", { name: "Invite", exact: true }).click();
    await expect(dialog).toHaveCount(0);
    for (const one of [ben, cleo]) {
      const asked = { membership: "invite", reason: "We need a pilot" };
      expect(await stateOf(harbour, "m.room.member", one.userId)).toMatchObject(asked);
      await one.join(harbour);
    }
    await expect(details.getByRole("button", { name: "3 members" })).toBeVisible();
    await closePanel();
  });

  await test.step("a card tells of rooms in common and of presence; a role gives rights", async () => {
    const presence = `/presence/${enc(ben.userId)}/status`;
    await ben.must("PUT", presence, { body: { presence: "online", status_msg: "at sea" } });
    await openPerson(ben);
    await expect(person.getByText("1 room in common")).toBeVisible();
    await expect(person.getByText(/^Online.* · at sea$/)).toBeVisible();
    const topic = { topic: "Ships" };
    expect((await ben.ask("PUT", inRoom(harbour, "state/m.room.topic/"), { body: topic })).status).toBe(403);
    const role = person.getByRole("combobox", { name: "Role" });
    await role.selectOption("50");
    await expect(role).toHaveValue("50");
    await ben.setState(harbour, "m.room.topic", topic);
    await expect(page.locator("header").filter({ hasText: "Ships" })).toBeVisible();
    await openDetails();
    await details.getByText("What needs which role").click();
    const banning = details.getByRole("combobox", { name: "Ban people" });
    await banning.selectOption("100");
    await expect(banning).toHaveValue("100");
    const refused = await ben.ask("POST", inRoom(harbour, "ban"), { body: { user_id: cleo.userId } });
    expect(refused.status).toBe(403);
    await closePanel();
  });

  await test.step("somebody's messages are deleted; they are removed, banned, forgiven and asked back", async () => {
    const said = [];
    for (const text of ["noise", "more noise", "noise without end"]) said.push(await cleo.say(harbour, text));
    await expect(dunlin.log.getByText("noise without end")).toBeVisible();
    await openPerson(cleo);
    await order("Delete their messages", "Delete messages of Cleo?", "spam", "Delete");
    await expect(person.getByText("3 messages deleted.")).toBeVisible();
    for (const eventId of said) expect((await ben.event(harbour, eventId)).content).toEqual({});
    const member = () => stateOf(harbour, "m.room.member", cleo.userId);
    await order("Remove from the room", "Remove Cleo?", "a little rest");
    await expect(person.getByRole("button", { name: "Invite", exact: true })).toBeVisible();
    expect(await member()).toMatchObject({ membership: "leave", reason: "a little rest" });
    await order("Ban from the room", "Ban Cleo?", "too loud");
    await expect(person.getByRole("button", { name: "Lift the ban" })).toBeVisible();
    expect(await member()).toMatchObject({ membership: "ban", reason: "too loud" });
    await order("Lift the ban", "Lift the ban of Cleo?", "cooled down");
    await order("Invite", "Invite Cleo?", "come back");
    expect(await member()).toMatchObject({ membership: "invite", reason: "come back" });
    await cleo.join(harbour);
    await expect(person.getByRole("combobox", { name: "Role" })).toBeVisible();
  });

  await test.step("somebody who is ignored falls silent, and is heard again with what was missed", async () => {
    await cleo.say(harbour, "Ships ahoy");
    await expect(dunlin.log.getByText("Ships ahoy")).toBeVisible();
    await person.getByRole("button", { name: "Ignore", exact: true }).click();
    await expect(person.getByText("You ignore this person")).toBeVisible();
    await expect(dunlin.log.getByText("Ships ahoy")).toHaveCount(0);
    await cleo.say(harbour, "Can you hear me?");
    await ben.say(harbour, "Silence");
    await expect(dunlin.log.getByText("Silence")).toBeVisible();
    await expect(dunlin.log.getByText("Can you hear me?")).toHaveCount(0);
    await person.getByRole("button", { name: "Stop ignoring" }).click();
    await expect(dunlin.log.getByText(/Ships ahoy|Can you hear me\?|Silence/)).toHaveText([
      /Ships ahoy/,
      /Can you hear me\?/,
      /Silence/,
    ]);
  });

  await test.step("who takes no invitations is no reason for an empty room, nor for silence", async () => {
    const permit = (default_action: string) =>
      cleo.must("PUT", `/user/${enc(cleo.userId)}/account_data/m.invite_permission_config`, {
        body: { default_action },
      });
    const joined = async () => (await phone.must("GET", "/joined_rooms"))["joined_rooms"];
    const before = await joined();
    await permit("block");
    await person.getByRole("button", { name: "Send a message", exact: true }).click();
    const empty = page.getByRole("dialog", { name: "New chat" });
    await expect(empty.getByRole("alert")).toHaveText(
      "Cleo could not be invited: They do not take invitations.",
    );
    // Synapse has made it.
    expect(await joined()).not.toEqual(before);
    await empty.getByRole("button", { name: "Leave the room" }).click();
    await expect(empty).toHaveCount(0);
    expect(await joined()).toEqual(before);
    await permit("allow");
  });

  await test.step("a person, a message and a room are reported to who runs the server", async () => {
    await order("Report", "Report Cleo", "rude", "Send the report");
    await expect(person.getByText("The report was sent.").last()).toBeVisible();
    const message = dunlin.log.locator('[data-kind="message"]').filter({ hasText: "Can you hear me?" });
    await message.hover();
    await message.getByRole("toolbar").getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Report…" }).click();
    const dialog = page.getByRole("dialog", { name: "Report this message" });
    await dialog.getByRole("textbox", { name: "What is wrong?" }).fill("pirates");
    await dialog.getByRole("button", { name: "Send the report" }).click();
    await expect(dialog).toHaveCount(0);
    await openDetails();
    await details.getByRole("button", { name: "Report the room" }).click();
    const report = page.getByRole("dialog", { name: "Report Harbour" });
    await report.getByRole("textbox", { name: "What is wrong?" }).fill("smugglers");
    await report.getByRole("button", { name: "Send the report" }).click();
    await expect(report).toHaveCount(0);
    const path = "/_synapse/admin/v1/event_reports";
    const told = await request<{ event_reports: object[] }>(synapse.baseUrl, {
      ...{ method: "GET", path, token: admin.accessToken },
    });
    expect(told.event_reports).toEqual([
      expect.objectContaining({ reason: "pirates", room_id: harbour, user_id: phone.userId }),
    ]);
  });

  await test.step("addresses: a first, a second, the main one changed, one that leads nowhere taken away", async () => {
    const add = async (name: string): Promise<void> => {
      await details.getByRole("textbox", { name: "New address" }).fill(name);
      await details.getByRole("button", { name: "Add", exact: true }).click();
      await expect(details.getByRole("button", { name: `Remove #${name}:${server}` })).toBeVisible();
    };
    const main = details.getByRole("combobox", { name: "Main address" });
    const aliases = () => stateOf(harbour, "m.room.canonical_alias");
    const [first, second] = [`#harbour:${server}`, `#haven:${server}`];
    await add("harbour");
    await expect(main).toHaveValue(first);
    await add("haven");
    await main.selectOption(second);
    await expect.poll(aliases).toEqual({ alias: second, alt_aliases: [first] });
    // Taken from the directory by somebody who may not change what the room says of itself.
    const third = `#pier:${server}`;
    await cleo.must("PUT", `/directory/room/${enc(third)}`, { body: { room_id: harbour } });
    const all = { alias: second, alt_aliases: [first, third] };
    await phone.setState(harbour, "m.room.canonical_alias", all);
    await cleo.must("DELETE", `/directory/room/${enc(third)}`);
    expect(await aliases()).toEqual(all);
    await closePanel();
    await openDetails();
    const stale = details.getByRole("list", { name: "Also known as" }).getByText(third);
    await expect(stale).toBeVisible();
    await details.getByRole("button", { name: `Remove ${third}` }).click();
    await expect(stale).toHaveCount(0);
    expect(await aliases()).toEqual({ alias: second, alt_aliases: [first] });
    await details.getByRole("button", { name: `Remove ${second}` }).click();
    await expect(main).toHaveValue("");
    expect((await phone.ask("GET", `/directory/room/${enc(second)}`)).status).toBe(404);
  });

  await test.step("who joins late reads nothing of before; servers that are shut out are named; state is edited", async () => {
    const history = details.getByRole("combobox", { name: "Who can read its history?" });
    await history.selectOption("joined");
    await expect(history).toHaveValue("joined");
    await phone.say(harbour, "before anybody new");
    const dora = await synapse.registerUser("dora", "password", "Dora");
    const late = await ContractClient.login(synapse.baseUrl, dora);
    await phone.must("POST", inRoom(harbour, "invite"), { body: { user_id: late.userId } });
    await late.join(harbour);
    await phone.say(harbour, "welcome");
    const read = (await late.pageBack(harbour, undefined, 100)).map(({ content }) => content["body"]);
    expect(read).toContain("welcome");
    expect(read).not.toContain("before anybody new");
    const acl = { allow: ["*"], deny: ["bad.example"], allow_ip_literals: false };
    await phone.setState(harbour, "m.room.server_acl", acl);
    await expect(details.getByText("Shut out: bad.example.")).toBeVisible();
    await details.getByRole("switch", { name: "Developer tools" }).check();
    await details.getByRole("button", { name: "Room state" }).click();
    const state = page.getByRole("dialog", { name: "Room state" });
    await expect(state.getByText("m.room.server_acl", { exact: true })).toBeVisible();
    await state.getByRole("button", { name: "New state event" }).click();
    await state.getByRole("textbox", { name: "Type" }).fill("org.example.tide");
    await state.getByRole("textbox", { name: "State key" }).fill("north");
    await state.getByRole("textbox", { name: "Content (JSON)" }).fill('{"metres": 3}');
    await state.getByRole("button", { name: "Send to the room" }).click();
    await expect(state.getByText("org.example.tide (north)")).toBeVisible();
    expect(await stateOf(harbour, "org.example.tide", "north")).toEqual({ metres: 3 });
    await page.keyboard.press("Escape");
  });
});

test("the list is put in order for all clients, chats are one per person, and spaces hold rooms and spaces", async ({
  page,
}) => {
  const names = ["Anchor", "Buoy", "Canal", "Delta"] as const;
  const ids = await Promise.all(names.map((name) => phone.createRoom({ name, preset: "private_chat" })));
  const [anchor = "", buoy = "", canal = "", delta = ""] = ids;
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.connection("live");
  const heading = (name: string): Locator => page.getByRole("heading", { name, level: 1, exact: true });
  const section = (name: string): Locator => dunlin.rooms.getByRole("button", { name });
  const menu = async (roomId: string, item: string): Promise<void> => {
    await dunlin.row(roomId).click({ button: "right" });
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  const choose = async (item: string): Promise<Locator> => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
    return page.getByRole("dialog", { name: item });
  };
  const tags = async (roomId: string) =>
    Object.keys((await phone.must("GET", ofAna(`rooms/${enc(roomId)}/tags`)))["tags"] as object);

  await test.step("a chat is begun once per person; both clients know it for one", async () => {
    const begin = async (): Promise<void> => {
      const dialog = await choose("New chat");
      await dialog.getByRole("combobox", { name: "People" }).fill("Ben");
      await dialog.getByRole("option", { name: /Ben/ }).click();
      await dialog.getByRole("button", { name: "Start the chat" }).click();
      await expect(dialog).toHaveCount(0);
      await expect(heading("Ben")).toBeVisible();
    };
    await begin();
    await expect(section("People")).toBeVisible();
    const direct = await phone.must("GET", ofAna("account_data/m.direct"));
    expect(direct).toEqual({ [ben.userId]: [expect.stringMatching(/^!/)] });
    const [chat = ""] = direct[ben.userId] as string[];
    await ben.join(chat);
    await ben.say(chat, "here I am");
    await expect(dunlin.log.getByText("here I am")).toBeVisible();
    await dunlin.openRoom("Anchor", anchor);
    await begin();
    expect(await phone.must("GET", ofAna("account_data/m.direct"))).toEqual(direct);
  });

  await test.step("our own words beside our presence reach others", async () => {
    await page.keyboard.press("Control+,");
    const settings = page.getByRole("dialog", { name: "Settings" });
    await settings.getByRole("button", { name: "Account…" }).click();
    const account = page.getByRole("dialog", { name: "Account", exact: true });
    const status = account.getByRole("textbox", { name: "Status" });
    await status.fill("mending nets");
    await status.press("Enter");
    await expect
      .poll(async () => (await ben.ask("GET", `/presence/${enc(phone.userId)}/status`)).body["status_msg"])
      .toBe("mending nets");
    await page.keyboard.press("Escape");
  });

  await test.step("favourite, low priority, silence and the mark “unread” are the account's, and outlive a restart", async () => {
    await menu(anchor, "Add to favourites");
    await menu(buoy, "Move to low priority");
    await menu(canal, "Notify: nothing");
    await menu(delta, "Mark as unread");
    await menu(canal, "Own sections…");
    const sections = page.getByRole("dialog", { name: "Sections for Canal" });
    await sections.getByRole("textbox", { name: "New section" }).fill("Waterways");
    await page.keyboard.press("Enter");
    await expect(sections.getByRole("checkbox", { name: "Waterways" })).toBeChecked();
    await page.keyboard.press("Escape");
    await expect.poll(() => tags(canal)).toEqual(["u.Waterways"]);
    await expect.poll(() => tags(anchor)).toEqual(["m.favourite"]);
    await expect.poll(() => tags(buoy)).toEqual(["m.lowpriority"]);
    const marked = ofAna(`rooms/${enc(delta)}/account_data/m.marked_unread`);
    await expect.poll(async () => (await phone.ask("GET", marked)).body["unread"]).toBe(true);
    const rule = `/pushrules/global/override/${enc(canal)}`;
    const roomRule = `/pushrules/global/room/${enc(canal)}`;
    await expect
      .poll(async () => [(await phone.ask("GET", rule)).status, (await phone.ask("GET", roomRule)).status])
      .toContain(200);
    await app.stop();
    app = await start();
    await page.goto(app.url);
    await dunlin.connection("live");
    const shown = () =>
      dunlin.rooms
        .locator("[data-room-id]")
        .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-room-id")));
    await expect.poll(async () => (await shown())[0]).toBe(anchor);
    await expect.poll(async () => (await shown()).at(-1)).toBe(buoy);
    await expect(dunlin.rooms.locator('[data-row-key="section:u.Waterways"]')).toBeVisible();
    await expect(dunlin.row(delta)).toHaveAccessibleName(/Marked as unread/);
    await expect(dunlin.row(canal)).toHaveAccessibleName(/muted/);
    // Taken back at another client.
    await phone.must("DELETE", ofAna(`rooms/${enc(anchor)}/tags/m.favourite`));
    await expect(section("Favourites")).toHaveCount(0);
    // Favourites stand in the order that any client gave them.
    await phone.must("PUT", ofAna(`rooms/${enc(delta)}/tags/m.favourite`), { body: { order: 0.2 } });
    await phone.must("PUT", ofAna(`rooms/${enc(canal)}/tags/m.favourite`), { body: { order: 0.7 } });
    await phone.say(canal, "the newest of all");
    await expect.poll(async () => (await shown()).slice(0, 2)).toEqual([delta, canal]);
    await menu(delta, "Mark as read");
    await expect.poll(async () => (await phone.ask("GET", marked)).body["unread"]).toBe(false);
  });

  await test.step("a space is made, filled, nested, walked through, and filters the list", async () => {
    const rail = page.getByRole("navigation", { name: "Spaces" });
    const make = async (item: string, name: string): Promise<void> => {
      const dialog = await choose(item);
      await dialog.getByRole("textbox", { name: "Name" }).fill(name);
      await dialog.getByRole("button", { name: /^Create the/ }).click();
      await expect(dialog).toHaveCount(0);
    };
    await make("New space", "Town");
    await expect(rail.getByRole("button", { name: "Town" })).toHaveAttribute("aria-current", "true");
    await make("New room", "Quay");
    await expect(heading("Quay")).toBeVisible();
    await make("New space", "Docks");
    await make("New room", "Crane");
    await expect(dunlin.rooms.getByText("Crane")).toBeVisible();
    await expect(dunlin.rooms.getByText("Quay")).toHaveCount(0);
    await rail.getByRole("button", { name: "Town" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "What is in it" }).click();
    const inside = page.getByRole("dialog", { name: "Rooms in Town" });
    await inside.getByRole("button", { name: "Add rooms" }).click();
    await inside.getByRole("button", { name: "Add Buoy" }).click();
    await expect(inside.getByRole("button", { name: "Open Buoy" })).toBeVisible();
    await inside.getByRole("button", { name: "Take out Quay" }).click();
    await expect(inside.getByRole("button", { name: "Open Quay" })).toHaveCount(0);
    await inside.getByRole("button", { name: "Open Docks" }).click();
    await expect(page.getByRole("dialog").getByRole("button", { name: "Open Crane" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dunlin.row(buoy)).toBeVisible();
    await expect(dunlin.row(anchor)).toHaveCount(0);
    // What is below the space is of it.
    await expect(dunlin.rooms.getByText("Crane")).toBeVisible();
    await page.keyboard.press("Control+k");
    await page.keyboard.type("achr");
    await page.keyboard.press("Enter");
    await expect(heading("Anchor")).toBeVisible();
  });
});
