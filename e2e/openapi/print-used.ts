import { describeUsed, forgetUsed } from "./used-operations.ts";

/** Playwright's global set-up: afterwards it prints every operation of the specification that the run used. */
export default function printUsed(): () => void {
  forgetUsed();
  return () => console.log(describeUsed());
}
