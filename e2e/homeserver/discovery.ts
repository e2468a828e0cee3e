import { ok, type Answer, type Call } from "./call.ts";
import { notFound } from "./matrix-error.ts";
import { route, type Route } from "./router.ts";

const OPEN = { needsToken: false };

/** What a client asks before it knows anything: where, which versions, what is possible. */
export const discoveryRoutes: readonly Route[] = [
  route("GET", "/.well-known/matrix/client", wellKnown, OPEN),
  route("GET", "/_matrix/client/versions", versions, OPEN),
  route("GET", "/_matrix/client/{client}/capabilities", capabilities),
  route("GET", "/_matrix/client/{client}/voip/turnServer", turnServer),
];

function wellKnown(call: Call): Answer {
  const { site } = call;
  if (site.wellKnown === null) throw notFound("No well-known here");
  return ok(site.wellKnown ?? { "m.homeserver": { base_url: site.baseUrl() } });
}

function versions(call: Call): Answer {
  return ok({ versions: call.site.versions, unstable_features: call.site.unstableFeatures });
}

function capabilities(call: Call): Answer {
  return ok({ capabilities: call.site.capabilities });
}

function turnServer(call: Call): Answer {
  return ok(call.site.turnServer ?? {});
}
