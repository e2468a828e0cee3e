import "./styles/tokens.css";
import "./styles/reset.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { openClient } from "./bridge/open-client.ts";
import { applyTheme, rememberedTheme } from "./screens/theme.ts";
import { appContext, AppState } from "./state/app.svelte.ts";
import { localPlaceMemory } from "./state/place-memory.ts";

// The questions leave before anything is built; the theme of last time is set before the first paint.
const app = new AppState(openClient(), localPlaceMemory);
applyTheme(rememberedTheme());

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
mount(App, { target, context: appContext(app) });
