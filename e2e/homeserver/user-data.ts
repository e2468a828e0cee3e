import { ok, type Answer, type Call } from "./call.ts";
import { parseSyncFilter } from "./filters.ts";
import { objectOr, stringOr, type JsonObject } from "./json.ts";
import { forbidden, invalidParam, MatrixError, notFound } from "./matrix-error.ts";
import { propagateProfile } from "./membership.ts";
import { route, type Route } from "./router.ts";

const CLIENT = "/_matrix/client/{client}";
const USER = `${CLIENT}/user/:userId`;
const OPEN = { needsToken: false };

/** What belongs to an account: filters, account data, tags, profile, presence. */
export const userDataRoutes: readonly Route[] = [
  route("POST", `${USER}/filter`, addFilter),
  route("GET", `${USER}/filter/:filterId`, getFilter),
  route("GET", `${USER}/account_data/:type`, (call) => getData(call, null)),
  route("PUT", `${USER}/account_data/:type`, (call) => putData(call, null)),
  route("GET", `${USER}/rooms/:roomId/account_data/:type`, (call) => getData(call, call.room.id)),
  route("PUT", `${USER}/rooms/:roomId/account_data/:type`, (call) => putData(call, call.room.id)),
  route("GET", `${USER}/rooms/:roomId/tags`, (call) => ok({ tags: tagsOf(call) })),
  route("PUT", `${USER}/rooms/:roomId/tags/:tag`, putTag),
  route("DELETE", `${USER}/rooms/:roomId/tags/:tag`, removeTag),
  route("GET", `${CLIENT}/profile/:userId`, profile, OPEN),
  route("GET", `${CLIENT}/profile/:userId/:field`, profileField, OPEN),
  route("PUT", `${CLIENT}/profile/:userId/:field`, putProfileField),
  route("GET", `${CLIENT}/presence/:userId/status`, getPresence),
  route("PUT", `${CLIENT}/presence/:userId/status`, putPresence),
];

function assertOwn(call: Call): void {
  if (call.param("userId") !== call.user.userId) throw forbidden("Cannot do this for other users");
}

function addFilter(call: Call): Answer {
  assertOwn(call);
  const filter = call.json;
  parseSyncFilter(filter);
  const known = call.user.filters.findIndex((old) => JSON.stringify(old) === JSON.stringify(filter));
  if (known >= 0) return ok({ filter_id: String(known) });
  call.user.filters.push(filter);
  return ok({ filter_id: String(call.user.filters.length - 1) });
}

function getFilter(call: Call): Answer {
  assertOwn(call);
  const id = call.param("filterId");
  const filter = /^\d+$/.test(id) ? call.user.filters[Number(id)] : undefined;
  if (filter === undefined) throw notFound("No such filter");
  return ok(filter);
}

function getData(call: Call, roomId: string | null): Answer {
  assertOwn(call);
  const { user } = call;
  const data = roomId === null ? user.accountData : user.roomData.get(roomId);
  const entry = data?.get(call.param("type"));
  if (entry === undefined) throw notFound("Account data not found");
  return ok(entry.content);
}

const SERVER_OWNED = ["m.fully_read", "m.push_rules"];

function putData(call: Call, roomId: string | null): Answer {
  assertOwn(call);
  const type = call.param("type");
  if (SERVER_OWNED.includes(type)) {
    throw new MatrixError(405, "M_BAD_JSON", `Cannot set ${type} through this API`);
  }
  call.site.state.setAccountData(call.user, roomId, type, call.json);
  return ok();
}

function tagsOf(call: Call): JsonObject {
  assertOwn(call);
  const entry = call.user.roomData.get(call.room.id)?.get("m.tag");
  return { ...objectOr(entry?.content["tags"]) };
}

function putTag(call: Call): Answer {
  const tags = { ...tagsOf(call), [call.param("tag")]: call.optionalJson };
  call.site.state.setAccountData(call.user, call.room.id, "m.tag", { tags });
  return ok();
}

function removeTag(call: Call): Answer {
  const tags = tagsOf(call);
  delete tags[call.param("tag")];
  call.site.state.setAccountData(call.user, call.room.id, "m.tag", { tags });
  return ok();
}

function profileOf(call: Call): JsonObject {
  const user = call.site.state.users.get(call.param("userId"));
  if (user === undefined) throw notFound("Profile was not found");
  const { displayName, avatarUrl } = user;
  return {
    ...(displayName === undefined ? {} : { displayname: displayName }),
    ...(avatarUrl === undefined ? {} : { avatar_url: avatarUrl }),
  };
}

function profile(call: Call): Answer {
  return ok(profileOf(call));
}

function profileField(call: Call): Answer {
  const field = call.param("field");
  const value = profileOf(call)[field];
  if (value === undefined) throw notFound("Profile field was not found");
  return ok({ [field]: value });
}

function putProfileField(call: Call): Answer {
  assertOwn(call);
  const { user } = call;
  const field = call.param("field");
  const value = stringOr(call.json[field], undefined);
  if (value === undefined) throw new MatrixError(400, "M_MISSING_PARAM", `Missing key '${field}'`);
  if (field === "displayname") user.displayName = value === "" ? undefined : value;
  else if (field === "avatar_url") user.avatarUrl = value === "" ? undefined : value;
  else throw invalidParam("This server keeps no such profile field");
  propagateProfile(call.site.state, user.userId);
  return ok();
}

function getPresence(call: Call): Answer {
  const user = call.site.state.users.get(call.param("userId"));
  if (user === undefined) throw notFound("Unknown user");
  return ok(user.presence);
}

const PRESENCES = ["online", "offline", "unavailable"];

function putPresence(call: Call): Answer {
  assertOwn(call);
  const { presence, status_msg: statusMessage } = call.json;
  if (!PRESENCES.includes(String(presence))) throw invalidParam("Invalid presence state");
  const content: JsonObject = { presence };
  if (typeof statusMessage === "string") content["status_msg"] = statusMessage;
  call.site.state.setPresence(call.user, content);
  return ok();
}
