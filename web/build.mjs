// Bundles what a browser loads from the program, into dist/:
//
//   shop.4FKQZ2VN.css        content-hashed, so the program may tell browsers to keep it for ever
//   shop.4FKQZ2VN.css.br     the same bytes compressed once here, as hard as possible, instead of at every answer
//   shop.4FKQZ2VN.css.gz
//   licenses.1F0C9A3D.txt    the licences of the packages whose code is in the bundles
//   manifest.json            logical name -> file: {"shop.css": "shop.4FKQZ2VN.css", ...}; the one name without a hash
//
// The same sources and the same package-lock.json give the same bytes, on any machine.

import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import zlib from "node:zlib";
import * as esbuild from "esbuild";

const ROOT = path.dirname(fileURLToPath(import.meta.url));
const DIST = path.join(ROOT, "dist");
/** Filled first and renamed at the end: whoever embeds dist/ meanwhile sees the old files or the new, never half. */
const FRESH = path.join(ROOT, "dist.new");

/** What pages ask for by name with `asset("shop.css")`. Everything else is reached from these. */
const ENTRY_POINTS = [
  "src/storefront/shop.css",
  "src/storefront/shop.ts",
  "src/backoffice/admin.css",
  "src/backoffice/admin.ts",
  "src/backoffice/night.ts",
  "src/backoffice/print.css",
  "src/backoffice/print.ts",
];
/** Files that are served as they are, under a hashed name. */
const STATIC = "src/static";

const COMPRESSIBLE = new Set([".css", ".js", ".svg", ".txt", ".json"]);

async function main() {
  const started = performance.now();
  await rm(FRESH, { recursive: true, force: true });
  await mkdir(FRESH);

  const manifest = await bundle();
  for (const [name, hashed] of Object.entries(await copyStatic())) addTo(manifest, name, hashed);
  await writeFile(path.join(FRESH, "manifest.json"), toSortedJson(manifest));
  const sizes = await Promise.all((await readdir(FRESH)).sort().map(precompress));

  const old = path.join(ROOT, "dist.old");
  await rm(old, { recursive: true, force: true });
  await rename(DIST, old).catch(ignoreMissing);
  await rename(FRESH, DIST);
  await rm(old, { recursive: true, force: true });

  for (const { file, plain, brotli } of sizes) {
    console.log(`${kib(plain)} ${brotli === null ? " ".repeat(20) : `${kib(brotli)} brotli`}  ${file}`);
  }
  console.log(`web/dist: ${sizes.length} files in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/** Bundles the entry points and returns their part of the manifest. */
async function bundle() {
  const { metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    entryPoints: ENTRY_POINTS,
    outdir: FRESH,
    entryNames: "[name].[hash]",
    chunkNames: "[name].[hash]",
    assetNames: "[name].[hash]",
    bundle: true,
    // Scripts are modules; an `import()` becomes a file of its own that is loaded when it is needed.
    format: "esm",
    splitting: true,
    minify: true,
    charset: "utf8",
    legalComments: "none",
    metafile: true,
    target: ["es2022", "chrome111", "edge111", "firefox114", "safari16.4"],
    loader: { ".svg": "file", ".png": "file", ".webp": "file", ".woff2": "file" },
    logLevel: "warning",
  });
  const manifest = await writeHashed("licenses.txt", await licenses(metafile));
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (output.entryPoint === undefined) continue;
    const hashed = path.basename(file);
    addTo(manifest, logicalName(output.entryPoint, hashed), hashed);
  }
  return manifest;
}

async function copyStatic() {
  const names = (await readdir(path.join(ROOT, STATIC))).sort();
  const files = await Promise.all(
    names.map(async (name) => writeHashed(name, await readFile(path.join(ROOT, STATIC, name)))),
  );
  return Object.assign({}, ...files);
}

/** Writes a file under its hashed name and returns its line of the manifest. */
async function writeHashed(name, content) {
  const { name: stem, ext } = path.parse(name);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = `${stem}.${hash}${ext}`;
  await writeFile(path.join(FRESH, hashed), content);
  return { [name]: hashed };
}

/** Two sources of one logical name would hide each other: refuse. */
function addTo(manifest, name, hashed) {
  if (name in manifest) throw new Error(`two sources want to be called ${name}: ${manifest[name]} and ${hashed}`);
  manifest[name] = hashed;
}

/** `src/storefront/shop.ts` that became `shop.4FKQZ2VN.js` is called `shop.js`. */
function logicalName(entryPoint, hashed) {
  return path.parse(entryPoint).name + path.extname(hashed);
}

async function precompress(file) {
  const content = await readFile(path.join(FRESH, file));
  const plain = content.length;
  // The manifest is read by the program, never sent.
  if (file === "manifest.json" || !COMPRESSIBLE.has(path.extname(file))) return { file, plain, brotli: null };
  const [brotli, gzip] = await Promise.all([
    promisify(zlib.brotliCompress)(content, {
      params: {
        [zlib.constants.BROTLI_PARAM_QUALITY]: zlib.constants.BROTLI_MAX_QUALITY,
        [zlib.constants.BROTLI_PARAM_MODE]: zlib.constants.BROTLI_MODE_TEXT,
        [zlib.constants.BROTLI_PARAM_SIZE_HINT]: plain,
      },
    }),
    promisify(zlib.gzip)(content, { level: 9 }),
  ]);
  await Promise.all([
    writeFile(path.join(FRESH, `${file}.br`), brotli),
    writeFile(path.join(FRESH, `${file}.gz`), gzip),
  ]);
  return { file, plain, brotli: brotli.length };
}

/** The licence texts that must travel with the code of other people. */
async function licenses(metafile) {
  const bundled = new Map();
  for (const output of Object.values(metafile.outputs)) {
    for (const input of Object.keys(output.inputs)) {
      const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
      if (name !== undefined) bundled.set(name, [...(bundled.get(name) ?? []), input]);
    }
  }
  const names = [...bundled.keys()].sort();
  return (await Promise.all(names.map((name) => license(name, bundled.get(name))))).join("\n");
}

async function license(name, inputs) {
  const folder = path.join(ROOT, "node_modules", name);
  const { version, license: kind } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /^(licen[cs]e|notice|copying)/i.test(entry.name))
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
  let texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), "utf8")));
  // A few packages state their licence only in the first comment of the files themselves.
  if (texts.length === 0) {
    const sources = await Promise.all(inputs.map((input) => readFile(path.join(ROOT, input), "utf8")));
    texts = [...new Set(sources.flatMap((source) => source.match(/\/\*![\s\S]*?\*\//) ?? []))];
  }
  if (texts.length === 0) throw new Error(`${name} comes without a licence text`);
  return [`==== ${name} ${version} (${kind}) ====`, ...texts.map((text) => text.trim()), ""].join("\n\n");
}

function toSortedJson(record) {
  return `${JSON.stringify(Object.fromEntries(Object.entries(record).sort()), null, 2)}\n`;
}

function ignoreMissing(error) {
  if (error.code !== "ENOENT") throw error;
}

function kib(bytes) {
  return `${(bytes / 1024).toFixed(1).padStart(8)} KiB`;
}

await main();
