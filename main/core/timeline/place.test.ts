import { expect, test } from "vitest";
import { parseGeo, placeIn } from "./place.ts";

test.each([
  ["geo:51.5008,0.1247", { latitude: 51.5008, longitude: 0.1247, uncertainty: null }],
  ["geo:-33.8688,151.2093;u=35", { latitude: -33.8688, longitude: 151.2093, uncertainty: 35 }],
  ["GEO:1,2,300;crs=wgs84;u=0.5", { latitude: 1, longitude: 2, uncertainty: 0.5 }],
  ["geo:90,-180;label=x", { latitude: 90, longitude: -180, uncertainty: null }],
  ["geo:1,2;u=many", { latitude: 1, longitude: 2, uncertainty: null }],
])("%s is a place (MSG-15)", (uri, place) => expect(parseGeo(uri)).toEqual(place));

test.each([
  "geo:91,0",
  "geo:0,181",
  "geo:1",
  "geo:1,2;crs=moon-1",
  "geo:1e5,2",
  "geo:1,2 ",
  "geo:1,2?q=x",
  "geo:1,2;u=<script>;\n",
  "https://example.org/1,2",
  `geo:1,2;${"a".repeat(600)}`,
  "",
  null,
])("%j is none", (uri) => expect(parseGeo(uri)).toBeNull());

test("the extensible forms say it too, stable and unstable", () => {
  expect(placeIn({ "m.location": { uri: "geo:1,2" } })).toMatchObject({ latitude: 1 });
  expect(placeIn({ "org.matrix.msc3488.location": { uri: "geo:3,4" } })).toMatchObject({ latitude: 3 });
  expect(placeIn({ geo_uri: 5, "m.location": "geo:1,2" })).toBeNull();
});
