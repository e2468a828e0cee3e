import type { Result } from "./failure.ts";
import type { Http } from "./homeserver/http.ts";
import { deletePushRule, enablePushRule, putPushRule, setPushActions } from "./homeserver/push-rules.ts";
import type { PushOperation } from "./notifications/push-operations.ts";

/** The request for one operation on push rules. */
export function sendPushOperation(http: Http, operation: PushOperation): Promise<Result<void>> {
  switch (operation.op) {
    case "put":
      return putPushRule(http, operation);
    case "delete":
      return deletePushRule(http, operation);
    case "enable":
      return enablePushRule(http, operation);
    case "actions":
      return setPushActions(http, operation);
  }
}
