import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildAppAndPage } from "../testing/built-app.ts";
import { BuiltStage } from "../testing/built-stage.ts";
import type { DesktopPage } from "../testing/desktop-stage.ts";

// What the built app lets its page do: permissions, places, files, addresses. Each rule in all its cases is in
// run.test.ts; here is that the bundle installs every one of them.

let stage: BuiltStage;
let page: DesktopPage;
beforeAll(buildAppAndPage, 180_000);
beforeEach(async () => {
  stage = await BuiltStage.begin();
  page = await stage.live();
});
afterEach(() => stage.end());

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
const fetched = (url: string, headers = {}): Promise<Answer> =>
  page.child.tell<Answer>({ do: "fetch", url, headers });

test("camera and notices are for our page at the top, nothing else is for anybody, devices least of all", async () => {
  const asked = (permission: string, url: string, isMainFrame: boolean): Promise<unknown> =>
    page.child.tell({ do: "permission", permission, url, isMainFrame });
  const ours = "app://dunlin/index.html";
  const no = { isGranted: false, isAllowed: false, isDevice: false };
  for (const permission of ["media", "notifications", "display-capture", "clipboard-sanitized-write"])
    expect(await asked(permission, ours, true)).toEqual({
      isGranted: true,
      isAllowed: true,
      isDevice: false,
    });
  for (const permission of ["geolocation", "hid", "clipboard-read", "openExternal", "never-heard-of"])
    expect([permission, await asked(permission, ours, true)]).toEqual([permission, no]);
  expect(await asked("media", ours, false)).toEqual(no);
  expect(await asked("media", "https://evil.example/", true)).toEqual(no);
  // Nobody has chosen a screen.
  expect(await page.child.tell({ do: "display", url: ours })).toBeNull();
});

test("the page leaves by no door, opens no window and embeds nothing", async () => {
  const doors = ["will-navigate", "will-frame-navigate", "will-redirect", "will-attach-webview"] as const;
  for (const by of doors)
    expect([by, await page.child.tell({ do: "navigate", by, url: "https://evil.example" })]).toEqual([
      by,
      true,
    ]);
  expect(await page.child.tell({ do: "open window", url: "https://evil.example" })).toEqual({
    action: "deny",
  });
});

test("app:// is the built page under its policy, and no file beside it", async () => {
  const index = await fetched("app://dunlin/index.html");
  expect(index).toMatchObject({ status: 200, headers: { "x-content-type-options": "nosniff" } });
  const policy = index.headers["content-security-policy"]?.split("; ");
  expect(policy).toEqual([
    ...["default-src 'self'", "script-src 'self'", "style-src 'self'"],
    ...["img-src 'self' media:", "media-src 'self' media:", "connect-src 'self'"],
    ...["object-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
  ]);
  const script = /src="(?:\.\/)?([^"]+\.js)"/.exec(index.body)?.[1] ?? "";
  expect(await fetched(`app://dunlin/${script.replace(/^\//, "")}`)).toMatchObject({ status: 200 });
  for (const path of ["../main/electron.js", "..%2fmain%2felectron.js", "%2e%2e/main/electron.js"])
    expect([path, (await fetched(`app://dunlin/${path}`)).status]).toEqual([path, 404]);
  expect((await fetched("app://other/index.html")).status).toBe(404);
});

test("media:// is a file of the homeserver, whole or in part, that can do nothing", async () => {
  const url = stage.server.world.uploadMedia(Buffer.from("0123456789"), "image/svg+xml");
  const address = `media://dunlin/media/${url.slice("mxc://".length)}`;
  const whole = await fetched(address);
  expect(whole).toMatchObject({ status: 200, body: "0123456789" });
  expect(whole.headers["content-type"]).toBe("application/octet-stream");
  expect(whole.headers["content-security-policy"]).toBe("sandbox; default-src 'none'");
  expect(await fetched(address, { range: "bytes=2-4" })).toMatchObject({ status: 206, body: "234" });
  expect((await fetched(address.replace("//dunlin/", "//other/"))).status).toBe(404);
});

test("web and mail addresses open outside, no others", async () => {
  const urls = ["https://example.org/a", "mailto:a@example.org", "file:///etc/passwd", "smb://host/x"];
  for (const url of urls) await page.call("openLink", { url }).catch(() => undefined);
  expect(page.child.all("external").map(({ url }) => url)).toEqual(urls.slice(0, 2));
});
