import { AppPage } from "../pages/app-page.ts";
import { expectNoViolations } from "../pages/axe.ts";
import { expect, test } from "../pages/story.ts";

// An account is made from nothing, whatever the server asks for on the way.

test("terms, a token and a name that is gone at the end: back to the name, nothing typed or done is lost", async ({
  homeserver,
  launch,
  page,
}) => {
  const { world, wire } = homeserver;
  world.stages.flows.register = [["m.login.registration_token", "m.login.terms"]];
  world.stages.registrationTokens = ["harbour-2026"];
  world.stages.params = {
    "m.login.terms": {
      policies: {
        privacy: { version: "1", en: { name: "Privacy policy", url: "https://example.org/privacy" } },
      },
    },
  };
  const app = await launch({ homeserver: homeserver.baseUrl });
  await page.goto(app.url);
  const dunlin = new AppPage(page);
  await page.getByRole("button", { name: "Create an account" }).click();
  await expect(page.getByRole("heading", { name: "Create an account" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Username" })).toBeFocused();
  await expectNoViolations(page, "registration");
  await page.getByRole("textbox", { name: "Username" }).fill("ana");
  await expect(page.getByText("Somebody has this name already.")).toBeVisible();
  await page.getByRole("textbox", { name: "Username" }).fill("clara");
  await expect(page.getByText("clara is free.")).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill("tall ships");
  await page.getByRole("button", { name: "Create the account" }).click();
  await expect(
    page.getByText("The password does not yet have everything that is listed below."),
  ).toBeVisible();
  await page.getByRole("textbox", { name: "Password" }).fill("Tall-Ships-77");
  await page.getByRole("button", { name: "Create the account" }).click();

  await expect(page.getByText("Step 1 of 2")).toBeVisible();
  await page.getByRole("textbox", { name: "Registration token" }).fill("wrong");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("The server does not know this registration token.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Registration token" })).toHaveValue("wrong");
  await page.getByRole("textbox", { name: "Registration token" }).fill("harbour-2026");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText("Step 2 of 2")).toBeVisible();
  await expectNoViolations(page, "registration");
  await page.getByRole("checkbox", { name: "I accept: Privacy policy" }).check();
  world.addUser("clara");
  await page.getByRole("button", { name: "Continue" }).click();

  await expect(page.getByText("Somebody has this name already.")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Password" })).toHaveValue("Tall-Ships-77");
  await page.getByRole("textbox", { name: "Username" }).fill("clara2");
  await page.getByRole("button", { name: "Create the account" }).click();
  await dunlin.connection("live");
  expect(world.user("clara2").password).toBe("Tall-Ships-77");
  const last = wire.requests.filter(({ path }) => path.endsWith("/v3/register")).at(-1);
  expect(Object.keys((last?.body as { auth: object }).auth)).toEqual(["session"]);
});

test("a mail is asked for, confirmed by its link, and a reload in between loses no stage", async ({
  homeserver,
  launch,
  page,
}) => {
  const { world } = homeserver;
  world.stages.flows.register = [["m.login.email.identity"]];
  const app = await launch({ homeserver: homeserver.baseUrl });
  await page.goto(app.url);
  await page.getByRole("button", { name: "Create an account" }).click();
  await page.getByRole("textbox", { name: "Username" }).fill("clara");
  await page.getByRole("textbox", { name: "Password" }).fill("Tall-Ships-77");
  await page.getByRole("button", { name: "Create the account" }).click();
  await page.getByRole("textbox", { name: "E-mail address" }).fill("clara");
  await page.getByRole("button", { name: "Send me a mail" }).click();
  await expect(page.getByText("This is not an e-mail address.")).toBeVisible();
  await page.getByRole("textbox", { name: "E-mail address" }).fill("clara@example.org");
  await page.getByRole("button", { name: "Send me a mail" }).click();
  await expect(page.getByText("A mail is on its way to clara@example.org.")).toBeVisible();
  await page.reload();
  await expect(page.getByText("A mail is on its way to clara@example.org.")).toBeVisible();
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert")).toContainText("has not seen the confirmation yet");
  await fetch(world.messages()[0]?.link ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await new AppPage(page).connection("live");
});
