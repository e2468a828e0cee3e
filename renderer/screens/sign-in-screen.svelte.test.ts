import { flushSync, mount, tick, unmount } from "svelte";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Account } from "../../preload/contract/models/session.ts";
import { connect, type Client } from "../bridge/connect.ts";
import { RequestFailed } from "../bridge/request-failed.ts";
import { arrived, ScriptedCore } from "../bridge/scripted-core.ts";
import { appContext, AppState } from "../state/app.svelte.ts";
import SignInScreen from "./SignInScreen.svelte";

let core: ScriptedCore;
let client: Client;
let screen: Record<string, unknown> | null = null;

beforeEach(() => {
  core = new ScriptedCore();
  client = connect({ openPort: core.openPort, reload: () => false });
  // jsdom does no layout.
  Element.prototype.scrollIntoView = () => undefined;
});
afterEach(async () => {
  if (screen) await unmount(screen);
  client.close();
});

async function show(props: { account?: Account }): Promise<void> {
  const app = new AppState(client, { load: () => null, save: () => undefined });
  await arrived();
  screen = mount(SignInScreen, { target: document.body, props, context: appContext(app) });
  flushSync();
}

/** The field with this label, as a user finds it. */
function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll("label")].find(
    (element) => element.textContent.trim() === label,
  );
  const control = found?.control;
  if (!(control instanceof HTMLInputElement)) throw new Error(`no field ${label}`);
  return control;
}
function type(label: string, text: string): void {
  const input = field(label);
  input.value = text;
  input.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
async function send(): Promise<void> {
  document
    .querySelector("form")
    ?.dispatchEvent(new SubmitEvent("submit", { cancelable: true, bubbles: true }));
  for (let i = 0; i < 5; i++) {
    await arrived();
    await tick();
  }
}
const alert = (): string => document.querySelector('[role="alert"]')?.textContent.trim() ?? "";

test("after wrong credentials the name stays, the password is empty and has the focus, and an alert says why", async () => {
  core.handle("discoverServer", () => ({
    baseUrl: "https://hs.example",
    serverName: null,
    user: null,
    flows: [{ type: "m.login.password" }],
    isInsecure: false,
  }));
  core.handle("signIn", () => {
    throw new RequestFailed({ kind: "rejected", message: "", status: 403, errcode: "M_FORBIDDEN" });
  });
  await show({});
  type("Homeserver", "hs.example");
  type("Username", "ana");
  type("Password", "wrong");
  await send();
  expect(alert()).toBe("Wrong name or password.");
  expect(field("Homeserver").value).toBe("hs.example");
  expect(field("Username").value).toBe("ana");
  expect(field("Password").value).toBe("");
  expect(document.activeElement).toBe(field("Password"));
});

test("an empty form says what is missing and leads there", async () => {
  await show({});
  await send();
  expect(alert()).toBe("Enter your username.");
  expect(document.activeElement).toBe(field("Username"));
});

test("signing in again fixes user and server, and the password has the focus", async () => {
  const account = { userId: "@ana:hs.example", homeserver: "https://hs.example" } as Account;
  await show({ account });
  expect(field("Homeserver")).toMatchObject({ value: "https://hs.example", readOnly: true });
  expect(field("Username")).toMatchObject({ value: "@ana:hs.example", readOnly: true });
  expect(document.activeElement).toBe(field("Password"));
});
