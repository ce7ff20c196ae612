// An operator on the telephone puts an order together without a mouse, sends the link, and later changes the order,
// sends it first, and tells of a delay.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, placeOrder, SCREENS } from "./steps.mjs";

/** Types into whatever has the focus, as somebody does who does not look for a mouse. */
async function type(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

describe("an order for a customer", () => {
  for (const viewport of SCREENS) {
    /** CHK-22, CHK-25: found, filled, agreed and sent by keyboard alone; the customer pays what was sent. */
    test(`is made on the telephone on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const phone = viewport === "phone" ? "0933111222" : "0933111333";
      await placeOrder(shop, { phone, payment: "cash_on_delivery" });
      const tolerate = [/order-drafts\/.* status 422/, /status of 422 .*order-drafts/];
      const page = await newPage(t, shop, { viewport, session: await owner(shop), tolerate });
      await page.goto("/admin/orders");
      await page.keyboard.press("n");
      await page.waitForURL("**/admin/orders/new");
      await page.locator("#q").waitFor();
      await page.locator("#q").focus();
      await page.keyboard.type(phone);
      await page.locator("#found").getByText(`buyer-${phone}@example.com`).waitFor();
      await inOrder(page, `assist-customer-${viewport}`);
      await type(page, "ArrowDown", "Enter");
      await page.waitForURL("**/admin/order-drafts/**");
      assert.equal(await page.getByLabel("電話", { exact: true }).inputValue(), phone, "the last order is filled in");

      assert.equal(await page.evaluate(() => document.activeElement?.id), "q", "one types goods at once");
      await page.keyboard.type("煎茶");
      const first = page.locator("#found [data-row]").first();
      await first.waitFor();
      await type(page, "ArrowDown");
      await page.keyboard.type("2");
      await inOrder(page, `assist-goods-${viewport}`);
      await type(page, "Enter");
      await page.locator("table.lines input[value='2']").waitFor();
      await page.getByLabel("折扣百分比").fill("10");
      await page.getByLabel("免運費").check();
      await type(page, "Enter");
      await page.locator("#error-reason").waitFor();
      await page.locator("#f-reason").fill("老客人");
      await type(page, "Enter");
      await page.getByText("由店長同意").or(page.getByText(/由.+同意。/)).first().waitFor();
      await inOrder(page, `assist-draft-${viewport}`);
      await page.getByRole("button", { name: "送出付款連結" }).press("Enter");
      await page.waitForURL(/\/admin\/orders\/order_/);
      await page.getByText("付款連結已經寄給顧客").waitFor();
      await page.getByText(/折讓 NT\$/).first().waitFor();
      await inOrder(page, `assist-order-${viewport}`);

      const total = await page.locator(".sums dd.sum").textContent();
      const link = await page.getByRole("link", { name: "顧客看到的頁面" }).or(page.locator(".bo-head-actions a[rel=external]")).first().getAttribute("href");
      const customer = await newPage(t, shop, { viewport });
      await customer.goto(link);
      await customer.locator(".outcome-unpaid").waitFor();
      await customer.getByText(total.trim()).first().waitFor();
    });

    /** ORD-04, ORD-07, ORD-12: changed with its difference, sent first, delayed, on one screen. */
    test(`changes, goes first and is delayed on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const order = await placeOrder(shop, { lines: [["jasmine-green", 1]], phone: viewport === "phone" ? "0933222111" : "0933222333" });
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto(`/admin/orders/${order.id}`);
      await page.getByRole("link", { name: "更改訂單" }).click();
      await page.waitForURL("**/edit");
      await inOrder(page, `edit-sheet-${viewport}`);
      await page.locator("table.lines input.units").first().fill("2");
      await page.locator("#f-reason").fill("顧客來電多要一份");
      await page.keyboard.press("Enter");
      await page.getByText(/會再請顧客補/).waitFor();
      await inOrder(page, `edit-preview-${viewport}`);
      await page.getByRole("button", { name: "確定更改並通知顧客" }).click();
      await page.getByText("差額待付").first().waitFor();
      await inOrder(page, `edit-rest-due-${viewport}`);
      const customer = await newPage(t, shop, { viewport });
      await customer.goto(`/orders/${order.token}`);
      await customer.getByText(/還差 NT\$/).first().waitFor();
      await inOrder(customer, `edit-customer-${viewport}`);

      await page.getByText("設為急件").click();
      await page.locator("#first-reason").fill("生日禮物");
      await page.keyboard.press("Enter");
      await page.getByText(/急件：/).first().waitFor();
      await page.goto("/admin/orders");
      await page.locator("tr.is-first").first().waitFor();
      await inOrder(page, `urgent-list-${viewport}`);
      await page.goto("/admin/shipping");
      await inOrder(page, `urgent-queue-${viewport}`);
      await page.goto("/admin/settings/desk");
      await inOrder(page, `desk-rules-${viewport}`);
      await page.goto("/admin/delays?ship_on=2099-01-05");
      await page.getByText(/會寄給/).waitFor();
      await inOrder(page, `delays-${viewport}`);
    });
  }
});
