import { readTable, type Line } from "./table.ts";

const byMail = "client_secret! email! send_attempt!:integer next_link id_server id_access_token";
const byPhone =
  "client_secret! country! phone_number! send_attempt!:integer next_link id_server id_access_token";

const session: readonly Line[] = [
  ["GET /.well-known/matrix/client"],
  ["GET /versions"],
  ["GET /v3/capabilities"],
  ["GET /v3/login"],
  [
    "POST /v3/login",
    "",
    "type! identifier:identifier password token device_id initial_device_display_name refresh_token:boolean",
  ],
  ["GET /v3/login/sso/redirect", "redirectUrl! action=login|register"],
  ["GET /v3/login/sso/redirect/{idpId}", "redirectUrl! action=login|register"],
  ["POST /v1/login/get_token", "", "auth:auth"],
  ["GET /v1/auth_metadata"],
  ["POST /v3/refresh", "", "refresh_token!"],
  ["POST /v3/logout"],
  ["POST /v3/logout/all"],
  ["GET /v3/account/whoami"],
];

const registration: readonly Line[] = [
  [
    "POST /v3/register",
    "kind=guest|user",
    "auth:auth username password device_id initial_device_display_name inhibit_login:boolean refresh_token:boolean",
  ],
  ["GET /v3/register/available", "username!"],
  ["POST /v3/register/email/requestToken", "", byMail],
  ["POST /v3/register/msisdn/requestToken", "", byPhone],
  ["GET /v1/register/m.login.registration_token/validity", "token!"],
  ["GET /v3/auth/{authType}/fallback/web", "session!"],
  ["POST /v3/auth/{authType}/fallback/web", "session!"],
];

const account: readonly Line[] = [
  ["POST /v3/account/password", "", "new_password! logout_devices:boolean auth:auth"],
  ["POST /v3/account/password/email/requestToken", "", byMail],
  ["POST /v3/account/password/msisdn/requestToken", "", byPhone],
  ["POST /v3/account/deactivate", "", "auth:auth id_server erase:boolean"],
  ["GET /v3/account/3pid"],
  ["POST /v3/account/3pid/add", "", "client_secret! sid! auth:auth"],
  ["POST /v3/account/3pid/delete", "", "medium!=email|msisdn address! id_server"],
  ["POST /v3/account/3pid/email/requestToken", "", byMail],
  ["POST /v3/account/3pid/msisdn/requestToken", "", byPhone],
  ["GET /v3/devices"],
  ["GET /v3/devices/{deviceId}"],
  ["PUT /v3/devices/{deviceId}", "", "display_name"],
  ["DELETE /v3/devices/{deviceId}", "", "auth:auth"],
  ["POST /v3/delete_devices", "", "devices[]! auth:auth"],
  ["GET /v3/profile/{userId}"],
  ["GET /v3/profile/{userId}/{keyName}"],
  ["PUT /v3/profile/{userId}/{keyName}", "", "*"],
  ["DELETE /v3/profile/{userId}/{keyName}"],
  ["GET /v3/presence/{userId}/status"],
  ["PUT /v3/presence/{userId}/status", "", "presence!=online|offline|unavailable status_msg"],
  ["POST /v3/user_directory/search", "", "search_term! limit:integer"],
  ["POST /v3/users/{userId}/report", "", "reason!"],
  ["GET /v1/mutual_rooms", "user_id!:user from"],
];

const data: readonly Line[] = [
  ["GET /v3/user/{userId}/account_data/{type}"],
  ["PUT /v3/user/{userId}/account_data/{type}", "", "*"],
  ["GET /v3/user/{userId}/rooms/{roomId}/account_data/{type}"],
  ["PUT /v3/user/{userId}/rooms/{roomId}/account_data/{type}", "", "*"],
  ["GET /v3/user/{userId}/rooms/{roomId}/tags"],
  ["PUT /v3/user/{userId}/rooms/{roomId}/tags/{tag}", "", "order:number"],
  ["DELETE /v3/user/{userId}/rooms/{roomId}/tags/{tag}"],
  [
    "POST /v3/user/{userId}/filter",
    "",
    "event_fields[] event_format=client|federation account_data:object presence:object room:object",
  ],
  ["GET /v3/user/{userId}/filter/{filterId}"],
  ["GET /v3/pushrules/"],
  ["GET /v3/pushrules/global/"],
  ["GET /v3/pushrules/global/{kind}/{ruleId}"],
  ["PUT /v3/pushrules/global/{kind}/{ruleId}", "before after", "actions!:actions conditions:objects pattern"],
  ["DELETE /v3/pushrules/global/{kind}/{ruleId}"],
  ["PUT /v3/pushrules/global/{kind}/{ruleId}/enabled", "", "enabled!:boolean"],
  ["PUT /v3/pushrules/global/{kind}/{ruleId}/actions", "", "actions!:actions"],
  ["GET /v3/notifications", "from limit:integer only"],
  ["GET /v3/voip/turnServer"],
];

/** Signing in and up, the account and what is kept with it. */
export const accountOperations = readTable([...session, ...registration, ...account, ...data]);
