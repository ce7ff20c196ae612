// Finding goods by words, reading the shop in another language, and a form that was filled in wrongly.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, startShop } from "./lib.mjs";
import { fillRecipient, inOrder, SCREENS, SHOPPER, toCheckout } from "./steps.mjs";

describe("searching", () => {
  for (const viewport of SCREENS) {
    /** CAT-18: simplified and traditional characters find the same goods, in the same order. */
    test(`綠茶 and 绿茶 find the same on a ${viewport}`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport });
      await page.goto("/");
      const found = {};
      for (const words of ["綠茶", "绿茶"]) {
        await page.getByRole("searchbox", { name: "搜尋商品" }).fill(words);
        await page.getByRole("searchbox", { name: "搜尋商品" }).press("Enter");
        await page.getByRole("heading", { level: 1, name: `「${words}」的搜尋結果` }).waitFor();
        found[words] = await page.locator("[data-list=search] .card-title").allInnerTexts();
        await inOrder(page, `search-${words === "綠茶" ? "hant" : "hans"}-${viewport}`);
      }
      assert.ok(found["綠茶"].includes("茉莉綠茶"), `found ${found["綠茶"]}`);
      assert.ok(found["綠茶"].length >= 3);
      assert.deepEqual(found["绿茶"], found["綠茶"]);
    });
  }

  /** CAT-18: nothing found is said plainly, with goods to go on with. */
  test("for what is not sold offers a way on", async (t) => {
    const page = await newPage(t, await startShop(), { viewport: "phone" });
    await page.goto("/search?q=%E6%BD%9B%E6%B0%B4%E8%89%87");
    await page.getByText("找不到符合「潛水艇」的商品。").waitFor();
    assert.ok((await page.locator("[data-list=search-recommended] .card").count()) > 0);
    await inOrder(page, "search-nothing");
  });
});

describe("another language", () => {
  for (const viewport of SCREENS) {
    /** PLT-08: the switch changes words and the lang attribute, keeps the page, and is remembered. */
    test(`is one click away on a ${viewport}`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport });
      await page.goto("/products/jasmine-green");
      assert.equal(await page.locator("html").getAttribute("lang"), "zh-Hant");
      for (const [language, code, add, cart] of [
        ["English", "en", "Add to cart", "Cart"],
        ["简体中文", "zh-Hans", "加入购物车", "购物车"],
        ["繁體中文", "zh-Hant", "加入購物車", "購物車"],
      ]) {
        await switchTo(page, viewport, language);
        await page.waitForFunction((lang) => document.documentElement.lang === lang, code);
        assert.equal(new URL(page.url()).pathname, "/products/jasmine-green", "the reader stays where they were");
        await page.getByRole("button", { name: add }).waitFor();
        await inOrder(page, `product-${code}-${viewport}`);
        await page.goto("/cart");
        assert.equal(await page.locator("html").getAttribute("lang"), code, "the choice is remembered");
        assert.equal(await page.getByRole("heading", { level: 1 }).innerText(), cart);
        await page.goto("/products/jasmine-green");
      }
    });
  }

  /** PLT-08: a browser that asks for English is answered in English. */
  test("is chosen by what the browser asks for", async (t) => {
    const page = await newPage(t, await startShop(), { locale: "en-GB" });
    await page.goto("/");
    assert.equal(await page.locator("html").getAttribute("lang"), "en");
    await inOrder(page, "home-en");
  });
});

describe("a checkout that was filled in wrongly", () => {
  for (const viewport of SCREENS) {
    /** CHK-04, CHK-26: each faulty field is named and told what is wrong; everything typed stays. */
    test(`names the fields and keeps the rest on a ${viewport}`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport, tolerate: [/\/checkout\/complete got status 422/, /status of 422/] });
      await toCheckout(page, "steamed-sencha");
      await fillRecipient(page, { ...SHOPPER, phone: "12", email: "tea.example.com" });
      await page.getByRole("radio", { name: /^銀行轉帳/ }).check();
      await page.getByRole("button", { name: "送出訂單" }).click();

      const summary = page.getByRole("alert");
      await summary.waitFor();
      await faulty(page, page.getByLabel("手機", { exact: true }), "12", "這不像是電話號碼");
      await faulty(page, page.getByLabel("電子郵件"), "tea.example.com", "這不像是電子郵件地址");
      assert.equal(await summary.getByRole("link").filter({ hasText: /電子郵件地址|電話號碼/ }).count() >= 2, true, "the summary leads to each faulty field");
      assert.equal(await page.getByLabel("收件人姓名").inputValue(), SHOPPER.name);
      assert.equal(await page.getByLabel("收件人姓名").getAttribute("aria-invalid"), null);
      assert.equal(await page.getByLabel("縣市", { exact: true }).inputValue(), SHOPPER.region);
      assert.equal(await page.getByLabel("地址", { exact: true }).inputValue(), SHOPPER.line1);
      assert.ok(await page.getByRole("radio", { name: /^銀行轉帳/ }).isChecked());
      await inOrder(page, `checkout-errors-${viewport}`);

      await page.getByLabel("手機", { exact: true }).fill(SHOPPER.phone);
      await page.getByLabel("電子郵件").fill(SHOPPER.email);
      await page.getByRole("button", { name: "送出訂單" }).click();
      await page.waitForURL(/\/orders\/[\w-]+\/result/);
    });
  }
});

async function switchTo(page, viewport, language) {
  if (viewport === "phone") await page.locator(".top > .menu > summary").click();
  else await page.locator(".languages > summary").click();
  await page.getByRole("link", { name: language, exact: true }).locator("visible=true").click();
}

async function faulty(page, field, typed, words) {
  assert.equal(await field.inputValue(), typed);
  assert.equal(await field.getAttribute("aria-invalid"), "true");
  const described = (await field.getAttribute("aria-describedby")).split(" ")[0];
  assert.ok((await page.locator(`[id="${described}"]`).innerText()).includes(words));
}
