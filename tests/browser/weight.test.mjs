// What a page costs to load, and what machines find in it.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, startShop } from "./lib.mjs";
import { toCheckout } from "./steps.mjs";

/** Bytes of a page before its pictures, as they travel (STF-10). */
const LIMIT = 150 * 1024;

/** Opens a page with nothing in the browser's memory and adds up what came, without pictures. */
async function weigh(page, open) {
  const coming = [];
  const count = (request) => {
    if (request.resourceType() !== "image") coming.push(request.sizes().then(({ responseBodySize, responseHeadersSize }) => responseBodySize + responseHeadersSize));
  };
  page.on("requestfinished", count);
  await open();
  await page.waitForLoadState("networkidle");
  page.off("requestfinished", count);
  return (await Promise.all(coming)).reduce((sum, bytes) => sum + bytes, 0);
}

describe("a page on the phone", () => {
  for (const [name, path] of [["home", "/"], ["collection", "/collections/oolong"], ["product", "/products/jasmine-green"], ["search", "/search?q=%E8%8C%B6"]]) {
    /** STF-10: light before its pictures, silent, and every picture keeps its place while it loads. */
    test(`${name} is light and stands still`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport: "phone" });
      const bytes = await weigh(page, () => page.goto(path));
      t.diagnostic(`${name}: ${(bytes / 1024).toFixed(1)} KiB before pictures`);
      assert.ok(bytes <= LIMIT, `${name} has ${bytes} bytes before its pictures`);
      const unplaced = await page.locator("main img[src]:not([width]), main img[src]:not([height])").count();
      assert.equal(unplaced, 0, "every picture has a width and a height");
      const shifted = await page.evaluate(() => new Promise((told) => {
        new PerformanceObserver((list) => told(list.getEntries().filter((e) => !e.hadRecentInput).reduce((sum, e) => sum + e.value, 0))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => told(0), 500);
      }));
      assert.ok(shifted < 0.1, `${name} shifts by ${shifted}`);
      for (const text of await page.locator("script[type='application/ld+json']").allTextContents()) {
        assert.equal(JSON.parse(text)["@context"], "https://schema.org");
      }
    });
  }

  /** STF-10: so is the checkout, where waiting costs most. */
  test("checkout is light", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { viewport: "phone" });
    await toCheckout(page, "jasmine-green");
    const bytes = await weigh(page, () => page.reload());
    t.diagnostic(`checkout: ${(bytes / 1024).toFixed(1)} KiB before pictures`);
    assert.ok(bytes <= LIMIT, `the checkout has ${bytes} bytes before its pictures`);
  });
});

describe("the map of the site", () => {
  /** Every address of it is a page in the language it promises. */
  test("is well formed and leads to pages", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop);
    await page.goto("/");
    const text = await (await fetch(new URL("/sitemap.xml", shop.url))).text();
    const found = await page.evaluate((text) => {
      const map = new DOMParser().parseFromString(text, "application/xml");
      if (map.querySelector("parsererror")) return null;
      return [...map.querySelectorAll("url > loc")].map((loc) => loc.textContent);
    }, text);
    assert.ok(found?.length > 30, `${found?.length} addresses`);
    for (const address of found.filter((_, index) => index % 17 === 0)) {
      const { pathname, search, searchParams } = new URL(address);
      const answer = await fetch(new URL(pathname + search, shop.url), { headers: { accept: "text/html" } });
      assert.equal(answer.status, 200, address);
      const language = searchParams.get("lang") ?? "zh-Hant";
      assert.ok((await answer.text()).includes(`<html lang="${language}"`), address);
    }
  });
});
