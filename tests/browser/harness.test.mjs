// The harness tested by itself, on small pages of its own: what it must let pass, and what it must catch. A harness
// that overlooks a broken page would make every test above it worthless.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { axe, fits, newPage, shot } from "./lib.mjs";

const LIB = new URL("lib.mjs", import.meta.url);

/** What a page of the shop looks like to the harness, with the shop's own strict policy. */
const page = (body, head = "") => `<!doctype html><html lang="zh-Hant"><head><meta charset="utf-8"><title>茶行</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="/icon.svg">${head}</head>
<body><main><h1>高山茶</h1>${body}</main></body></html>`;

const PAGES = {
  "/clean": page('<label for="q">搜尋</label><input id="q"><script src="/fill.js"></script>'),
  "/console": page('<script src="/console.js"></script>'),
  "/exception": page('<script src="/exception.js"></script>'),
  "/policy": page('<p style="color:red">紅</p>'),
  "/missing": page('<img src="/nowhere.png" alt="茶">'),
  "/stranger": page('<script src="http://elsewhere.example/a.js"></script>'),
  "/barrier": page('<img src="/icon.svg"><input>'),
  "/wide": page('<div class="wide">寬</div>', '<link rel="stylesheet" href="/wide.css">'),
};
const FILES = {
  "/icon.svg": ["image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'],
  "/fill.js": ["text/javascript", 'document.querySelector("#q").value = "烏龍"'],
  "/console.js": ["text/javascript", 'console.error("out of tea")'],
  "/exception.js": ["text/javascript", 'throw new Error("spilt tea")'],
  "/wide.css": ["text/css", ".wide { width: 2000px }"],
};

let server;
const shop = { url: "" };
let folder;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "zhanggui-harness-"));
  server = createServer((request, response) => {
    const [type, text] = FILES[request.url] ?? ["text/html; charset=utf-8", PAGES[request.url]];
    response.writeHead(text === undefined ? 404 : 200, {
      "content-type": type,
      "content-security-policy": "default-src 'self'; base-uri 'none'; object-src 'none'",
    });
    response.end(text ?? page("沒有這一頁"));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  shop.url = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe("a page that is in order", () => {
  for (const viewport of ["phone", "desktop"]) {
    test(`passes on a ${viewport}, under a strict policy`, async (t) => {
      const tab = await newPage(t, shop, { viewport });
      await tab.goto("/clean");
      assert.equal(await tab.locator("#q").inputValue(), "烏龍");
      assert.equal(await tab.evaluate(() => innerWidth), viewport === "phone" ? 360 : 1440);
      await axe(tab);
      await fits(tab);
    });
  }

  test("can be opened without JavaScript", async (t) => {
    const tab = await newPage(t, shop, { javaScript: false });
    await tab.goto("/clean");
    assert.equal(await tab.locator("#q").inputValue(), "");
  });

  test("can be pictured", async (t) => {
    const tab = await newPage(t, shop);
    await tab.goto("/clean");
    const before = process.env.ZHANGGUI_SHOTS;
    process.env.ZHANGGUI_SHOTS = path.join(folder, "shots");
    try {
      await shot(tab, "clean");
      assert.deepEqual(await readdir(process.env.ZHANGGUI_SHOTS), ["clean.png"]);
    } finally {
      if (before === undefined) delete process.env.ZHANGGUI_SHOTS;
      else process.env.ZHANGGUI_SHOTS = before;
    }
  });
});

describe("a page with a fault fails its test", () => {
  const faults = [
    ["/console", /console: out of tea/],
    ["/exception", /exception: Error: spilt tea/],
    ["/policy", /policy: style-src-attr forbids inline/],
    ["/missing", /answer: GET http:\S+\/nowhere\.png got status 404/],
    ["/stranger", /stranger: GET http:\/\/elsewhere\.example\/a\.js/],
    ["/no-such-page", /answer: GET http:\S+\/no-such-page got status 404/],
  ];
  for (const [address, report] of faults) {
    test(address, async () => {
      const { ended, output } = await runTest(
        `const page = await newPage(t, ${JSON.stringify(shop)}); await page.goto("${address}"); await page.waitForLoadState("networkidle");`,
      );
      assert.equal(ended, 1, output);
      assert.match(output, report);
    });
  }

  test("a fault that the test provokes is tolerated, no other", async () => {
    const open = (tolerate) =>
      runTest(`const page = await newPage(t, ${JSON.stringify(shop)}, { tolerate: ${tolerate} }); await page.goto("/missing");`);
    const tolerated = await open("[/status 404/, /status of 404/]");
    assert.equal(tolerated.ended, 0, tolerated.output);
    const other = await open("[/status 500/]");
    assert.equal(other.ended, 1, other.output);
  });

  test("a barrier that axe finds", async (t) => {
    const tab = await newPage(t, shop);
    await tab.goto("/barrier");
    await assert.rejects(axe(tab), /critical: image-alt[\s\S]*critical: label/);
  });

  test("a page that is wider than a phone", async (t) => {
    const tab = await newPage(t, shop, { viewport: "phone" });
    await tab.goto("/wide");
    await assert.rejects(fits(tab), /is 20\d\d wide in 360[\s\S]*class="wide"/);
  });
});

describe("the shop under test", () => {
  const usesShop = 'const shop = await startShop(); assert.equal((await fetch(shop.url)).status, 200);';

  test("is started, used, asked by command and stopped", async () => {
    const { ended, output } = await runTest(
      `${usesShop} assert.deepEqual(await shop.command("key", "create"), { words: ["key", "create", "--data-dir", shop.dataDir, "--json"] });`,
      await standIn({}),
    );
    assert.equal(ended, 0, output);
  });

  test("tells the link by which its owner comes in, however late it is printed", async () => {
    const path = "/admin/invitations/aB-_9";
    const { ended, output } = await runTest(
      `${usesShop} assert.equal(await shop.invitation(), shop.url + ${JSON.stringify(path)});`,
      await standIn({ first: `setTimeout(() => console.error("\\u001b[32m come in: http://shop.example${path}\\u001b[0m"), 500);` }),
    );
    assert.equal(ended, 0, output);
  });

  test("fails the tests when it ends before it is ready", async () => {
    const { ended, output } = await runTest(usesShop, await standIn({ first: 'console.error("no room"); process.exit(3);' }));
    assert.equal(ended, 1, output);
    assert.match(output, /ended before it was ready \(exit code 3\):[\s\S]*no room/);
  });

  test("fails the tests when it panics, though every page looked right", async () => {
    const { ended, output } = await runTest(usesShop, await standIn({ first: `console.error("thread 'main' panicked at tea.rs");` }));
    assert.equal(ended, 1, output);
    assert.match(output, /the shop panicked/);
  });

  test("fails the tests when it does not stop cleanly", async () => {
    const { ended, output } = await runTest(usesShop, await standIn({ farewell: 7 }));
    assert.equal(ended, 1, output);
    assert.match(output, /did not end cleanly/);
  });
});

/** A program with the outward manners of `zhanggui`: serves, says when it is ready, answers commands, stops. */
async function standIn({ first = "", farewell = 0 }) {
  const file = path.join(folder, `stand-in-${(await readdir(folder)).length}`);
  await writeFile(
    file,
    `#!${process.execPath}
const words = process.argv.slice(2);
if (words[0] !== "demo") { console.log("done\\n" + JSON.stringify({ words })); process.exit(0); }
${first}
const server = require("node:http").createServer((_, response) => response.end("tea"));
server.listen(0, "127.0.0.1", () => console.log("ready http://127.0.0.1:" + server.address().port));
process.on("SIGTERM", () => process.exit(${farewell}));
`,
  );
  await chmod(file, 0o755);
  return file;
}

/** Runs one test with the harness in a process of its own, and answers its exit code and what it printed. */
async function runTest(body, program = "/nonexistent") {
  const file = path.join(folder, `inner-${(await readdir(folder)).length}.test.mjs`);
  await writeFile(
    file,
    `import assert from "node:assert/strict"; import { test } from "node:test"; import { newPage, startShop } from ${JSON.stringify(LIB)};
test("inner", async (t) => { ${body} });`,
  );
  const { NODE_TEST_CONTEXT, ZHANGGUI_URL, ...env } = process.env;
  const child = spawn(process.execPath, ["--test", file], { env: { ...env, ZHANGGUI_BIN: program }, cwd: fileURLToPath(new URL(".", LIB)) });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (chunk) => (output += chunk));
  const ended = await new Promise((resolve) => child.once("close", resolve));
  return { ended, output };
}
