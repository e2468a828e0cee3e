/** A JSON Schema, 2020-12 (as in OpenAPI 3.1). */
export type Schema = Readonly<Record<string, unknown>>;

/** A parameter in the path or the query. */
export interface Parameter {
  readonly name: string;
  readonly isRequired: boolean;
  /** Of the value; an array's parameter may be given several times. */
  readonly schema: Schema;
}

/** One thing a homeserver can be asked. */
export interface Operation {
  readonly method: string;
  /** With `{names}` for segments: /_matrix/client/v3/rooms/{roomId}/join. */
  readonly path: string;
  readonly inPath: readonly Parameter[];
  readonly query: readonly Parameter[];
  readonly body: Body;
}

/** What a request may carry: nothing, a file, or JSON of this form. */
export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "file" }
  | { readonly kind: "json"; readonly isRequired: boolean; readonly schema: Schema };

/** A request as it came over the wire. */
export interface Call {
  readonly method: string;
  /** As sent, percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Undefined where there was none. */
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}
