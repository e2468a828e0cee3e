/** Tells listeners of one kind of thing. A listener may come or go while others are being told. */
export class Emitter<T> {
  // A Map by token, not a Set of functions: the same function may listen twice and each leaves on its own.
  readonly #listeners = new Map<symbol, (value: T) => void>();

  /** Returns the function that stops listening; calling it twice is harmless. */
  on(listener: (value: T) => void): () => void {
    const token = Symbol();
    this.#listeners.set(token, listener);
    return () => void this.#listeners.delete(token);
  }

  /** Tells everybody who listens now. One that throws keeps nobody else from hearing it; its error comes out at the end. */
  emit(value: T): void {
    const errors: unknown[] = [];
    for (const [token, listener] of [...this.#listeners]) {
      if (!this.#listeners.has(token)) continue; // left while others were told
      try {
        listener(value);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors.length === 1 ? errors[0] : new AggregateError(errors);
  }

  get size(): number {
    return this.#listeners.size;
  }
}
