// Finding and deciding: lists that are narrowed with and without a script, what was looked at, the bar of a telephone.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, startShop } from "./lib.mjs";
import { inOrder, SCREENS } from "./steps.mjs";

describe("a list", () => {
  for (const viewport of SCREENS) {
    /** STF-02: a choice shows what it leaves without a page load, stands in the address, and can be taken away. */
    test(`is narrowed on a ${viewport}`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport });
      await page.goto("/collections/tea");
      const all = await page.locator(".results .card").count();
      await inOrder(page, `browse-list-${viewport}`);
      if (viewport === "phone") await page.getByRole("link", { name: "篩選" }).click();
      const origin = page.locator("#narrow input[name=is]").first();
      const count = Number(await origin.locator("xpath=..").locator("small").textContent());
      await origin.check();
      await page.waitForURL(/[?&]is=/);
      assert.ok(await origin.isChecked(), "the choice stays where it was made");
      if (viewport === "phone") {
        await inOrder(page, `browse-filters-${viewport}`);
        await page.getByRole("button", { name: `看 ${count} 件商品` }).click();
      }
      await page.locator(".chips a").first().waitFor();
      assert.equal(await page.locator(".results .card").count(), count);
      await inOrder(page, `browse-narrowed-${viewport}`);
      await page.locator(".chips a").first().click();
      await page.locator(".chips").waitFor({ state: "detached" });
      assert.equal(await page.locator(".results .card").count(), all);
    });
  }

  /** STF-02: without a script the form has a button, and the panel of a telephone opens by its address. */
  test("is narrowed without a script", async (t) => {
    const page = await newPage(t, await startShop(), { viewport: "phone", javaScript: false });
    await page.goto("/search?q=茶");
    await page.getByRole("link", { name: "篩選" }).click();
    await page.getByLabel("最低價").fill("500");
    await page.getByRole("button", { name: /^看 \d+ 件商品$/ }).click();
    await page.waitForURL(/price_from=500/);
    await page.locator(".chips a").first().waitFor();
    assert.equal(await page.locator("input[name=q]").first().inputValue(), "茶");
  });
});

describe("a product", () => {
  /** STF-05, STF-09: on a telephone the button stays at hand and buys; what was looked at stands below the next page. */
  test("is bought from the bar, and shown again", async (t) => {
    const page = await newPage(t, await startShop(), { viewport: "phone" });
    await page.goto("/collections/tea");
    const cards = page.locator(".results .card-title a");
    const [first, second] = [await cards.nth(0).getAttribute("href"), await cards.nth(1).getAttribute("href")];
    const title = await cards.nth(0).textContent();
    await page.goto(first);
    await page.goto(second);
    const bar = page.locator("[data-buy-bar]");
    await page.locator("footer").scrollIntoViewIfNeeded();
    await bar.waitFor();
    // What a page saw is written a moment later.
    await page.waitForTimeout(500);
    await page.reload();
    await page.locator("footer").scrollIntoViewIfNeeded();
    await page.locator(".recent .card").filter({ hasText: title }).waitFor();
    await bar.locator("button").click();
    await page.waitForURL("**/cart");
    await page.locator(".cart-line").first().waitFor();
  });
});
