// Goods in the back office and on the shopper's page: collections by hand and by rules, a data sheet, a description
// written in its editor, frequent questions; with and without a script.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, SCREENS } from "./steps.mjs";

const HANDLE = "glass-fairness-pitcher";

/** The page of a product in the back office. */
async function openProduct(page, handle) {
  await page.goto(`/admin/products?q=${handle}`);
  await page.locator("#rows .row-link").first().click();
  await page.locator("#sheet").waitFor();
}

describe("collections", () => {
  for (const viewport of SCREENS) {
    /** STF-02: rules are looked at before they are saved; the shopper finds what they find. */
    test(`are found by rules on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/collections");
      await inOrder(page, `goods-collections-${viewport}`);
      await page.getByRole("link", { name: "新增分類" }).first().click();
      const handle = `little-${viewport}`;
      await page.locator("#title-zh-Hant").fill("三百元以下");
      await page.locator("#handle").fill(handle);
      await page.locator("#join").selectOption("all");
      await page.locator(".condition select").first().selectOption("price_to");
      await page.locator(".condition input").first().fill("300");
      await page.getByRole("button", { name: "預覽收錄結果" }).click();
      await page.locator(".rules-found").getByText(/會收錄 \d+ 件商品/).waitFor();
      assert.equal(await page.locator("#handle").inputValue(), handle, "what was typed stays");
      await inOrder(page, `goods-collection-preview-${viewport}`);
      await page.getByRole("button", { name: "建立分類" }).click();
      await page.locator("#members tbody tr").first().waitFor();
      await inOrder(page, `goods-collection-${viewport}`);
      const shopper = await newPage(t, shop, { viewport });
      await shopper.goto(`/collections/${handle}`);
      await shopper.getByRole("heading", { level: 1, name: "三百元以下" }).waitFor();
    });
  }

  /** STF-02: members change places with the keyboard alone. */
  test("are put in order with the keyboard", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/collections");
    await page.locator("#rows").getByRole("link", { name: "茶壺", exact: true }).click();
    const names = () => page.locator("#members .goods a").allTextContents();
    await page.locator("#members .goods a").first().waitFor();
    const [first, second] = await names();
    await page.getByRole("button", { name: `下移：${first}` }).focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction((name) => document.querySelector("#members .goods a")?.textContent === name, second);
    assert.deepEqual((await names()).slice(0, 2), [second, first]);
  });

  /** STF-02: a member is dragged to its place and taken back with one press. */
  test("are put in order by dragging, and back", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/collections");
    await page.locator("#rows").getByRole("link", { name: "茶葉", exact: true }).click();
    const names = () => page.locator("#members .goods a").allTextContents();
    const rows = page.locator("#members tbody tr");
    await rows.nth(2).waitFor();
    const before = await names();
    await rows.nth(2).dragTo(rows.nth(0));
    const back = page.locator("#members [role=status] button");
    await back.waitFor();
    assert.deepEqual(await names(), [before[2], before[0], before[1], ...before.slice(3)]);
    await back.click();
    await page.waitForFunction((name) => document.querySelector("#members .goods a")?.textContent === name, before[0]);
    assert.deepEqual(await names(), before);
  });
});

describe("a product", () => {
  for (const viewport of SCREENS) {
    /** CAT-06, A17: a description written in the editor is what the shopper reads, and what is not allowed is gone. */
    test(`is described in the editor on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await openProduct(page, HANDLE);
      await inOrder(page, `goods-product-${viewport}`);
      const editor = page.locator(".rich-page").first();
      await editor.click();
      await page.keyboard.press("Control+A");
      await page.keyboard.press("Delete");
      await page.locator(".rich-bar").first().getByRole("button", { name: "標題", exact: true }).click();
      await page.keyboard.type(`倒茶 ${viewport}`);
      await page.locator(".rich-bar").first().getByRole("button", { name: "原始碼" }).click();
      const source = page.locator("textarea[data-rich]").first();
      await source.fill(`${await source.inputValue()}<p onclick="alert(1)">壺嘴不滴水<script>alert(1)</script></p>`);
      await page.locator("section", { has: page.locator("#texts-title") }).getByRole("button", { name: "儲存" }).click();
      await page.getByText("已儲存。").waitFor();
      const plain = await newPage(t, shop, { viewport, javaScript: false });
      await plain.goto(`/products/${HANDLE}`);
      await plain.locator(".rich h2", { hasText: `倒茶 ${viewport}` }).waitFor();
      assert.equal(await plain.locator(".rich [onclick], .rich script").count(), 0);
      const shopper = await newPage(t, shop, { viewport });
      await shopper.goto(`/products/${HANDLE}`);
      await shopper.locator(".rich h2", { hasText: `倒茶 ${viewport}` }).waitFor();
      await inOrder(shopper, `goods-shop-product-${viewport}`);
    });
  }

  /** CAT-01, STF-11: a wrong value is said at its field, a right one stands on the shopper's page with its unit. */
  test("says its capacity", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop), tolerate: [/sheet.* status 422/, /status of 422/] });
    await openProduct(page, HANDLE);
    await page.locator("#s-capacity").fill("很大");
    await page.locator("#sheet").getByRole("button", { name: "儲存" }).click();
    await page.locator("#sheet").getByText("請填數字").waitFor();
    assert.equal(await page.locator("#s-capacity").inputValue(), "很大");
    await page.locator("#s-capacity").fill("260");
    await page.locator("#sheet").getByRole("button", { name: "儲存" }).click();
    await page.getByText("已儲存。").waitFor();
    const shopper = await newPage(t, shop, {});
    await shopper.goto(`/products/${HANDLE}`);
    await shopper.locator(".facts").getByText("260 毫升").waitFor();
  });

  /** STF-25: a question is written once and opens on the shopper's page, with the keyboard too. */
  test("answers what is asked again and again", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await openProduct(page, "travel-tea-set");
    const added = page.locator("#faq details").first();
    await added.locator("summary").click();
    await added.locator('input[name="faq[0][question][zh-Hant]"]').fill("可以上飛機嗎？");
    await added.locator('textarea[name="faq[0][answer][zh-Hant]"]').fill("可以，收在隨身行李。");
    await page.locator("#faq").getByRole("button", { name: "儲存" }).click();
    await page.getByText("已儲存。").waitFor();
    const shopper = await newPage(t, shop, {});
    await shopper.goto("/products/travel-tea-set");
    const question = shopper.locator("#faq summary").first();
    await question.focus();
    await shopper.keyboard.press("Enter");
    await shopper.getByText("可以，收在隨身行李。").waitFor();
  });
});
