// The manual where it is needed: the question mark at the top opens the chapter of the page one stands on.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { SCREENS, inOrder } from "./steps.mjs";

describe("the manual", () => {
  for (const viewport of SCREENS) {
    /** STF-24, STF-05: from a page to its chapter, on to the next, and to what a search finds. */
    test(`STF-24: is opened from a page, read and searched on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/shipping");
      await page.getByRole("link", { name: "這一頁的說明" }).click();
      await page.getByRole("heading", { level: 1, name: "揀貨與出貨" }).waitFor();
      await inOrder(page, `manual-chapter-${viewport}`);
      for (const picture of await page.locator(".manual img").all()) {
        await picture.scrollIntoViewIfNeeded();
        const width = await picture.evaluate(async (image) => {
          await image.decode();
          return image.naturalWidth;
        });
        assert.ok(width > 300, `a picture is ${width} wide`);
      }

      await page.locator(".manual-turn [rel=next]").click();
      await page.getByRole("heading", { level: 1, name: "代客下單" }).waitFor();
      await page.locator("#manual-q").fill("暫收款");
      await page.locator("#manual-q").press("Enter");
      await page.getByRole("heading", { name: /^「暫收款」出現在/ }).waitFor();
      await inOrder(page, `manual-found-${viewport}`);
      await page.locator(".manual-found a").first().click();
      await page.locator(".manual h2").first().waitFor();

      await page.goto("/admin/help");
      await page.getByRole("heading", { level: 1, name: "操作手冊" }).waitFor();
      await inOrder(page, `manual-contents-${viewport}`);
    });
  }

  /** CAT-01: the box of a row takes the click, though the whole row leads to its product. */
  test("CAT-01: products are ticked by a click on the box", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/products");
    const box = page.locator("#rows .bulk-tick input").first();
    await box.check();
    assert.equal(await box.isChecked(), true);
    assert.equal(new URL(page.url()).pathname, "/admin/products");
  });
});
