import type { Failure } from "./failure.ts";

// What somebody must do before the server carries out a protected request (spec: User-Interactive Authentication).

/** What the request is for; tells the page where to show the stages and in which words. */
export type AuthenticationPurpose =
  "register" | "reset-password" | "change-password" | "add-contact" | "end-sessions" | "deactivate";

/** A document of the server's that has to be agreed to. */
export interface Policy {
  readonly id: string;
  /** Plain text. */
  readonly name: string;
  /** http or https. */
  readonly url: string;
}

/** One stage, as far as a person has to do something for it. */
export type StageView =
  | { readonly kind: "password" }
  | { readonly kind: "terms"; readonly policies: readonly Policy[] }
  | { readonly kind: "registration-token" }
  /** `sentTo` null: the address has to be given first. `needsCode`: what was sent holds a code to type, else a link. */
  | {
      readonly kind: "email" | "phone";
      readonly sentTo: string | null;
      readonly needsCode: boolean;
    }
  /** Everything else happens on the server's own page, in the system's browser. `type` as the specification names it. */
  | { readonly kind: "page"; readonly type: string; readonly isOpened: boolean };

/** A way to go on that the server also offers, by the stage that would come next. */
export interface OtherWay {
  readonly type: string;
}

/** The stage at which a protected request stands. */
export interface Authentication {
  /** Of this request; answers to a former one are refused. */
  readonly id: string;
  readonly purpose: AuthenticationPurpose;
  readonly stage: StageView;
  /** This is stage `number` (from 1) of `of`. */
  readonly number: number;
  readonly of: number;
  /** An answer is on its way. */
  readonly isBusy: boolean;
  /** Why the last answer did not do. */
  readonly failure: Failure | null;
  readonly otherWays: readonly OtherWay[];
}

/** What the user gives for a stage. */
export type StageAnswer =
  | { readonly kind: "password"; readonly password: string }
  | { readonly kind: "agree" }
  | { readonly kind: "registration-token"; readonly token: string }
  /** Sends a mail, or a text message to a number with its country code ("+44 …"). Again: sends another one. */
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "code"; readonly code: string }
  /** The link in the mail was followed. */
  | { readonly kind: "followed" }
  | { readonly kind: "open-page" }
  /** The page says that it is done. */
  | { readonly kind: "page-done" };
