const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** "340 byte", "1.4 MB": bytes for people, in powers of 1000 as file managers have it. */
export function byteSize(bytes: number): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return new Intl.NumberFormat("en", {
    style: "unit",
    unit: units[unit] ?? "byte",
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0,
  }).format(value);
}

const encoder = new TextEncoder();

/** Bytes of `text` within an event: UTF-8, with what JSON adds for quotes, line ends and controls. */
export const eventBytes = (text: string): number => encoder.encode(JSON.stringify(text)).length - 2;
