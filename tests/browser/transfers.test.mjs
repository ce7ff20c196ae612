// Goods of a transfer are found as they are typed, put on it without a mouse, and taken off again; a page of the shop
// gets another address.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, SCREENS } from "./steps.mjs";

describe("a transfer", () => {
  for (const viewport of SCREENS) {
    /** INV-14: what is typed is looked for at once, the first goods make the draft, and its product is seen whole. */
    test(`is put together on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/transfers/new");
      await page.locator("#q").pressSequentially("煎茶");
      const first = page.locator("#found [data-row]").first();
      await first.waitFor();
      await inOrder(page, `transfer-found-${viewport}`);
      await first.getByRole("button").press("Enter");
      await page.waitForURL(/\/admin\/transfers\/stocktransfer_/);
      const line = page.locator("table.lines tbody tr");
      await line.first().waitFor();
      assert.equal(await line.count(), 1);
      await page.locator("#found [data-row]").nth(1).locator("input").fill("3");
      await page.keyboard.press("Enter");
      await page.locator("table.lines tbody tr").nth(1).waitFor();
      await inOrder(page, `transfer-draft-${viewport}`);
      const cell = await line.first().locator("td").first().boundingBox();
      const width = page.viewportSize().width;
      assert.ok(cell.x >= 0 && cell.x + cell.width <= width, "the product is seen whole");
      const out = line.first().getByRole("button");
      const box = await out.boundingBox();
      assert.ok(box.x + box.width <= width, "so is the way to take it off");
      await out.click();
      await page.waitForFunction(() => document.querySelectorAll("table.lines tbody tr").length === 1);
    });

    /** STF-20: another address is given on the page, and the old one leads on. */
    test(`and a page's address changes on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/pages");
      const [was, now] = viewport === "phone" ? ["returns", "refunds"] : ["terms", "conditions"];
      await page.locator("tr", { hasText: `/pages/${was}` }).getByRole("link").first().click();
      await page.waitForURL(/\/admin\/pages\/page_/);
      await page.waitForLoadState("networkidle");
      await page.locator("#handle").fill(now);
      // The page names its present address before it is changed, too.
      const changed = page.waitForResponse((answer) => answer.request().method() !== "GET");
      await page.locator("#handle").press("Enter");
      await changed;
      await page.locator(".headline", { hasText: `/pages/${now}` }).waitFor();
      await page.getByText(`/pages/${was}`).waitFor();
      await inOrder(page, `page-address-${viewport}`);
      await page.goto(`/pages/${was}?x=1`);
      assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, `/pages/${now}?x=1`);
    });
  }
});
