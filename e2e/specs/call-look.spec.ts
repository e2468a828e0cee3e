import { callFlags, chromiumFlags, chromiumPath } from "../launch/chromium.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/call-story.ts";

// Every screen of calls by axe, in light, dark and high contrast, wide and narrow.

const executablePath = chromiumPath();
test.use({
  launchOptions: {
    args: [...chromiumFlags, ...callFlags],
    ...(executablePath === undefined ? {} : { executablePath }),
  },
});
test.describe.configure({ timeout: 300_000 });

test("calls can be used by everyone: ringing, speaking, seeing, choosing devices", async ({ sitDown }) => {
  const [ana, ben] = [await sitDown("ana"), await sitDown("ben")];
  const [mine, theirs] = [ana.calls.page, ben.calls.page];
  await theirs.emulateMedia({ colorScheme: "dark" });
  await theirs.setViewportSize({ width: 800, height: 600 });
  await ana.calls.place("voice");
  await ben.calls.rings();
  await expectNoViolations(theirs, "ringing, dark");
  await expectNoViolations(mine, "calling, light");
  // Whoever is typing does not answer by accident; F6 leads to the card.
  await expect(ben.calls.ringing.locator(":focus")).toHaveCount(0);
  await theirs.keyboard.press("F6");
  await theirs.keyboard.press("F6");
  for (let i = 0; i < 6 && (await ben.calls.ringing.locator(":focus").count()) === 0; i++)
    await theirs.keyboard.press("F6");
  await expect(ben.calls.ringing.getByRole("button", { name: "Decline" })).toBeFocused();
  await ben.calls.answer();
  await Promise.all([ana.calls.isConnected(), ben.calls.isConnected()]);
  await expectNoViolations(mine, "voice, light");
  await ana.calls.button("Turn camera on").click();
  await ben.calls.button("Turn camera on").click();
  await expect(mine.getByLabel("Video of Ben")).toBeVisible();
  await expect(theirs.getByLabel("Video of Ana")).toBeVisible();
  await expectNoViolations(theirs, "video, dark, narrow");

  // Our own picture moves by arrow keys.
  const own = mine.getByRole("button", { name: /^Your video/ });
  const before = await own.boundingBox();
  await own.press("ArrowLeft");
  await expect.poll(async () => (await own.boundingBox())?.x).toBeLessThan(before?.x ?? 0);

  await ana.calls.button("Microphone, camera and speaker").click();
  const devices = mine.getByRole("dialog", { name: "Microphone, camera and speaker" });
  await expect(devices.getByRole("meter")).toBeVisible();
  await expectNoViolations(mine, "devices");
  // Another microphone in the middle of the call: the same call, and sound goes on.
  await devices.getByRole("combobox", { name: "Microphone" }).selectOption({ index: 1 });
  await expect.poll(async () => (await ana.calls.counts()).captures).toBe(3);
  await mine.keyboard.press("Escape");
  await ben.calls.flows(["energyIn"], 0.0001);
  expect(await ana.calls.counts()).toMatchObject({ connections: 1, live: 2 });
  await ben.calls.hangUp();
  await ana.calls.ended(/Ben hung up/);
  await expectNoViolations(mine, "ended");
});

test("devices are chosen and tried before any call, and nothing stays on afterwards", async ({ sitDown }) => {
  const ana = await sitDown("ana");
  const { page } = ana.calls;
  await page.keyboard.press("Control+,");
  await page.getByRole("button", { name: "Microphone, camera and speaker…" }).click();
  const devices = page.getByRole("dialog", { name: "Microphone, camera and speaker" });
  await devices.getByRole("button", { name: "Show a preview" }).click();
  await expect(devices.getByLabel("How others see you")).toBeVisible();
  await expect
    .poll(async () => Number(await devices.getByRole("meter").getAttribute("aria-valuenow")))
    .toBeGreaterThan(0);
  await page.keyboard.press("Escape");
  await expect.poll(async () => (await ana.calls.counts()).live).toBe(0);
});

test("a microphone that is not allowed is said in words, and no invite leaves", async ({
  sitDown,
  homeserver,
  roomId,
}) => {
  const ana = await sitDown("ana");
  await ana.calls.page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () =>
      Promise.reject(new DOMException("Permission denied", "NotAllowedError"));
  });
  await ana.calls.place("voice");
  await ana.calls.ended(/may not use the microphone/);
  expect(homeserver.world.events(roomId).filter(({ type }) => type === "m.call.invite")).toEqual([]);
});
