// A shopper buys: from the home page to the tracking page, on a phone and on a desktop, and once without JavaScript.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fits, newPage, shot, startShop } from "./lib.mjs";
import { fillRecipient, inOrder, SCREENS, SHOPPER } from "./steps.mjs";

describe("buying", () => {
  for (const viewport of SCREENS) {
    /** CHK-01, CHK-03, CHK-14, CHK-15, ORD-15: home, collection, product, cart, checkout, card page, result, tracking. */
    test(`with a card on a ${viewport}`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport });
      await page.goto("/");
      await inOrder(page, `home-${viewport}`);

      await page.getByRole("main").getByRole("link", { name: "茶葉", exact: true }).click();
      await page.waitForURL("**/collections/tea");
      await inOrder(page, `collection-${viewport}`);

      const card = page.getByRole("main").getByRole("listitem").filter({ has: page.locator("a[href='/products/alishan-high-mountain-oolong']") });
      await card.getByRole("link").click();
      await page.waitForURL("**/products/alishan-high-mountain-oolong");
      await inOrder(page, `product-${viewport}`);
      const { choice, price } = await chooseVariant(page);

      await page.getByRole("button", { name: "增加一件" }).click();
      assert.equal(await page.getByLabel("數量", { exact: true }).inputValue(), "2");
      await page.getByRole("button", { name: "加入購物車" }).click();
      await page.waitForURL("**/cart");
      await inOrder(page, `cart-${viewport}`);
      const line = page.locator(".cart-line");
      assert.equal(await line.count(), 1);
      assert.ok((await line.innerText()).includes(choice), "the cart holds the variant that was chosen");
      const twice = money(price) * 2;
      assert.equal(money(await line.locator(".cart-amount").innerText()), twice);

      await page.getByRole("link", { name: "前往結帳" }).click();
      await page.waitForURL("**/checkout");
      await fillRecipient(page);
      const total = await wrapAsGift(page, await deliverHome(page, twice));
      await page.getByRole("radio", { name: /^信用卡/ }).check();
      await inOrder(page, `checkout-${viewport}`);
      await page.getByRole("button", { name: "送出訂單" }).click();

      await page.waitForURL(/\/orders\/[\w-]+\/payments\/[\w-]+$/);
      await page.getByText("示範付款，不會真的扣款").waitFor();
      assert.equal(money(await page.locator(".facts .figure").last().innerText()), total);
      await inOrder(page, `card-${viewport}`);
      await page.getByRole("radio", { name: "付款成功", exact: true }).check();
      await page.getByRole("button", { name: /示範付款/ }).click();

      await page.waitForURL(/\/orders\/[\w-]+\/result/);
      await page.getByRole("heading", { level: 1, name: "付款完成，謝謝您" }).waitFor();
      assert.equal(await page.getByText("尚未付款").count(), 0);
      assert.equal(money(await page.locator(".totals-total dd").innerText()), total);
      await page.locator(".totals div", { hasText: "禮物包裝" }).getByText("NT$60").waitFor();
      await inOrder(page, `result-${viewport}`);
      const number = await page.locator(".outcome-number .figure").innerText();

      await page.getByRole("link", { name: "查看訂單進度" }).click();
      await page.waitForURL(/\/orders\/[\w-]{20,}$/);
      await page.getByRole("heading", { level: 1, name: `訂單 ${number}` }).waitFor();
      await page.locator(".states").getByText("已付款").first().waitFor();
      assert.ok((await page.locator("address").innerText()).includes(SHOPPER.line1));
      await inOrder(page, `tracking-${viewport}`);
      assert.match(await page.locator("meta[name=robots]").getAttribute("content"), /noindex/);

      await page.goto("/cart");
      await page.getByText("購物車還是空的。").waitFor();
      await inOrder(page, `cart-empty-${viewport}`);
    });
  }

  /** CHK-01, CHK-05, ORD-15: no script runs, and the purchase goes through all the same. */
  test("without JavaScript, paying on delivery", async (t) => {
    const page = await newPage(t, await startShop(), { viewport: "phone", javaScript: false });
    await page.goto("/");
    await page.getByRole("main").getByRole("link", { name: "茶葉", exact: true }).click();
    await page.locator("a[href='/products/alishan-high-mountain-oolong']").first().click();
    await page.waitForURL("**/products/alishan-high-mountain-oolong");
    const variants = page.locator("label.choice");
    await variants.nth(1).click();
    const choice = await variants.nth(1).locator("b").innerText();
    await page.getByRole("button", { name: "加入購物車" }).click();
    await page.waitForURL("**/cart");
    assert.ok((await page.locator(".cart-line").innerText()).includes(choice));

    await page.getByLabel("的數量").fill("3");
    await page.getByRole("button", { name: "更新", exact: true }).click();
    await page.waitForURL("**/cart");
    assert.equal(await page.getByLabel("的數量").inputValue(), "3");
    await shot(page, "cart-no-script", { fullPage: true });

    await page.getByRole("link", { name: "前往結帳" }).click();
    await fillRecipient(page);
    // The cheapest delivery takes no cash; another one is chosen, and the page worked out again, by a button.
    await page.getByRole("radio", { name: /^宅配到府/ }).check();
    await page.getByText("這是一份禮物").click();
    await page.getByRole("checkbox", { name: /^加禮物包裝/ }).check();
    await page.getByRole("button", { name: "更新金額" }).click();
    assert.equal(await page.getByLabel("收件人姓名").inputValue(), SHOPPER.name, "what was typed stays");
    assert.equal(await page.getByLabel("地址", { exact: true }).inputValue(), SHOPPER.line1);
    assert.ok(await page.getByRole("radio", { name: /^宅配到府/ }).isChecked());
    assert.ok(await page.getByRole("checkbox", { name: /^加禮物包裝/ }).isChecked());
    await page.locator(".totals div", { hasText: "禮物包裝" }).getByText("NT$60").waitFor();
    await page.getByRole("radio", { name: /^貨到付款/ }).check();
    await shot(page, "checkout-no-script", { fullPage: true });
    const total = money(await page.locator(".totals-total dd").innerText());
    await page.getByRole("button", { name: "送出訂單" }).click();

    await page.waitForURL(/\/orders\/[\w-]+\/result/);
    await page.getByRole("heading", { level: 1, name: "訂單成立，謝謝您" }).waitFor();
    assert.equal(money(await page.locator(".totals-total dd").innerText()), total);
    await fits(page);
    await shot(page, "result-no-script", { fullPage: true });
    await page.getByRole("link", { name: "查看訂單進度" }).click();
    await page.locator(".states").getByText("收貨時付款").waitFor();
  });
});

/** Chooses another variant than the one that the page opened with; the price must follow. */
async function chooseVariant(page) {
  const other = page.locator("label.choice, a.choice-link").nth(1);
  const before = await page.locator("[data-price]").first().innerText();
  await other.click();
  const choice = await other.locator("b").innerText();
  const price = await page.locator("[data-price]").first().innerText();
  assert.notEqual(price, before, "the price follows the variant");
  return { choice, price };
}

/** Chooses delivery to the door; the server's new figures must replace the old ones. Answers the total. */
async function deliverHome(page, subtotal) {
  const home = page.getByRole("radio", { name: /^宅配到府/ });
  const answered = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/checkout" && answer.url().includes("home"));
  await home.check();
  await answered;
  const rate = await page.locator(".option", { has: home }).locator(".option-price").innerText();
  const shipping = rate === "免運費" ? 0 : money(rate);
  await page.locator("[data-live=totals]:not(.busy)").waitFor();
  await page.waitForFunction(
    ([total]) => Number(document.querySelector(".totals-total dd").textContent.replace(/\D/g, "")) === total,
    [subtotal + shipping],
  );
  return subtotal + shipping;
}

/** Has it wrapped: the total follows the box, there and back and there again (ORD-15). Answers the total. */
async function wrapAsGift(page, before) {
  const shows = (total) =>
    page.waitForFunction(([wanted]) => Number(document.querySelector(".totals-total dd").textContent.replace(/\D/g, "")) === wanted, [total]);
  await page.getByText("這是一份禮物").click();
  await page.getByLabel("祝福卡").fill("生日快樂，願你日日好茶。");
  const box = page.getByRole("checkbox", { name: /^加禮物包裝（NT\$60）/ });
  await box.check();
  await shows(before + 60);
  await box.uncheck();
  await shows(before);
  await box.check();
  await shows(before + 60);
  await page.locator(".totals div", { hasText: "禮物包裝" }).getByText("NT$60").waitFor();
  return before + 60;
}

function money(text) {
  return Number(text.replace(/\D/g, ""));
}
