// Pages made of blocks: offers that are scrolled through, a landing page without a script, a page arranged with the
// keyboard and published.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, SCREENS } from "./steps.mjs";

describe("the home page", () => {
  for (const viewport of SCREENS) {
    /** STF-06, STF-20: is in order, and its offers move by buttons and stand still for those who want no motion. */
    test(`shows offers on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport });
      await page.goto("/");
      await inOrder(page, `pages-home-${viewport}`);
      const row = page.locator("[data-slides]");
      const next = page.getByRole("button", { name: "下一個" });
      await next.click();
      await page.waitForFunction(() => (document.querySelector("[data-slides]")?.scrollLeft ?? 0) > 0);
      assert.ok((await row.locator("li").count()) > 1);
      assert.equal(await page.locator("[data-pause]").isVisible(), false, "nobody is moved who asked for less motion");
    });
  }
});

describe("a landing page", () => {
  /** STF-01, TRF-14: leads to the cart without a script, and asks what was missing. */
  test("works without a script", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { viewport: "phone", javaScript: false });
    await page.goto("/pages/afternoon-dongding");
    await page.locator(".choice", { hasText: "只是看看" }).locator("input").check();
    await page.getByRole("button", { name: "告訴我們" }).click();
    await page.getByText("謝謝，我們看到了。").waitFor();
    await page.getByRole("button", { name: "放進購物車" }).click();
    await page.goto("/cart");
    await page.getByText("凍頂烏龍").first().waitFor();
  });

  for (const viewport of SCREENS) {
    test(`is in order on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport });
      await page.goto("/pages/afternoon-dongding");
      await inOrder(page, `pages-landing-${viewport}`);
    });
  }
});

describe("the pages of the back office", () => {
  /** STF-20: blocks change places with the keyboard alone; what is published is what shoppers see. */
  test("are arranged with the keyboard", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/pages");
    await inOrder(page, "pages-list");
    await page.locator("#title-zh-Hant").fill("週末的茶會");
    await page.locator("#handle").fill("weekend");
    await page.getByRole("button", { name: "建立草稿" }).click();
    await page.locator("#blocks").waitFor();
    await inOrder(page, "pages-editor");
    const names = () => page.locator(".block-head strong").allTextContents();
    const [first, second] = await names();
    await page.getByRole("button", { name: `下移：${first}` }).first().focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((name) => document.querySelector(".block-head strong")?.textContent === name, second);
    await page.getByRole("button", { name: "復原" }).click();
    await page.waitForFunction((name) => document.querySelector(".block-head strong")?.textContent === name, first);
    await page.getByRole("button", { name: "公開", exact: true }).click();
    await page.getByText("已公開，購物者現在看得到。").waitFor();
    const shopper = await newPage(t, shop, {});
    await shopper.goto("/pages/weekend");
    await shopper.getByRole("heading", { level: 1 }).waitFor();
  });
});
