import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { landscapePicture } from "../homeserver/demo-pictures.ts";
import { expect, headlessOnly, test } from "../pages/story.ts";

// Writing a room into a folder and reading it there, without the app.

let downloads = "";
test.beforeEach(() => (downloads = mkdtempSync(join(tmpdir(), "dunlin-downloads-"))));
test.afterEach(() => rmSync(downloads, { recursive: true, force: true, maxRetries: 5 }));

const environment = (homeserver: string) => ({
  XDG_DOWNLOAD_DIR: downloads,
  DUNLIN_SIGN_IN: JSON.stringify({ homeserver, user: "ana", password: "password" }),
});

const standards = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

test(
  "writes a room with its pictures, and the pages read well without the app and ask for nothing",
  headlessOnly("a window asks the system's dialog for the folder"),
  async ({ homeserver, begin, context, page }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({
      creator: "ben",
      members: ["ana"],
      name: "Harbour",
      topic: "Boats & tides",
    });
    const question = world.sendMessage(roomId, "ben", "Who has seen the <b>lantern</b>?");
    world.sendMessage(roomId, "ben", {
      msgtype: "m.image",
      body: "harbour.png",
      url: world.uploadMedia(landscapePicture(7, 320, 200), "image/png"),
      info: { w: 320, h: 200 },
    });
    world.sendMessage(roomId, "ana", {
      msgtype: "m.text",
      body: "Here",
      format: "org.matrix.custom.html",
      formatted_body:
        '<em>Here</em> <span data-mx-spoiler="">in the boat</span> <img src="https://evil.example/x.png" onerror="alert(1)"><script>alert(1)</script>',
      "m.relates_to": { "m.in_reply_to": { event_id: question } },
    });
    world.sendMessage(
      roomId,
      "ben",
      { "m.relates_to": { rel_type: "m.annotation", event_id: question, key: "🏮" } },
      { type: "m.reaction" },
    );
    const { dunlin } = await begin({ env: environment(homeserver.baseUrl) });
    await dunlin.connection("live");
    await dunlin.openRoom("Harbour", roomId);
    await dunlin.row(roomId).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Export messages…" }).click();
    const dialog = page.getByRole("dialog", { name: "Export messages" });
    await expect(dialog.getByRole("radio", { name: "Only Harbour" })).toBeChecked();
    await page.screenshot({ path: test.info().outputPath("choice.png") });
    await dialog.getByRole("button", { name: "Export", exact: true }).click();
    await expect(dialog.getByText("The export is finished.")).toBeVisible();
    await expect(dialog).toContainText("1 file");
    const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
    await page.screenshot({ path: test.info().outputPath("done.png") });
    const [folder = ""] = readdirSync(downloads);
    await expect(dialog).toContainText(join(downloads, folder));

    const reader = await context.newPage();
    const trouble: string[] = [];
    reader.on("console", (message) => trouble.push(message.text()));
    reader.on("dialog", (asked) => void asked.dismiss().then(() => trouble.push("a dialog")));
    reader.on("request", (request) => {
      if (!request.url().startsWith("file:")) trouble.push(request.url());
    });
    await reader.goto(pathToFileURL(join(downloads, folder, "index.html")).href);
    await reader.getByRole("link", { name: "Harbour" }).click();
    await expect(reader.getByRole("heading", { level: 1 })).toHaveText("Harbour");
    const lantern = reader.getByText("Who has seen the <b>lantern</b>?").first();
    await expect(lantern).toBeVisible();
    await expect(reader.getByText("🏮 1")).toBeVisible();
    const image = reader.getByRole("img", { name: "harbour.png" });
    await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.naturalWidth)).toBe(320);
    // The style is let in by its hash, and by nothing else.
    expect(await reader.locator("body").evaluate((body) => getComputedStyle(body).maxWidth)).toBe("760px");
    await reader.getByRole("link", { name: "In reply to Ben" }).click();
    expect(decodeURIComponent(reader.url())).toContain(question);
    expect(await reader.locator("script, iframe, object, [onerror]").count()).toBe(0);
    const found = await new AxeBuilder({ page: reader }).withTags(standards).analyze();
    expect(found.violations.map(({ id }) => id)).toEqual([]);
    await reader.screenshot({ path: test.info().outputPath("archive.png") });
    await reader.emulateMedia({ colorScheme: "dark" });
    await reader.screenshot({ path: test.info().outputPath("archive-dark.png") });
    expect(trouble).toEqual([]);
    await reader.close();
  },
);

test(
  "goes on after SIGKILL and can be cancelled; nothing unfinished stays",
  headlessOnly("a window asks the system's dialog for the folder"),
  async ({ homeserver, begin, page }) => {
    const { world } = homeserver;
    const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
    world.sendMany(roomId, 400, (i) => ({ sender: "ben", content: `talk ${i}` }));
    const env = environment(homeserver.baseUrl);
    const { app, dunlin } = await begin({ env });
    await dunlin.connection("live");
    await page.keyboard.press("Control+,");
    await page.getByRole("button", { name: "Export messages…" }).click();
    const dialog = page.getByRole("dialog", { name: "Export messages" });
    await dialog.getByRole("switch", { name: "The whole history" }).click();
    // The server says nothing of the past until the app is no more.
    homeserver.faults.add({ on: { path: /\/messages/ }, do: { status: { code: 502 } } });
    await dialog.getByRole("button", { name: "Export", exact: true }).click();
    await expect(dialog.getByText(/Fetching the missing history of 1 room/)).toBeVisible();
    await app.kill();
    homeserver.faults.clear();
    await begin({ env: { XDG_DOWNLOAD_DIR: downloads } });
    await expect
      .poll(() => readdirSync(downloads).filter((name) => !name.endsWith(".partial")))
      .toHaveLength(1);
    const [folder = ""] = readdirSync(downloads);
    const [room = ""] = readdirSync(join(downloads, folder, "rooms"));
    const { events } = JSON.parse(
      readFileSync(join(downloads, folder, "rooms", room, "events.json"), "utf8"),
    ) as { events: { event_id: string }[] };
    expect(events.map(({ event_id }) => event_id)).toEqual(
      world.events(roomId).map(({ event_id }) => event_id),
    );

    // Once more, and away with it.
    await dunlin.connection("live");
    await page.keyboard.press("Control+,");
    await page.getByRole("button", { name: "Export messages…" }).click();
    await expect(dialog.getByText("The export is finished.")).toBeVisible();
    await dialog.getByRole("button", { name: "Export more" }).click();
    const other = world.createRoom({ creator: "ben", members: ["ana"], name: "Quay" });
    world.sendMany(other, 200, (i) => ({ sender: "ben", content: `more ${i}` }));
    await expect(page.locator(`[data-room-id="${other}"]`)).toHaveCount(1);
    homeserver.faults.add({ on: { path: /\/messages/ }, do: { status: { code: 502 } } });
    await dialog.getByRole("switch", { name: "The whole history" }).click();
    await dialog.getByRole("button", { name: "Export", exact: true }).click();
    await expect(dialog.getByRole("progressbar")).toBeVisible();
    await page.screenshot({ path: test.info().outputPath("fetching.png") });
    await dialog.getByRole("button", { name: "Cancel the export" }).click();
    await expect(dialog.getByRole("button", { name: "Export", exact: true })).toBeVisible();
    expect(readdirSync(downloads)).toEqual([folder]);
    expect(existsSync(join(downloads, folder, "index.html"))).toBe(true);
  },
);
