// Where our own small picture stands: in one of four corners, by pointer or by arrow keys.

export interface Corner {
  readonly block: "start" | "end";
  readonly inline: "start" | "end";
}

/** The corner an arrow key moves it to, or null for other keys. */
export function cornerFor(key: string, from: Corner, direction: string): Corner | null {
  const [left, right] = direction === "rtl" ? (["end", "start"] as const) : (["start", "end"] as const);
  switch (key) {
    case "ArrowUp":
      return { ...from, block: "start" };
    case "ArrowDown":
      return { ...from, block: "end" };
    case "ArrowLeft":
      return { ...from, inline: left };
    case "ArrowRight":
      return { ...from, inline: right };
    default:
      return null;
  }
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The corner of `stage` nearest to the middle of `box`. */
export function nearestCorner(box: Box, stage: Box, direction: string): Corner {
  const isRight = box.left + box.width / 2 > stage.left + stage.width / 2;
  const isBelow = box.top + box.height / 2 > stage.top + stage.height / 2;
  return {
    block: isBelow ? "end" : "start",
    inline: isRight === (direction !== "rtl") ? "end" : "start",
  };
}

interface Drag {
  readonly moved: (by: { readonly x: number; readonly y: number }) => void;
  /** Null when it was cancelled. */
  readonly settled: (place: Corner | null) => void;
}

/** Follows the pointer until it is let go. */
export function drag(start: PointerEvent & { currentTarget: HTMLElement }, { moved, settled }: Drag): void {
  const element = start.currentTarget;
  const stage = element.offsetParent;
  element.setPointerCapture(start.pointerId);
  const onMove = (event: PointerEvent): void =>
    moved({ x: event.clientX - start.clientX, y: event.clientY - start.clientY });
  const end = (event: PointerEvent): void => {
    element.removeEventListener("pointermove", onMove);
    element.removeEventListener("pointerup", end);
    element.removeEventListener("pointercancel", end);
    const { direction } = getComputedStyle(element);
    settled(
      event.type === "pointercancel" || stage === null
        ? null
        : nearestCorner(element.getBoundingClientRect(), stage.getBoundingClientRect(), direction),
    );
  };
  element.addEventListener("pointermove", onMove);
  element.addEventListener("pointerup", end);
  element.addEventListener("pointercancel", end);
}
