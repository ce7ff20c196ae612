// Runs Lighthouse over the pages of a demo shop; see scripts/lighthouse.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** What every page must reach in every category, of 100. */
const LEAST = 95;
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** A product of the demo shop that is in stock. */
const PRODUCT = "jasmine-green";

/** A reader of the shop's first language: for readers of another one an address without a language is not the canonical one. */
const READER = { "Accept-Language": "zh-TW" };

/** Pages: name, path, audits that ask for what the page rightly does not do. */
const PAGES = [
  { name: "home", path: "/" },
  { name: "collection", path: "/collections/oolong" },
  { name: "product", path: `/products/${PRODUCT}` },
  // A checkout is one person's, and asks search engines to stay away.
  { name: "checkout", path: "/checkout", skip: ["is-crawlable"] },
];

async function main([folder]) {
  const require = createRequire(path.join(folder, "package.json"));
  const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
  const { default: lighthouse } = await load("lighthouse");
  const chromeLauncher = await load("chrome-launcher");
  const shop = await startShop();
  const { default: puppeteer } = await load("puppeteer-core");
  const chrome = await chromeLauncher.launch({ chromePath: chromium(), chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
  let failed = false;
  try {
    await fillCart(puppeteer, chrome.port, shop.url);
    console.log(`${"".padEnd(12)}${CATEGORIES.map((c) => c.padStart(16)).join("")}`);
    for (const page of PAGES) {
      const scores = await scoresOf(lighthouse, chrome.port, shop.url, page);
      failed ||= Object.values(scores).some((score) => score < LEAST);
      console.log(`${page.name.padEnd(12)}${CATEGORIES.map((c) => String(scores[c]).padStart(16)).join("")}`);
    }
  } finally {
    await chrome.kill();
    await shop.stop();
  }
  if (failed) throw new Error(`a score is below ${LEAST}`);
}

/** The shop at ZHANGGUI_URL, or a demo shop of ZHANGGUI_BIN without other shoppers, whose folder goes when it stops. */
async function startShop() {
  const { ZHANGGUI_URL: running, ZHANGGUI_BIN: program } = process.env;
  if (running) return { url: running.replace(/\/$/, ""), stop: async () => {} };
  if (!existsSync(program)) throw new Error(`no program at ${program}: cargo build --release, or name one in ZHANGGUI_BIN`);
  const folder = await mkdtemp(path.join(os.tmpdir(), "zhanggui-lighthouse-"));
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ZHANGGUI_")));
  const server = spawn(program, ["demo", "--quiet", "--data-dir", folder, "--listen", "127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"], env });
  process.once("exit", () => server.kill("SIGKILL"));
  const ended = new Promise((resolve) => server.once("exit", resolve));
  const ready = new Promise((resolve) => {
    let seen = "";
    server.stdout.setEncoding("utf8").on("data", (chunk) => {
      seen += chunk;
      const line = /^ready (http:\/\/\S+)/m.exec(seen);
      if (line) resolve(line[1].replace(/\/$/, ""));
    });
  });
  const url = await Promise.race([ready, ended.then((how) => { throw new Error(`the shop ended before it was ready (${how})`); })]);
  const stop = async () => {
    server.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { url, stop };
}

/** The browser: the one named in CHROMIUM, or where Debian and others put it. */
function chromium() {
  const places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = process.env.CHROMIUM ?? places.find(existsSync);
  if (!found) throw new Error("no Chromium found: install it, or name it in CHROMIUM");
  return found;
}

/** Puts something into the cart of the browser, as a shopper does; the other pages are then measured with it as well. */
async function fillCart(puppeteer, port, url) {
  const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${port}` });
  const page = await browser.newPage();
  await page.setExtraHTTPHeaders(READER);
  await page.goto(`${url}/products/${PRODUCT}`);
  const sent = page.waitForNavigation();
  await page.evaluate(() => document.querySelector("form[data-product]").requestSubmit());
  await sent;
  await page.close();
  await browser.disconnect();
}

/** The median of each category over the runs, and on a low score what costs it. */
async function scoresOf(lighthouse, port, url, page) {
  const runs = [];
  for (let run = 0; run < Number(process.env.RUNS ?? 1); run += 1) {
    const flags = {
      port,
      output: ["html", "json"],
      logLevel: "error",
      onlyCategories: CATEGORIES,
      skipAudits: page.skip ?? null,
      extraHeaders: READER,
      // Keeps the cart, which is a cookie.
      disableStorageReset: true,
    };
    const result = await lighthouse(url + page.path, flags);
    if (!result || result.lhr.runtimeError) throw new Error(`${page.name}: ${result?.lhr.runtimeError?.message ?? "no result"}`);
    const shown = new URL(result.lhr.finalDisplayedUrl).pathname;
    if (shown !== page.path) throw new Error(`${page.name}: ${page.path} leads to ${shown}`);
    runs.push(result);
    await keep(page.name, run, result.report);
  }
  const of = (result, category) => Math.round((result.lhr.categories[category].score ?? 0) * 100);
  const median = (category) => runs.map((r) => of(r, category)).sort((a, b) => a - b)[Math.floor(runs.length / 2)];
  const scores = Object.fromEntries(CATEGORIES.map((category) => [category, median(category)]));
  for (const category of CATEGORIES.filter((c) => scores[c] < LEAST)) {
    for (const line of costs(runs[0].lhr, category)) console.error(`  ${page.name}: ${line}`);
  }
  return scores;
}

/** What costs points in a category. */
function costs(lhr, category) {
  return lhr.categories[category].auditRefs
    .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.9)
    .map(({ id }) => `${category}: ${lhr.audits[id].title}${lhr.audits[id].displayValue ? ` (${lhr.audits[id].displayValue})` : ""}`);
}

async function keep(name, run, [html, json]) {
  const folder = process.env.REPORTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, `${name}-${run}.html`), html);
  await writeFile(path.join(folder, `${name}-${run}.json`), json);
}

main(process.argv.slice(2)).catch((error) => {
  console.error(String(error.message ?? error));
  process.exitCode = 1;
});
