import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// Whether others may invite us.

test("nobody may invite: kept by the server, there again, and said when it could not be kept", async ({
  homeserver,
  begin,
  page,
}) => {
  const { world, faults } = homeserver;
  const { dunlin } = await begin();
  await dunlin.connection("live");
  const setting = () => world.readAccountData("ana", null, "m.invite_permission_config");
  const settings = page.getByRole("dialog", { name: "Settings" });
  const blocked = settings.getByRole("switch", { name: "Nobody may invite me" });
  await page.keyboard.press("Control+,");
  const refusal = faults.add({
    on: { method: "PUT", path: /m\.invite_permission_config/ },
    do: { error: { status: 403, errcode: "M_FORBIDDEN" } },
  });
  await blocked.click();
  await expect(blocked).toHaveAccessibleDescription(/The settings could not be saved\./);
  await expect(blocked).not.toBeChecked();
  refusal.remove();
  await blocked.click();
  await expect.poll(setting).toEqual({ default_action: "block" });
  await expect(blocked).toBeChecked();
  await expectNoViolations(page, "settings");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Control+,");
  await expect(blocked).toBeChecked();
  // Taken back on another device, while one looks.
  world.accountData("ana", null, "m.invite_permission_config", {});
  await expect(blocked).toBeEnabled();
  await expect(blocked).not.toBeChecked();
});
