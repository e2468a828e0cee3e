import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "../../main/launch/root.mjs";

// electron-builder.yml and what it names, as electron-builder itself reads them. That a package can be made of it at all
// is the stage "package" (check.ts); what only other systems can make is looked at here and in the release workflow.

interface Target {
  readonly target: string;
  readonly arch: readonly string[];
}
interface Configuration {
  readonly appId: string;
  readonly productName: string;
  readonly asar: boolean;
  readonly asarUnpack: readonly string[];
  readonly npmRebuild: boolean;
  readonly files: readonly string[];
  readonly electronFuses: Readonly<Record<string, boolean>>;
  readonly afterPack: string;
  readonly protocols: readonly { readonly schemes: readonly string[] }[];
  readonly linux: Readonly<Record<string, unknown>> & { readonly target: readonly Target[] };
  readonly appImage: { readonly artifactName: string };
  readonly flatpak: { readonly finishArgs: readonly string[]; readonly runtimeVersion: string };
  readonly mac: Readonly<Record<string, unknown>> & { readonly target: readonly Target[] };
  readonly win: { readonly target: readonly Target[] };
  readonly nsis: Readonly<Record<string, unknown>>;
  readonly publish: Readonly<Record<string, string>>;
}
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const configuration = parse(read("electron-builder.yml")) as Configuration;
const manifest = JSON.parse(read("package.json")) as { readonly desktopName: string };
const targets = (of: readonly Target[]): Record<string, readonly string[]> =>
  Object.fromEntries(of.map(({ target, arch }) => [target, arch]));

/** The keys of a property list that are true. */
const granted = (plist: string): string[] =>
  [...plist.matchAll(/<key>([^<]+)<\/key>\s*<true\/>/g)].map(([, key = ""]) => key).sort();

describe("Linux", () => {
  /** As electron-builder writes it into AppImage, deb and rpm. */
  async function desktopEntry(): Promise<Record<string, string>> {
    const builder = createRequire(createRequire(import.meta.url).resolve("electron-builder/package.json"));
    const { LinuxTargetHelper } = builder("app-builder-lib/out/targets/LinuxTargetHelper") as {
      LinuxTargetHelper: new (packager: object) => {
        computeDesktopEntry(options: object): Promise<string>;
        getDesktopFileName(): string;
      };
    };
    const { linux, productName } = configuration;
    const helper = new LinuxTargetHelper({
      config: configuration,
      platformSpecificBuildOptions: linux,
      fileAssociations: [],
      executableName: linux["executableName"],
      appInfo: { productName, sanitizedProductName: productName },
      info: { metadata: manifest },
    });
    expect(helper.getDesktopFileName()).toBe("dunlin");
    const lines = (await helper.computeDesktopEntry(linux)).split("\n").filter((line) => line.includes("="));
    const pairs = lines.map((line): [string, string] => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    });
    const names = pairs.map(([name]) => name);
    expect(names).toEqual([...new Set(names)]);
    return Object.fromEntries(pairs);
  }

  it("has a desktop entry that opens links of both kinds, each named once, in the program's window", async () => {
    expect(await desktopEntry()).toMatchObject({
      Name: "Dunlin",
      Exec: "/opt/Dunlin/dunlin %U",
      Icon: "dunlin",
      Terminal: "false",
      MimeType: "x-scheme-handler/matrix;x-scheme-handler/dunlin;",
      StartupWMClass: "dunlin",
      Categories: "Network;InstantMessaging;Chat;",
      SingleMainWindow: "true",
    });
    // Electron calls its windows by this name; without it the dock shows a second, nameless icon.
    expect(manifest.desktopName).toBe("dunlin.desktop");
  });

  it("is packaged as AppImage, deb, rpm and flatpak", () => {
    expect(targets(configuration.linux.target)).toEqual({
      AppImage: ["x64", "arm64"],
      deb: ["x64", "arm64"],
      rpm: ["x64", "arm64"],
      flatpak: ["x64"],
    });
  });

  it("gives the AppImage a name that an update keeps: what starts it finds it afterwards", () => {
    expect(configuration.appImage.artifactName).toBe("${productName}-${arch}.${ext}");
  });

  it("lets the flatpak reach the network, screen, sound, camera, keyring, tray and notifications, and no files", () => {
    const { finishArgs } = configuration.flatpak;
    expect(finishArgs).toEqual([...new Set(finishArgs)]);
    expect(finishArgs).toEqual(
      expect.arrayContaining([
        "--share=network",
        "--socket=wayland",
        "--socket=fallback-x11",
        "--socket=pulseaudio",
        "--device=all",
        "--talk-name=org.freedesktop.Notifications",
        "--talk-name=org.freedesktop.secrets",
        "--talk-name=org.kde.StatusNotifierWatcher",
      ]),
    );
    expect(finishArgs.filter((arg) => /^--(filesystem|socket=session-bus|talk-name=\*)/.test(arg))).toEqual(
      [],
    );
  });
});

describe("macOS", () => {
  const { mac } = configuration;

  it("is a universal dmg, and the zip that updates are made from", () => {
    expect(targets(mac.target)).toEqual({ dmg: ["universal"], zip: ["universal"] });
  });

  it("is hardened and notarised, and asks for camera and microphone and for nothing else", () => {
    expect(mac).toMatchObject({ hardenedRuntime: true, notarize: true });
    expect(mac["entitlements"]).toBe(mac["entitlementsInherit"]);
    expect(granted(read(String(mac["entitlements"])))).toEqual([
      "com.apple.security.cs.allow-jit",
      "com.apple.security.device.audio-input",
      "com.apple.security.device.camera",
    ]);
    // Without a sentence macOS ends the program when it asks.
    expect(mac["extendInfo"]).toMatchObject({
      NSCameraUsageDescription: expect.stringMatching(/\w/) as unknown,
      NSMicrophoneUsageDescription: expect.stringMatching(/\w/) as unknown,
    });
  });
});

describe("Windows", () => {
  it("is an installer per user, for both processors", () => {
    expect(targets(configuration.win.target)).toEqual({ nsis: ["x64", "arm64"] });
    expect(configuration.nsis).toMatchObject({ perMachine: false, deleteAppDataOnUninstall: false });
  });

  it("asks whoever removes it about the profile, and nobody at an update or without a user", () => {
    const script = read(String(configuration.nsis["include"]));
    const asked = script.indexOf("MessageBox");
    // NSIS answers a box by its default when it is silent, and a one-click uninstaller is: this one must not have one.
    expect(script.slice(asked, script.indexOf("\n", asked))).not.toContain("/SD");
    for (const guard of ["${ifNot} ${isUpdated}", '${GetOptions} $R0 "/S" $R1'])
      expect([guard, script.indexOf(guard) >= 0 && script.indexOf(guard) < asked]).toEqual([guard, true]);
    // The profile of main/hosts/profile-dir.ts, only after a yes; No is what Enter chooses.
    expect(script.slice(asked)).toMatch(
      /MB_DEFBUTTON2[^\n]*IDNO dunlinKeepProfile\s+RMDir \/r "\$APPDATA\\Dunlin"\s+dunlinKeepProfile:/,
    );
    expect(script.match(/RMDir/g)).toHaveLength(1);
  });

  it("takes its links out of Windows when it is removed, and leaves those that another program took over", () => {
    const script = read(String(configuration.nsis["include"]));
    const [macro = ""] = /!macro dunlinForgetScheme SCHEME[^]*?!macroend/.exec(script) ?? [];
    // What app.setAsDefaultProtocolClient writes: "program" "%1".
    expect(macro).toMatch(
      /ReadRegStr \$R2 HKCU "Software\\Classes\\\$\{SCHEME\}\\shell\\open\\command" ""[^]*'"\$INSTDIR\\'/,
    );
    expect(macro).toMatch(
      /\$\{if\} \$R4 == \$R3\s+DeleteRegKey HKCU "Software\\Classes\\\$\{SCHEME\}"\s+\$\{endIf\}/,
    );
    const removal = script.slice(script.indexOf("!macro customUnInstall"));
    const forgotten = [...removal.matchAll(/!insertmacro dunlinForgetScheme "(\w+)"/g)].map(
      ([, name]) => name,
    );
    expect(forgotten.sort()).toEqual(configuration.protocols.flatMap(({ schemes }) => schemes).sort());
    // An update keeps them.
    expect(removal.indexOf("${ifNot} ${isUpdated}")).toBeLessThan(removal.indexOf("dunlinForgetScheme"));
    expect(script.match(/DeleteRegKey/g)).toHaveLength(1);
  });
});

describe("everywhere", () => {
  it("the package holds the bundles in an archive and the native module beside it", () => {
    expect(configuration).toMatchObject({ asar: true, asarUnpack: ["**/*.node"], npmRebuild: false });
    const wanted = configuration.files.filter((pattern) => !pattern.startsWith("!"));
    expect(wanted).toEqual(["out/main/**", "out/preload/**", "out/renderer/**", "package.json"]);
  });

  it("every fuse is set, and all that let others in are off", () => {
    expect(configuration.electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableCookieEncryption: true,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
      resetAdHocDarwinSignature: true,
    });
    // The ninth: fuses.test.ts.
    expect(configuration.afterPack).toBe("./.config/fuses.ts");
  });

  it("updates come from drafts that somebody has published", () => {
    expect(configuration.publish).toMatchObject({ provider: "github", releaseType: "draft" });
  });

  it("the app's id is the one Windows knows its notifications by", () => {
    expect(read("main/hosts/electron/run.ts")).toContain(`"${configuration.appId}"`);
  });
});

describe("the release workflow", () => {
  interface Step {
    readonly name?: string;
    readonly run?: string;
    readonly env?: Readonly<Record<string, string>>;
  }
  const workflow = parse(read(".github/workflows/release.yml")) as {
    readonly jobs: {
      readonly package: {
        readonly strategy: { readonly matrix: { readonly include: readonly { readonly flags: string }[] } };
        readonly steps: readonly Step[];
      };
      readonly draft: { readonly needs: string; readonly steps: readonly Step[] };
    };
  };
  const { package: packaging, draft } = workflow.jobs;
  const stepWith = (part: string): number => packaging.steps.findIndex(({ run }) => run?.includes(part));

  it("packages for all three, starts what it made, tells the sizes, and drafts only then", () => {
    expect(packaging.strategy.matrix.include.map(({ flags }) => flags)).toEqual([
      "--linux",
      "--win",
      "--mac",
    ]);
    const order = ["npm run package", "e2e/package/smoke.ts", "GITHUB_STEP_SUMMARY"].map(stepWith);
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(draft.needs).toBe("package");
    expect(draft.steps.some(({ run }) => run?.includes("gh release create") && run.includes("--draft"))).toBe(
      true,
    );
  });

  it("begins with the tag's version and ends with what the changelog says is new in it, and nothing else", () => {
    const notes = 'release-notes.mjs "$GITHUB_REF_NAME"';
    expect(stepWith(notes)).toBeGreaterThan(-1);
    expect(stepWith(notes)).toBeLessThan(stepWith("npm run package"));
    const runs = draft.steps.flatMap(({ run = [] }) => run);
    expect(runs).toEqual([
      `node main/launch/${notes} > notes.md`,
      expect.stringMatching(/^gh release create .*--notes-file notes\.md/),
    ]);
  });

  it("signs and notarises where the secrets are", () => {
    const { env = {} } = packaging.steps[stepWith("npm run package")] ?? {};
    for (const name of ["CSC_LINK", "WIN_CSC_LINK", "APPLE_API_KEY", "APPLE_API_KEY_ID", "APPLE_API_ISSUER"])
      expect([name, env[name]]).toEqual([name, expect.stringContaining("secrets.")]);
  });
});
