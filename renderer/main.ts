import "./styles/tokens.css";
import "./styles/reset.css";
import { app } from "./opened.ts";
import { mount } from "svelte";
import App from "./App.svelte";
import { applyTheme, rememberedTheme } from "./screens/theme.ts";
import { appContext } from "./state/app.svelte.ts";

// The theme of last time is set before the first paint.
applyTheme(rememberedTheme());

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
mount(App, { target, context: appContext(app) });
