// Loaded with --import: `electron` is the stand-in beside this file, and what it holds stays in this process.
import { registerHooks } from "node:module";

const standIn = new URL("./stand-in-electron.ts", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron" || specifier === "electron-updater" || specifier.startsWith("electron/")
      ? { url: standIn, format: "module-typescript", shortCircuit: true }
      : next(specifier, context),
});
