/**
 * Where an arrow key leads in a grid of `count` cells read line by line, or null where the key means nothing. Lines are
 * `columns` long but for the last of each group, so up and down go by the place in the line, as the eye does.
 */
export function gridStep(
  key: string,
  at: number,
  lines: readonly (readonly [start: number, length: number])[],
  isRightToLeft: boolean,
): number | null {
  const line = lines.findIndex(([start, length]) => at >= start && at < start + length);
  const here = lines[line];
  const last = lines.at(-1);
  if (here === undefined || last === undefined) return null;
  const count = last[0] + last[1];
  const clamped = (to: number): number => Math.max(0, Math.min(count - 1, to));
  const beside = (step: number): number => clamped(at + (isRightToLeft ? -step : step));
  const over = (step: number): number => {
    const other = lines[line + step];
    return other === undefined ? at : other[0] + Math.min(at - here[0], other[1] - 1);
  };
  switch (key) {
    case "ArrowLeft":
      return beside(-1);
    case "ArrowRight":
      return beside(1);
    case "ArrowUp":
      return over(-1);
    case "ArrowDown":
      return over(1);
    case "Home":
      return here[0];
    case "End":
      return here[0] + here[1] - 1;
    default:
      return null;
  }
}
