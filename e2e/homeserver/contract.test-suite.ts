import { describe } from "vitest";
import { ContractClient } from "./contract-client.ts";
import { accountContract } from "./contract-accounts.ts";
import { membershipContract } from "./contract-membership.ts";
import { participationContract } from "./contract-participation.ts";
import { roomContract } from "./contract-rooms.ts";
import { sendingContract } from "./contract-sending.ts";
import { syncContract } from "./contract-sync.ts";

/** A homeserver to hold to the specification: ours, or a real Synapse. */
export interface ContractTarget {
  baseUrl: () => string;
  /** Makes an account whose localpart begins with the given text. */
  makeUser: (localpart: string) => Promise<{ userId: string; password: string }>;
}

/** What the contract's parts use: fresh people, so that no test sees another's rooms. */
export interface ContractStage {
  baseUrl: () => string;
  newUser: (name: string) => Promise<{ userId: string; password: string }>;
  /** A fresh account, signed in. */
  person: (name: string) => Promise<ContractClient>;
}

/** Defines the tests that hold on every honest homeserver. */
export function homeserverContract(target: ContractTarget): void {
  // A server under test may keep its accounts between runs; names must not meet again.
  const run = Date.now().toString(36);
  let count = 0;
  const newUser: ContractStage["newUser"] = (name) => {
    count += 1;
    return target.makeUser(`${name}-${run}-${count}`);
  };
  const stage: ContractStage = {
    baseUrl: target.baseUrl,
    newUser,
    person: async (name) => ContractClient.login(target.baseUrl(), await newUser(name)),
  };
  describe("homeserver contract", () => {
    accountContract(stage);
    syncContract(stage);
    sendingContract(stage);
    membershipContract(stage);
    participationContract(stage);
    roomContract(stage);
  });
}
