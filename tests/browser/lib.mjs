// What every browser test stands on: a running shop, pages that fail their test when something goes wrong in them,
// an accessibility check, and pictures.
//
//   import { test } from "node:test";
//   import { axe, newPage, shot, startShop } from "./lib.mjs";
//
//   test("a shopper buys tea", async (t) => {
//     const shop = await startShop();                        // one for the whole file, stopped at its end
//     const page = await newPage(t, shop, { viewport: "phone" });
//     await page.goto("/");                                  // addresses are relative to the shop
//     await axe(page);
//     await shot(page, "home-phone");
//   });
//
// Settings, all by environment:
//   ZHANGGUI_BIN    the program under test (default: target/debug/zhanggui)
//   ZHANGGUI_URL    a shop that runs already; then none is started (ZHANGGUI_DATA_DIR: its data folder,
//                   ZHANGGUI_INVITATION: the unused link by which its owner comes in)
//   ZHANGGUI_SHOTS  a folder for pictures; without it none are taken
//   CHROMIUM        the browser (default: where Debian and others put it)

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
// The packages of the tests are installed with those of the pages, in web/.
const require = createRequire(path.join(ROOT, "web/package.json"));

/** The screens that every page is made for: a narrow phone and a common desktop. */
export const VIEWPORTS = {
  phone: { viewport: { width: 360, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 },
};

// ---- the shop -----------------------------------------------------------------------------------------------------

/** A demo shop makes 90 days of history before it answers; an unoptimised build on a busy machine takes its time. */
const START_LIMIT_MS = 240_000;
const STOP_LIMIT_MS = 15_000;

let shared = null;

/**
 * The shop that the tests of this file share: started by the first call, stopped when the file has run.
 *
 * Answers `{ url, dataDir, command(...words), invitation(), stop() }`; `command("key", "create", "--role", "owner")`
 * runs the program on the shop's data folder and answers the JSON object that it prints last; `invitation()` is the
 * link, good for one use, that a fresh demo shop prints for its owner.
 */
export function startShop() {
  shared ??= process.env.ZHANGGUI_URL ? runningShop(process.env.ZHANGGUI_URL) : startOwnShop();
  return shared;
}

async function runningShop(url) {
  const dataDir = process.env.ZHANGGUI_DATA_DIR ?? null;
  const invitation = async () => {
    const link = process.env.ZHANGGUI_INVITATION;
    if (!link) throw new Error("a shop that was not started here needs ZHANGGUI_INVITATION for its back office");
    return link;
  };
  return { url: url.replace(/\/$/, ""), dataDir, command: commandOn(dataDir), invitation, stop: async () => {} };
}

async function startOwnShop() {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), "zhanggui-browser-"));
  const server = spawn(program(), ["demo", "--quiet", "--data-dir", dataDir, "--listen", "127.0.0.1:0"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: ownEnvironment(),
  });
  // Whatever becomes of the tests, the server does not outlive them.
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);

  const log = [];
  const keep = (chunk) => log.push(chunk);
  server.stdout.setEncoding("utf8").on("data", keep);
  server.stderr.setEncoding("utf8").on("data", keep);
  const ended = new Promise((resolve) => {
    server.once("error", (error) => resolve(String(error)));
    server.once("exit", (code, signal) => resolve(signal ?? `exit code ${code}`));
  });

  try {
    const url = await readyAddress(server, ended, log);
    const stop = async () => {
      server.kill("SIGTERM");
      const how = await withLimit(ended, STOP_LIMIT_MS, "the shop did not stop on SIGTERM").finally(kill);
      process.removeListener("exit", kill);
      await rm(dataDir, { recursive: true, force: true });
      const text = log.join("");
      assert.ok(!/panicked at/.test(text), `the shop panicked while the tests ran:\n${tail(text)}`);
      assert.equal(how, "exit code 0", `the shop did not end cleanly:\n${tail(text)}`);
    };
    return { url, dataDir, command: commandOn(dataDir), invitation: () => invitationLink(url, log), stop };
  } catch (error) {
    kill();
    await rm(dataDir, { recursive: true, force: true });
    throw error;
  }
}

/** Waits for the line `ready http://…`, which the program prints when it answers. */
function readyAddress(server, ended, log) {
  const ready = new Promise((resolve) => {
    let seen = "";
    server.stdout.on("data", (chunk) => {
      seen += chunk;
      const line = /^ready (http:\/\/\S+)/m.exec(seen);
      if (line) resolve(line[1].replace(/\/$/, ""));
    });
  });
  const failed = ended.then((how) => {
    throw new Error(`the shop ended before it was ready (${how}):\n${tail(log.join(""))}`);
  });
  failed.catch(() => {});
  return withLimit(Promise.race([ready, failed]), START_LIMIT_MS, () => `the shop was not ready:\n${tail(log.join(""))}`);
}

const INVITATION_LIMIT_MS = 10_000;

/** The owner's link stands in the log, which may arrive a moment after the line that says the shop is ready. */
async function invitationLink(url, log) {
  for (const end = Date.now() + INVITATION_LIMIT_MS; Date.now() < end; await new Promise((go) => setTimeout(go, 50))) {
    const link = /http:\/\/\S+?(\/admin\/invitations\/[\w-]+)/.exec(log.join(""));
    // The shop may name itself by its public address; the browser stays at the one where the shop listens.
    if (link) return url + link[1];
  }
  throw new Error(`the shop printed no invitation for its owner:\n${tail(log.join(""))}`);
}

function program() {
  const bin = process.env.ZHANGGUI_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? path.join(ROOT, "target"), "debug/zhanggui");
  if (!existsSync(bin)) throw new Error(`no program at ${bin}: build it with \`make build\`, or name it in ZHANGGUI_BIN`);
  return path.resolve(bin);
}

/** The program takes settings from ZHANGGUI_*; those of the tests' own surroundings are none of its business. */
function ownEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("ZHANGGUI_")));
}

function commandOn(dataDir) {
  return (...words) => {
    if (dataDir === null) throw new Error("a shop that was not started here needs ZHANGGUI_DATA_DIR for commands");
    return new Promise((resolve, reject) => {
      const child = spawn(program(), [...words, "--data-dir", dataDir, "--json"], {
        stdio: ["ignore", "pipe", "pipe"],
        env: ownEnvironment(),
      });
      let out = "";
      let err = "";
      child.stdout.setEncoding("utf8").on("data", (chunk) => (out += chunk));
      child.stderr.setEncoding("utf8").on("data", (chunk) => (err += chunk));
      child.once("error", reject);
      child.once("close", (code) => {
        if (code === 0) resolve(JSON.parse(out.trimEnd().split("\n").at(-1)));
        else reject(new Error(`zhanggui ${words.join(" ")} ended with ${code}:\n${tail(err + out)}`));
      });
    });
  };
}

// ---- the browser --------------------------------------------------------------------------------------------------

let browser = null;

const CHROMIUM_PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function startBrowser() {
  const executablePath = process.env.CHROMIUM ?? CHROMIUM_PLACES.find(existsSync);
  if (executablePath === undefined) {
    throw new Error("no Chromium found: install it (Debian: apt-get install chromium), or name it in CHROMIUM");
  }
  return require("playwright-core").chromium.launch({
    executablePath,
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A page of the shop needs nothing from elsewhere. What asks all the same is told at once that there is nobody.
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
}

/** Browser contexts whose scripts are switched off. */
const scriptless = new WeakSet();

/**
 * A page with a fresh visitor (no cookies) that watches itself. When the test ends it fails if anything went wrong in
 * the page: a console error, an uncaught exception, a breach of the content security policy, a request to the shop
 * that failed, or any request to somebody else.
 *
 * Options: `viewport` ("phone" or "desktop"), `locale` (of the browser, "zh-TW"), `javaScript` (true),
 * `tolerate` (patterns of problems that this test provokes: an answer of 404 counts as a problem like any other),
 * `session` (what `owner` or `context.storageState()` answered: the visitor is signed in).
 */
export async function newPage(t, shop, options = {}) {
  const { viewport = "desktop", locale = "zh-TW", javaScript = true, tolerate = [], session } = options;
  assert.ok(viewport in VIEWPORTS, `viewport is one of ${Object.keys(VIEWPORTS).join(", ")}`);
  browser ??= startBrowser();
  const context = await (await browser).newContext({
    ...VIEWPORTS[viewport],
    locale,
    timezoneId: "Asia/Taipei",
    reducedMotion: "reduce",
    javaScriptEnabled: javaScript,
    baseURL: shop.url,
    storageState: session,
  });
  context.setDefaultTimeout(15_000);
  if (!javaScript) scriptless.add(context);
  const problems = await watch(context, new URL(shop.url).origin);
  t.after(async () => {
    await context.close();
    const unexpected = problems.filter((problem) => !tolerate.some((pattern) => pattern.test(problem)));
    assert.equal(unexpected.length, 0, `the page was not clean:\n  ${unexpected.join("\n  ")}`);
  });
  return context.newPage();
}

/** Collects what goes wrong in any page of the context. */
async function watch(context, origin) {
  const problems = [];
  await context.exposeBinding("zhangguiViolation", ({ page }, text) => problems.push(`policy: ${text} (${page.url()})`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { effectiveDirective, blockedURI, sourceFile, lineNumber, sample } = event;
      globalThis.zhangguiViolation(`${effectiveDirective} forbids ${blockedURI} at ${sourceFile}:${lineNumber} ${sample}`);
    });
  });
  context.on("console", (message) => {
    if (message.type() !== "error") return;
    const { url, lineNumber } = message.location();
    problems.push(`console: ${message.text()} (${url}:${lineNumber})`);
  });
  context.on("weberror", (error) => problems.push(`exception: ${error.error().stack ?? error.error()}`));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== origin) problems.push(`stranger: ${request.method()} ${url}`);
  });
  context.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "unknown";
    // Leaving a page breaks off what it was still loading; that is no failure.
    if (reason !== "net::ERR_ABORTED") problems.push(`request: ${request.method()} ${request.url()} failed: ${reason}`);
  });
  context.on("response", (response) => {
    if (response.status() >= 400) {
      problems.push(`answer: ${response.request().method()} ${response.url()} got status ${response.status()}`);
    }
  });
  return problems;
}

// ---- the back office ----------------------------------------------------------------------------------------------

/** What the owner of the shop under test signs in with, once `owner` or a test has taken up the invitation. */
export const OWNER_PASSWORD = "一壺好茶，配一本好書";

let ownerSession = null;

/** The owner's session, for `newPage`'s `session`. The first call takes up the invitation; the others share it. */
export function owner(shop) {
  ownerSession ??= signInOwner(shop);
  return ownerSession;
}

async function signInOwner(shop) {
  browser ??= startBrowser();
  const context = await (await browser).newContext({ baseURL: shop.url, locale: "zh-TW" });
  try {
    const page = await context.newPage();
    await page.goto(await shop.invitation());
    await page.locator("#f-new_password").fill(OWNER_PASSWORD);
    await page.locator("#f-new_password_again").fill(OWNER_PASSWORD);
    await page.locator("button[type=submit]").click();
    await page.waitForURL((url) => url.pathname === "/admin");
    return await context.storageState();
  } finally {
    await context.close();
  }
}

// ---- checks and pictures ------------------------------------------------------------------------------------------

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

let axeSource = null;

/** Fails on every barrier that axe calls serious or critical. Needs a page with JavaScript. */
export async function axe(page) {
  // What axe waits for inside the page never comes where scripts are switched off.
  assert.ok(!scriptless.has(page.context()), "axe looks at pages with scripts");
  axeSource ??= await readFile(require.resolve("axe-core/axe.min.js"), "utf8");
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] }),
    AXE_TAGS,
  );
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const report = grave.flatMap(({ id, impact, help, nodes }) => [
    `${impact}: ${id}: ${help}`,
    ...nodes.map(({ target, html, any }) => `  ${target.join(" ")}  ${html.slice(0, 160)}  ${any.map((check) => check.message).join("; ")}`),
  ]);
  assert.equal(grave.length, 0, `axe on ${page.url()}:\n${report.join("\n")}`);
}

/** Fails when the page is wider than its window, so that a phone would have to scroll sideways. */
export async function fits(page) {
  const { wide, window } = await page.evaluate(() => {
    const { clientWidth } = document.documentElement;
    const beyond = (element) => element.getBoundingClientRect().right > clientWidth + 1;
    return {
      window: [document.documentElement.scrollWidth, clientWidth],
      wide: [...document.body.querySelectorAll("*")].filter(beyond).slice(0, 5).map((element) => element.outerHTML.slice(0, 120)),
    };
  });
  assert.ok(window[0] <= window[1], `${page.url()} is ${window[0]} wide in ${window[1]}:\n  ${wide.join("\n  ")}`);
}

/** Writes `name.png` into ZHANGGUI_SHOTS, where that is set. `{ fullPage: true }` takes all of a long page. */
export async function shot(page, name, options = {}) {
  const folder = process.env.ZHANGGUI_SHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ animations: "disabled", ...options, path: path.join(folder, `${name}.png`) });
  // Taking the picture leaves empty style attributes behind, which a strict policy forbids scripts to copy.
  await page.evaluate(() => document.querySelectorAll('[style=""]').forEach((element) => element.removeAttribute("style")));
}

// ---- the end ------------------------------------------------------------------------------------------------------

after(async () => {
  try {
    await (await browser?.catch(() => null))?.close();
  } finally {
    await (await shared?.catch(() => null))?.stop();
  }
});

// ---- small things -------------------------------------------------------------------------------------------------

async function withLimit(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${typeof what === "string" ? what : what()} (after ${ms / 1000} s)`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function tail(text) {
  return text.split("\n").slice(-40).join("\n");
}
