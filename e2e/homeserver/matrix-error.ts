/** An answer with a Matrix error body; thrown by handlers, written by the router. */
export class MatrixError extends Error {
  readonly status: number;
  readonly errcode: string;
  readonly extra: Record<string, unknown>;

  constructor(status: number, errcode: string, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.status = status;
    this.errcode = errcode;
    this.extra = extra;
  }

  /** The JSON body: errcode, error and whatever the error brings along. */
  get body(): Record<string, unknown> {
    return { errcode: this.errcode, error: this.message, ...this.extra };
  }
}

/** 400 M_INVALID_PARAM, the most frequent complaint. */
export function invalidParam(message: string): MatrixError {
  return new MatrixError(400, "M_INVALID_PARAM", message);
}

/** 403 M_FORBIDDEN. */
export function forbidden(message: string): MatrixError {
  return new MatrixError(403, "M_FORBIDDEN", message);
}

/** 404 M_NOT_FOUND. */
export function notFound(message: string): MatrixError {
  return new MatrixError(404, "M_NOT_FOUND", message);
}
