// Goods that are reduced until a day, from the field in the back office to what a shopper reads; and a file of goods whose
// pictures are fetched.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, SCREENS } from "./steps.mjs";

const REDUCED = { phone: "glass-fairness-pitcher", desktop: "bamboo-tea-tray" };

/** Opens the sheet of a product's first variant. */
async function variant(page, handle) {
  await page.goto(`/admin/products?q=${handle}`);
  await page.locator("#rows .row-link").first().click();
  await page.locator("#sheet").waitFor();
  const sheet = page.locator("details:has(form.grid-edit)").first();
  await sheet.locator("summary").click();
  return sheet;
}

describe("a reduction that ends", () => {
  for (const viewport of SCREENS) {
    /** CHK-20, GOV-08: the price before is one that was charged, and the shopper reads when it is charged again. */
    test(`is announced on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      const before = await variant(page, REDUCED[viewport]);
      const price = before.locator("input[name=price]");
      const charged = Number(await price.inputValue());
      await price.fill(String(charged - 10));
      await before.getByRole("button", { name: "儲存" }).click();
      await page.getByText("已儲存。").waitFor();
      const after = await variant(page, REDUCED[viewport]);
      await after.locator("input[name=compare_at_price]").fill(String(charged));
      const soon = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
      await after.locator("input[name=reduced_until]").fill(`${soon}T23:00`);
      await inOrder(page, `offers-sheet-${viewport}`);
      await after.getByRole("button", { name: "儲存" }).click();
      await page.getByText("已儲存。").waitFor();
      const shopper = await newPage(t, shop, { viewport });
      await shopper.goto(`/products/${REDUCED[viewport]}`);
      await shopper.locator(".offer-ends").getByText(/23:00/).waitFor();
      await inOrder(shopper, `offers-product-${viewport}`);
      await shopper.getByRole("button", { name: "加入購物車" }).click();
      await shopper.waitForURL("**/cart");
      await shopper.locator(".offer-ends").getByText(/23:00/).waitFor();
    });
  }
});

describe("a file of goods", () => {
  for (const viewport of SCREENS) {
    /** CAT-01: looked at first, brought in, and its pictures followed on a page of their own. */
    test(`has its pictures fetched on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      const csv = `handle,title:zh-Hant,sku,price,pictures\nfile-${viewport},檔案茶,FILE-${viewport},580,https://pictures.invalid/front.webp\n`;
      await page.goto("/admin/products/import");
      await page.locator("#file").setInputFiles({ name: "goods.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
      await page.getByRole("button", { name: "檢查檔案" }).click();
      await page.getByRole("button", { name: /^匯入/ }).waitFor();
      await inOrder(page, `files-looked-${viewport}`);
      await page.getByRole("button", { name: /^匯入/ }).click();
      await page.getByRole("link", { name: "看進度" }).click();
      await page.getByRole("heading", { level: 1, name: "依網址下載圖片" }).waitFor();
      assert.match(await page.locator(".tiles").innerText(), /還沒下載\s*1|沒有成功\s*1/);
      await inOrder(page, `files-pictures-${viewport}`);
    });
  }
});
