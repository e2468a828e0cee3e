import type { Place } from "../../preload/contract/models/timeline.ts";

/** Where OpenStreetMap shows the place, opened in the system's browser and only when asked. */
export function mapAddress({ latitude, longitude }: Place): string {
  return `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=16/${latitude}/${longitude}`;
}

const degrees = new Intl.NumberFormat("en", { maximumFractionDigits: 5 });
const metres = new Intl.NumberFormat("en", { style: "unit", unit: "meter", maximumFractionDigits: 0 });

/** "51.5008° N, 0.1247° W (± 35 m)" */
export function coordinates({ latitude, longitude, uncertainty }: Place): string {
  const part = (value: number, signs: readonly [string, string]): string =>
    `${degrees.format(Math.abs(value))}° ${value < 0 ? signs[1] : signs[0]}`;
  const point = `${part(latitude, ["N", "S"])}, ${part(longitude, ["E", "W"])}`;
  return uncertainty === null ? point : `${point} (± ${metres.format(uncertainty)})`;
}
