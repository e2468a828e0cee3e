import { requestSchemas } from "../../../preload/contract/schemas.ts";
import { defaultSettings, type Settings } from "../../../preload/contract/models/settings.ts";
import type { OpenTopic } from "../api.ts";
import { preferenceQueries } from "../store/queries/preferences.ts";
import type { Store } from "../store/store.ts";

const KEY = "settings";

export interface SettingsTopic {
  current(): Settings;
  save(settings: Settings): void;
  open(emit: (settings: Settings) => void): OpenTopic<"settings">;
}

/** Preferences of this machine. What an older or newer version wrote is read key by key; what is unusable is default. */
export function createSettings(store: Store): SettingsTopic {
  const queries = preferenceQueries(store.kept);
  const watchers = new Set<(settings: Settings) => void>();
  let current = parseSettings(queries.load.get({ key: KEY })?.value);
  return {
    current: () => current,
    save(settings) {
      queries.put.run({ key: KEY, value: JSON.stringify(settings) });
      current = settings;
      for (const emit of watchers) emit(settings);
    },
    open(emit) {
      watchers.add(emit);
      return { snapshot: current, stop: () => watchers.delete(emit) };
    },
  };
}

function parseSettings(text: string | undefined): Settings {
  if (text === undefined) return defaultSettings;
  let settings = defaultSettings;
  try {
    const stored = JSON.parse(text) as Record<string, unknown>;
    for (const key of Object.keys(defaultSettings)) {
      const candidate = { ...settings, [key]: stored[key] };
      const parsed = requestSchemas.saveSettings.safeParse({ settings: candidate });
      if (parsed.success) settings = parsed.data.settings;
    }
  } catch {
    // Not JSON: somebody else's bytes. Preferences are worth less than a start.
  }
  return settings;
}
