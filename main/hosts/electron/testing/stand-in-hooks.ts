// Loaded with --import: `electron` is the stand-in beside this file, and what it holds stays in this process.
import { registerHooks } from "node:module";

const standIn = new URL("./stand-in-electron.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" || specifier === "electron-updater" || specifier.startsWith("electron/")
      ? { url: standIn, format: "module-typescript", shortCircuit: true }
      : next(specifier, context),
});

// Another system's branches of our code, as far as they are ours: Node itself goes on as before.
const platform = process.env["STAND_IN_PLATFORM"];
if (platform !== undefined) Object.defineProperty(process, "platform", { value: platform });

// Where a packaged Electron keeps what electron-builder puts beside the archive.
const resources = process.env["STAND_IN_RESOURCES"];
if (resources !== undefined) Object.defineProperty(process, "resourcesPath", { value: resources });
