// Matrix identifiers as branded strings: an id of one kind cannot be passed where another is meant.
// They are opaque (TRN-08, TRN-10): compared exactly, never parsed for meaning.

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type UserId = Branded<"UserId">;
export type RoomId = Branded<"RoomId">;
export type EventId = Branded<"EventId">;
export type DeviceId = Branded<"DeviceId">;
/** Made by the renderer at the key press; one request keeps it for ever (SEND-03, SEND-05). */
export type TransactionId = Branded<"TransactionId">;
/** `mxc://server/media` that has passed the strict parser in main (ATT-08, ATT-09). */
export type MxcUri = Branded<"MxcUri">;
/** Names one call; made by the caller's renderer, unguessable (VOIP-05, spec: Opaque Identifiers). */
export type CallId = Branded<"CallId">;
/** Names a file on this disk that waits to be sent; made in the page, so that staging it twice is staging it once. */
export type StagedId = Branded<"StagedId">;
