import { flushSync, mount, unmount, type Component } from "svelte";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { noDesktop, type DesktopView, type Errand } from "../../preload/contract/models/desktop.ts";
import { connect, type Client } from "../bridge/connect.ts";
import { arrived, ScriptedCore } from "../bridge/scripted-core.ts";
import { appContext, AppState } from "../state/app.svelte.ts";
import DesktopSettings from "../settings/DesktopSettings.svelte";
import Errands from "./Errands.svelte";
import LockScreen from "./LockScreen.svelte";
import UpdateBanner from "./UpdateBanner.svelte";

// What the desktop around the page asks of it and tells it.

let core: ScriptedCore;
let client: Client;
let app: AppState;
let shown: Record<string, unknown> | null = null;

beforeEach(() => {
  core = new ScriptedCore();
  client = connect({ openPort: core.openPort, reload: () => false });
  core.snapshot("desktop", noDesktop);
  core.snapshot("roomList", []);
});
afterEach(async () => {
  if (shown) await unmount(shown);
  shown = null;
  client.close();
});

async function show<P extends Record<string, unknown>>(component: Component<P>, props: P): Promise<void> {
  app = new AppState(client, { load: () => null, save: () => undefined });
  await arrived();
  shown = mount(component, { target: document.body, props, context: appContext(app) });
  flushSync();
}
async function desktop(part: Partial<DesktopView>): Promise<void> {
  core.change("desktop", { ...noDesktop, ...part });
  await arrived();
  flushSync();
}
const button = (name: string): HTMLButtonElement => {
  const found = [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === name);
  if (found === undefined) throw new Error(`no button ${name}`);
  return found;
};

describe("errands", () => {
  const errand = async (number: number, work: object): Promise<void> =>
    desktop({ errand: { number, ...work } as Errand });

  test("a menu's command opens what it says, once, and is reported as done", async () => {
    await show(Errands, {});
    await errand(1, { kind: "command", command: "settings" });
    expect(app.navigation.overlay).toBe("settings");
    expect(core.calls("errandDone")).toEqual([{ number: 1 }]);
    app.navigation.closeOverlay();
    await errand(1, { kind: "command", command: "settings" });
    await desktop({ errand: null });
    await errand(2, { kind: "command", command: "find" });
    expect(app.navigation.panel).toEqual({ kind: "search", isEverywhere: true });
  });

  test("a link to a room we are not in asks whether to join; one that names nothing does nothing", async () => {
    await show(Errands, {});
    await errand(1, { kind: "link", link: "https://matrix.to/#/#pier:x.org?via=a.org" });
    expect(app.navigation.intent).toEqual({ id: "#pier:x.org", eventId: null, via: ["a.org"] });
    app.navigation.intentDone();
    await errand(2, { kind: "link", link: "javascript:alert(1)" });
    expect([app.navigation.intent, app.navigation.overlay]).toEqual([null, null]);
    await errand(3, { kind: "link", link: "https://matrix.to/#/@ana:x.org" });
    expect(app.navigation.overlay).toBe("new-chat");
  });
});

describe("the lock screen", () => {
  const submit = async (passphrase: string): Promise<void> => {
    const field = document.querySelector("input");
    if (field === null) throw new Error("no field");
    field.value = passphrase;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    button("Unlock").click();
    await arrived();
    flushSync();
  };

  test("says that a passphrase is wrong, keeps nothing of it, and opens with the right one", async () => {
    core.handle("unlockApp", ({ passphrase }) => ({ isOpen: passphrase === "correct horse" }));
    await show(LockScreen, { reason: "user" as const });
    expect(document.activeElement).toBe(document.querySelector("input"));
    await submit("wrong horse");
    expect(document.querySelector("[role=alert]")?.textContent).toBe("This is not the passphrase.");
    expect(document.querySelector("input")?.value).toBe("");
    await submit("correct horse");
    expect(document.querySelector("[role=alert]")?.textContent).toBe("");
    expect(core.calls("unlockApp")).toHaveLength(2);
  });

  test("explains why a changed keyring needs it", async () => {
    await show(LockScreen, { reason: "keyring" as const });
    expect(document.querySelector("main")?.textContent).toContain("you stay signed in");
  });
});

test("starting without a window is no promise where there is no tray to find it in", async () => {
  await show(DesktopSettings, { onchange: () => undefined });
  const said = (): string => document.querySelector("section")?.textContent ?? "";
  await desktop({ autostart: true, hasTray: true });
  expect(said()).toContain("start without a window");
  expect(said()).not.toContain("shows no tray");
  await desktop({ autostart: true, hasTray: false });
  expect(said()).toContain("This desktop shows no tray");
});

test("a newer version offers a restart, which has to wait for a call", async () => {
  await show(UpdateBanner, {});
  expect(document.querySelector("[role=status]")).toBeNull();
  const ready = { state: "ready", version: "2.0.0", notes: "" } as const;
  await desktop({ update: { ...ready, waitsFor: "call" } });
  expect(document.body.textContent).toContain("after the call");
  expect(button("Restart").disabled).toBe(true);
  await desktop({ update: { ...ready, waitsFor: null } });
  button("Restart").click();
  await arrived();
  expect(core.calls("restartToUpdate")).toHaveLength(1);
});
