// Features know the bridge only through the state: this is how they read what a request was rejected with.
export { failureOf } from "../bridge/request-failed.ts";
