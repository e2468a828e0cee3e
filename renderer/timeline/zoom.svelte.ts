const LEAST = 1;
const MOST = 8;

/** How large a picture is in the viewer, and where. Scale 1 fits the window. */
export class Zoom {
  scale = $state.raw(1);
  /** Px from the middle. */
  x = $state.raw(0);
  y = $state.raw(0);
  isDragging = $state.raw(false);
  #grabbed: { readonly x: number; readonly y: number } | null = null;

  /** Larger or smaller by a factor, keeping the point `dx`, `dy` px from the middle of the stage where it is. */
  by(factor: number, dx = 0, dy = 0): void {
    const scale = Math.min(MOST, Math.max(LEAST, this.scale * factor));
    const ratio = scale / this.scale;
    this.x = scale === 1 ? 0 : dx - (dx - this.x) * ratio;
    this.y = scale === 1 ? 0 : dy - (dy - this.y) * ratio;
    this.scale = scale;
  }

  toggle(): void {
    if (this.scale === 1) this.by(2);
    else this.reset();
  }

  reset(): void {
    this.scale = 1;
    this.x = 0;
    this.y = 0;
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const stage = event.currentTarget;
    if (!(stage instanceof HTMLElement)) return;
    const { left, top, width, height } = stage.getBoundingClientRect();
    this.by(
      Math.exp(-event.deltaY / 400),
      event.clientX - left - width / 2,
      event.clientY - top - height / 2,
    );
  }

  grab(event: PointerEvent): void {
    if (event.button !== 0 || this.scale === 1) return;
    this.#grabbed = { x: event.clientX - this.x, y: event.clientY - this.y };
    this.isDragging = true;
    if (event.currentTarget instanceof HTMLElement) event.currentTarget.setPointerCapture(event.pointerId);
  }

  drag(event: PointerEvent): void {
    if (this.#grabbed === null) return;
    this.x = event.clientX - this.#grabbed.x;
    this.y = event.clientY - this.#grabbed.y;
  }

  drop(): void {
    this.#grabbed = null;
    this.isDragging = false;
  }
}
