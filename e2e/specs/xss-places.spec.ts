import type { Page } from "@playwright/test";
import { attacks } from "../homeserver/attacks.ts";
import { wheel } from "../pages/log-view.ts";
import { recordNotifications, standing } from "../pages/shown-notifications.ts";
import { expect, test } from "../pages/story.ts";
import { leaveWindow } from "../pages/window-focus.ts";

// The corpus of payloads in the places besides the room itself where words of others come up again. That no script ran,
// nothing was asked of another host and the CSP had nothing to refuse is watched by the story's own eyes (cleanPages).

const turned = "\u202egnp.erobrah\u2066";
const piles = `Z${"\u0336\u030d\u0316".repeat(60)}`;
const nasty = `<img src=x onerror=alert(1)>"><script>alert(2)</script>${turned}${piles}${"w".repeat(2000)}`;
/** Several at once keep it short; each is there from its first character to its last. */
const together = (most: number): readonly string[] =>
  attacks.reduce<string[]>((groups, attack) => {
    const last = groups.at(-1) ?? "";
    if (groups.length > 0 && last.length + attack.length < most)
      groups[groups.length - 1] = `${last} ${attack}`;
    else groups.push(attack.slice(0, most));
    return groups;
  }, []);

/** What is in the page now, dialogs included, is words and our own controls, and stays where it belongs. */
async function isHarmless(page: Page, where: string): Promise<void> {
  const found = await page.evaluate(() => ({
    elements: document.querySelectorAll(
      "body iframe, body object, body embed, body base, body script, body style",
    ).length,
    handlers: [...document.querySelectorAll("body *")].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith("on")),
    ),
    scripted: [...document.querySelectorAll<HTMLAnchorElement>("a[href]")].filter(({ protocol }) =>
      /^(javascript|data|vbscript):$/.test(protocol),
    ).length,
    isWider: document.documentElement.scrollWidth > innerWidth,
    isTaller: document.documentElement.scrollHeight > innerHeight,
    isTurned: /[\u202a-\u202e\u2066-\u2069]/.test(document.body.innerText),
    isPiled: /\p{Mn}{9}/u.test(document.body.innerText),
  }));
  expect(found, where).toEqual({
    ...{ elements: 0, handlers: [], scripted: 0, isWider: false, isTaller: false },
    ...{ isTurned: false, isPiled: false },
  });
}

test("poll answers and captions are words", async ({ homeserver, begin, page }) => {
  // Some dozens of screens, each looked at.
  test.slow();
  const { world } = homeserver;
  const roomId = world.createRoom({ creator: "ben", members: ["ana"], name: "Harbour" });
  const old = (text: string) => ({ "org.matrix.msc1767.text": text });
  const answers = [nasty.slice(0, 340), ...together(330)];
  const START = "org.matrix.msc3381.poll.start";
  for (let at = 0; at < answers.length; at += 19) {
    const some = answers.slice(at, at + 19);
    const poll = {
      question: old(some[0] ?? ""),
      answers: some.map((text, n) => ({ id: `${n}`, ...old(text) })),
      ...{ kind: "org.matrix.msc3381.poll.disclosed", max_selections: 1 },
    };
    world.sendMessage(roomId, "ben", { [START]: poll, ...old(some[0] ?? "") }, { type: START });
  }
  const captions = [nasty, ...together(2000)];
  for (const caption of captions)
    world.sendMessage(roomId, "ben", {
      ...{
        msgtype: "m.image",
        body: caption,
        filename: caption.slice(0, 200),
        url: "mxc://dunlin.test/fine",
      },
      ...{ format: "org.matrix.custom.html", formatted_body: caption, info: { w: 40, h: 30 } },
    });
  const { dunlin } = await begin();
  await dunlin.openRoom("Harbour", roomId);
  const polls = new Set<string>();
  const start = dunlin.log.getByText("This is the start of Harbour");
  for (;;) {
    for (const id of await dunlin.log
      .locator('[data-kind="message"]:has([role="radiogroup"], [role="radio"])')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-item-id") ?? "")))
      polls.add(id);
    await isHarmless(page, "the room");
    if (await start.isVisible()) break;
    await wheel(page, dunlin.log, -600);
  }
  expect(polls.size).toBe(Math.ceil(answers.length / 19));
});

test("pins, threads, the dialog for forwarding and the switcher show words", async ({
  homeserver,
  begin,
  page,
}) => {
  test.slow();
  const { world } = homeserver;
  world.addUser("mallory", { displayName: nasty.slice(0, 250) });
  const members = ["ana"];
  const roomId = world.createRoom({ creator: "mallory", members, name: "Harbour" });
  const words = [...together(4000), nasty];
  const ids = words.map((body) =>
    world.sendMessage(roomId, "mallory", {
      ...{ msgtype: "m.text", body, format: "org.matrix.custom.html", formatted_body: body },
    }),
  );
  for (const root of ids)
    world.sendMessage(roomId, "mallory", {
      ...{ msgtype: "m.text", body: nasty, format: "org.matrix.custom.html", formatted_body: nasty },
      "m.relates_to": { rel_type: "m.thread", event_id: root },
    });
  world.sendState(roomId, "mallory", "m.room.pinned_events", "", { pinned: ids });
  for (const name of [nasty, ...together(800)])
    world.createRoom({ creator: "mallory", members, name, topic: name });
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.openRoom("Harbour", roomId);

  await page.getByRole("button", { name: `Pinned messages, ${ids.length}` }).click();
  await expect(page.getByRole("list", { name: "Pinned messages" }).getByRole("listitem")).toHaveCount(
    ids.length,
  );
  await isHarmless(page, "the pinned messages");
  await page.getByRole("button", { name: /^Threads/ }).click();
  const threads = page.getByRole("list", { name: "Threads" }).getByRole("listitem");
  await expect.poll(() => threads.count()).toBeGreaterThan(0);
  await isHarmless(page, "the list of threads");
  await threads.first().getByRole("button").first().click();
  await expect(page.getByRole("log", { name: "Thread", exact: true })).toBeVisible();
  await isHarmless(page, "a thread");

  const row = dunlin.log.locator(`[data-event-id="${ids.at(-1) ?? ""}"]`);
  await row.hover();
  await row.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Forward…" }).click();
  const forward = page.getByRole("dialog", { name: "Forward to" });
  await expect.poll(() => forward.getByRole("option").count()).toBeGreaterThan(5);
  await isHarmless(page, "the dialog for forwarding");
  await forward.getByRole("option").first().click();
  await isHarmless(page, "a room chosen for forwarding");
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+k");
  const options = page.getByRole("dialog").getByRole("option");
  await expect.poll(() => options.count()).toBeGreaterThan(5);
  await isHarmless(page, "the switcher");
});

test("notifications say words, also those of another account, whose name is one", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world } = homeserver;
  world.addUser("mallory", { displayName: nasty.slice(0, 250) });
  world.setProfile("ana", { displayName: nasty.slice(0, 250) });
  world.addUser("work", { displayName: nasty.slice(0, 200) });
  const own = world.createRoom({ creator: "mallory", members: ["ana"], name: nasty });
  const office = world.createRoom({ creator: "mallory", members: ["work"], name: nasty });
  await recordNotifications(page);
  const { dunlin } = await begin();
  await expect(dunlin.row(own)).toBeVisible();
  const accounts = page.getByRole("button", { name: /^Account / });
  await accounts.click();
  await isHarmless(page, "the menu of accounts");
  await page.getByRole("menuitem", { name: "Add account" }).click();
  await isHarmless(page, "the way back to an account");
  await dunlin.signIn(homeserver.baseUrl, "work", "password");
  await expect(dunlin.row(office)).toBeVisible();
  await leaveWindow(page);
  for (const body of [nasty, ...together(4000)])
    for (const roomId of [own, office]) world.sendMessage(roomId, "mallory", { msgtype: "m.text", body });
  // Of each account; what is newest stands.
  await expect.poll(async () => (await standing(page)).length).toBeGreaterThan(1);
  for (const said of await standing(page)) {
    expect(/[\u202a-\u202e\u2066-\u2069]/.test(said)).toBe(false);
    expect(/\p{Mn}{9}/u.test(said)).toBe(false);
    expect(said.length).toBeLessThan(1000);
  }
  await accounts.click();
  await isHarmless(page, "the menu of two accounts");
});

test("search results, the history of edits, who reacted, and why a room is unread show words", async ({
  homeserver,
  begin,
  page,
}) => {
  test.slow();
  const { world } = homeserver;
  world.addUser("mallory", { displayName: nasty.slice(0, 250) });
  const roomId = world.createRoom({ creator: "mallory", members: ["ana"], name: "Harbour" });
  const other = world.createRoom({ creator: "mallory", members: ["ana"], name: nasty });
  const words = [...together(4000), nasty];
  const formatted = (body: string) => ({
    ...{ msgtype: "m.text", body, format: "org.matrix.custom.html", formatted_body: body },
  });
  // All of it in the versions of one message, in the reactions to it, and in what is found by a word.
  const target = world.sendMessage(roomId, "mallory", formatted(`needle ${nasty}`));
  for (const body of words)
    world.sendMessage(roomId, "mallory", {
      ...formatted(`* ${body}`),
      "m.new_content": formatted(`needle ${body}`.slice(0, 4000)),
      "m.relates_to": { rel_type: "m.replace", event_id: target },
    });
  const keys = [...together(90), "mxc://dunlin.test/none", "mxc://evil.example/../x"];
  for (const key of keys.slice(0, 120))
    world.sendMessage(
      roomId,
      "mallory",
      { "m.relates_to": { rel_type: "m.annotation", event_id: target, key }, shortcode: nasty.slice(0, 200) },
      { type: "m.reaction" },
    );
  for (const body of words) world.sendMessage(other, "mallory", formatted(`needle ${body}`.slice(0, 4000)));
  const { dunlin } = await begin();
  await dunlin.connection("live");
  await dunlin.row(other).click({ button: "right" });
  await page.getByRole("menuitem", { name: "Why is this unread?" }).click();
  const why = page.getByRole("dialog");
  await expect.poll(() => why.getByRole("listitem").count()).toBeGreaterThan(3);
  await isHarmless(page, "why a room is unread");
  await page.keyboard.press("Escape");

  await dunlin.openRoom("Harbour", roomId);
  const message = dunlin.log.locator(`[data-event-id="${target}"]`);
  const choose = async (name: string): Promise<void> => {
    await message.hover();
    await message.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name, exact: true }).click();
  };
  await expect.poll(() => message.locator("[data-reaction]").count()).toBeGreaterThan(5);
  await isHarmless(page, "reactions");
  await choose("Edit history");
  const history = page.getByRole("dialog");
  // Words of others may hold lists of their own.
  await expect.poll(() => history.getByRole("listitem").count()).toBeGreaterThan(words.length);
  await isHarmless(page, "the history of edits");
  await page.keyboard.press("Escape");
  await choose("Reactions");
  const reactors = page.getByRole("dialog", { name: "Reactions" });
  await expect.poll(() => reactors.getByRole("listitem").count()).toBeGreaterThan(50);
  await isHarmless(page, "who reacted");
  await page.keyboard.press("Escape");

  await page.keyboard.press("ControlOrMeta+Shift+f");
  await expect(page.getByRole("searchbox", { name: "Search everywhere" })).toBeFocused();
  await page.keyboard.type("needle");
  await expect.poll(() => page.locator("[data-result]").count()).toBeGreaterThan(5);
  await isHarmless(page, "search results");
});
