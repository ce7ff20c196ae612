// A card is declined, the shopper learns why and that nothing is paid, and pays another way at once.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, startShop } from "./lib.mjs";
import { inOrder, payByCard, SCREENS } from "./steps.mjs";

describe("a declined card", () => {
  for (const viewport of SCREENS) {
    /** CHK-15, CHK-23, ORD-05: the order is kept, the reason is told in plain words, a bank transfer follows at once. */
    test(`is followed by a bank transfer on a ${viewport}`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport });
      await payByCard(page, "muzha-tieguanyin", "餘額不足");

      await page.getByRole("heading", { level: 1, name: "付款沒有成功" }).waitFor();
      await page.getByText("尚未付款", { exact: true }).waitFor();
      await page.getByText("銀行回覆：帳戶餘額不足。").waitFor();
      await page.getByText(/訂單與商品為您保留到/).waitFor();
      assert.equal(await page.getByText("付款完成").count(), 0);
      await inOrder(page, `declined-${viewport}`);
      const number = await page.locator(".outcome-number .figure").innerText();
      const total = await page.locator(".totals-total dd").innerText();

      await page.getByRole("radio", { name: /^銀行轉帳/ }).check();
      await page.getByRole("button", { name: "用這個方式支付" }).click();
      await page.getByRole("heading", { level: 1, name: `請轉帳 ${total} 完成訂單` }).waitFor();
      assert.equal(await page.locator(".outcome-number .figure").innerText(), number, "it is the same order");
      const facts = await page.locator("section[aria-labelledby=transfer-title] .facts").innerText();
      assert.match(facts, /銀行[\s\S]*代碼 \d{3}[\s\S]*帳號\s+[\d-]{8,}[\s\S]*戶名\s+\S+/);
      assert.ok(facts.includes(total), "the amount to transfer is the order's total");
      assert.match(facts, /轉帳期限\s+\S*\d/);
      await page.getByText("尚未付款", { exact: true }).waitFor();
      await inOrder(page, `transfer-${viewport}`);

      await page.getByLabel("您的帳號末五碼").fill("54321");
      await page.getByRole("button", { name: "我已轉帳" }).click();
      await page.getByText("已收到您的回報（末五碼 54321）").waitFor();
      await page.getByText("等候核對入帳", { exact: true }).waitFor();
      assert.equal(await page.getByText("付款完成").count(), 0, "a report is no payment");
      await inOrder(page, `transfer-reported-${viewport}`);
    });
  }

  const reasons = [
    ["卡片過期", "銀行回覆：這張卡已過有效期限。"],
    ["銀行懷疑盜刷", "銀行為了保護您，先擋下了這筆交易。"],
    ["3D 驗證失敗", "3D 驗證沒有完成"],
  ];
  for (const [answer, words] of reasons) {
    /** CHK-23: each of the bank's answers has its own words, and a second card goes through. */
    test(`because of 「${answer}」 says so, and the next try pays`, async (t) => {
      const page = await newPage(t, await startShop(), { viewport: "phone" });
      await payByCard(page, "muzha-tieguanyin", answer);
      await page.getByText(words).waitFor();
      await page.getByText("尚未付款", { exact: true }).waitFor();
      await page.getByRole("radio", { name: /^信用卡/ }).check();
      await page.getByRole("button", { name: "用這個方式支付" }).click();
      await page.waitForURL(/\/orders\/[\w-]+\/payments\//);
      await page.getByRole("radio", { name: "付款成功", exact: true }).check();
      await page.getByRole("button", { name: /示範付款/ }).click();
      await page.getByRole("heading", { level: 1, name: "付款完成，謝謝您" }).waitFor();
      assert.equal(await page.getByText("尚未付款").count(), 0);
    });
  }
});
