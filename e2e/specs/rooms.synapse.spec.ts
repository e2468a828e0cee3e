import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ContractClient } from "../homeserver/contract-client.ts";
import { startApp, type RunningApp } from "../launch/app.ts";
import { expect, test } from "../launch/fixtures.ts";
import { AppPage } from "../pages/app-page.ts";
import { startFaultyProxy, type FaultyProxy } from "../synapse/faulty-proxy.ts";
import { startSynapse, type Synapse } from "../synapse/start.ts";

// Rooms on a real Synapse, with a second person: made, joined, run, put into a space, upgraded, left and forgotten.

let synapse: Synapse;
/** The app goes through it, so that its calls are checked. */
let proxy: FaultyProxy;
let app: RunningApp;
let profileDir: string;

test.beforeAll(async () => {
  synapse = await startSynapse();
  proxy = await startFaultyProxy(synapse.baseUrl);
  profileDir = mkdtempSync(join(tmpdir(), "dunlin-rooms-"));
  app = await startApp({ profileDir });
});
test.afterAll(async () => {
  await app?.stop();
  await proxy?.stop();
  await synapse?.stop();
  rmSync(profileDir, { recursive: true, force: true, maxRetries: 5 });
});

test("a room is made with an address, run with a second person, upgraded, left and forgotten", async ({
  page,
}) => {
  const owner = await synapse.registerUser("owner", "owner's password", "Owner");
  await synapse.registerUser("guest", "guest's password", "Guest");
  const guestId = `@guest:${owner.userId.split(":").slice(1).join(":")}`;
  const guest = await ContractClient.login(synapse.baseUrl, {
    userId: guestId,
    password: "guest's password",
  });
  const server = owner.userId.split(":").slice(1).join(":");
  const dunlin = new AppPage(page);
  await page.goto(app.url);
  await dunlin.signIn(proxy.baseUrl, "owner", "owner's password");
  await dunlin.connection("live");
  const menu = async (item: string): Promise<void> => {
    await page.getByRole("button", { name: "New", exact: true }).click();
    await page.getByRole("menuitem", { name: item }).click();
  };

  await menu("New space");
  const newSpace = page.getByRole("dialog", { name: "New space" });
  await newSpace.getByRole("textbox", { name: "Name" }).fill("Town");
  await newSpace.getByRole("button", { name: "Create the space" }).click();
  await expect(
    page.getByRole("navigation", { name: "Spaces" }).getByRole("button", { name: "Town" }),
  ).toBeVisible();

  await menu("New room");
  const dialog = page.getByRole("dialog", { name: "New room" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Harbour");
  await dialog.getByRole("textbox", { name: "What is it about?" }).fill("Ships");
  await dialog.getByRole("radio", { name: "Open" }).check();
  await dialog.getByRole("switch", { name: "List it in the server's directory" }).check();
  await dialog.getByRole("textbox", { name: "Address" }).fill("harbour");
  await expect(dialog).toContainText(`#harbour:${server} is free.`);
  await dialog.getByText("More settings").click();
  await dialog.getByRole("combobox", { name: "Room version" }).selectOption("10");
  await dialog.getByRole("button", { name: "Create the room" }).click();
  await expect(page.getByRole("heading", { name: "Harbour", level: 1, exact: true })).toBeVisible();

  const found = await guest.must("GET", `/directory/room/${encodeURIComponent(`#harbour:${server}`)}`);
  const roomId = String(found["room_id"]);
  await guest.join(roomId);
  await guest.say(roomId, "hello from the quay");
  await expect(dunlin.log.getByText("hello from the quay")).toBeVisible();

  await page.getByRole("button", { name: "2 members" }).click();
  const members = page.getByRole("region", { name: "Members" });
  await members.locator(`[data-user-id="${guestId}"]`).click();
  const person = page.getByRole("region", { name: "Profile" });
  await person.getByRole("combobox", { name: "Role" }).selectOption("50");
  await expect(person.getByRole("combobox", { name: "Role" })).toHaveValue("50");
  await person.getByRole("button", { name: "Delete their messages" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
  await expect(person.getByText("1 message deleted.")).toBeVisible();
  await person.getByRole("button", { name: "Remove from the room" }).click();
  await page
    .getByRole("dialog", { name: "Remove Guest?" })
    .getByRole("button", { name: "Remove from the room" })
    .click();
  await expect(person.getByRole("button", { name: "Invite", exact: true })).toBeVisible();
  await person.getByRole("button", { name: "Send a message" }).click();
  await expect(page.getByRole("heading", { name: "Guest", level: 1, exact: true })).toBeVisible();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("harb");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Harbour", level: 1, exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Details" }).click();
  const details = page.getByRole("region", { name: "Details" });
  await details.getByRole("combobox", { name: "Who can join?" }).selectOption("knock");
  await details.getByRole("combobox", { name: "Who can read its history?" }).selectOption("joined");
  await expect(details.getByRole("combobox", { name: "Who can read its history?" })).toHaveValue("joined");
  await details.getByRole("button", { name: "Upgrade the room" }).click();
  const upgrade = page.getByRole("dialog", { name: "Upgrade this room?" });
  await upgrade.getByRole("combobox", { name: "New version" }).selectOption("11");
  await upgrade.getByRole("button", { name: "Upgrade the room" }).click();
  await expect(details.getByText("This room continues an older one.")).toBeVisible();
  await expect(details.getByRole("combobox", { name: "Main address" })).toHaveValue(`#harbour:${server}`);

  await details.getByRole("button", { name: "Leave the room" }).click();
  await page.getByRole("dialog", { name: "Leave Harbour?" }).getByRole("button", { name: "Leave" }).click();
  await menu("Rooms you left");
  const archive = page.getByRole("dialog", { name: "Rooms you left" });
  await archive.getByRole("button", { name: "Forget Harbour" }).click();
  await page
    .getByRole("dialog", { name: "Forget this room?" })
    .getByRole("button", { name: "Forget the room" })
    .click();
  await expect(archive).toContainText("No rooms that you left");
});
