/** Each character in a colour of its own, once around the colour wheel; combined characters stay together. */
export function rainbow(text: string): string {
  const segments = [...new Intl.Segmenter("en", { granularity: "grapheme" }).segment(text)];
  const visible = segments.filter(({ segment }) => segment.trim() !== "").length;
  let at = 0;
  return segments
    .map(({ segment }) => {
      if (segment === "\n") return "<br>";
      if (segment.trim() === "") return segment;
      const colour = hue((at++ / Math.max(visible, 1)) * 360);
      return `<span data-mx-color="${colour}">${escaped(segment)}</span>`;
    })
    .join("");
}

const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign] ?? sign,
  );

/** The colour of this angle (degrees) as #rrggbb, fully saturated and half light. */
function hue(angle: number): string {
  const channel = (shift: number): string => {
    const k = (shift + angle / 30) % 12;
    const value = 0.5 - 0.5 * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}
