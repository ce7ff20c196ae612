// A shopper finds an order again without its link, learns nothing about the orders of others, and calls one off.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, startShop } from "./lib.mjs";
import { inOrder, placeOrder, SCREENS } from "./steps.mjs";

describe("finding an order", () => {
  for (const viewport of SCREENS) {
    /** ORD-08: the number together with the phone leads to the order. */
    test(`by number and phone on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const order = await placeOrder(shop, { payment: "cash_on_delivery", phone: "0911222333" });
      const page = await newPage(t, shop, { viewport });
      await page.goto("/orders/lookup");
      await inOrder(page, `lookup-${viewport}`);
      // As people type it: with gaps.
      await lookUp(page, order.number, "0911 222 333");
      await page.waitForURL(`**/orders/${order.token}`);
      await page.getByRole("heading", { level: 1, name: `訂單 ${order.number}` }).waitFor();
      await inOrder(page, `found-${viewport}`);
    });
  }

  /** ORD-08: the e-mail address serves as well as the phone. */
  test("by number and e-mail", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { payment: "cash_on_delivery", phone: "0911222444" });
    const page = await newPage(t, shop);
    await page.goto("/orders/lookup");
    await lookUp(page, order.number, order.email.toUpperCase());
    await page.waitForURL(`**/orders/${order.token}`);
  });

  /** A12: whether an order exists cannot be told from the answer. */
  test("a wrong phone and an unknown number look the same", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { payment: "cash_on_delivery", phone: "0911222555" });
    const page = await newPage(t, shop, { viewport: "phone", tolerate: [/\/orders\/lookup.* status 4\d\d/, /status of 4\d\d .*\/orders\/lookup/] });
    const answers = [];
    for (const [number, contact] of [[order.number, "0900000000"], ["20200101-999999", "0911222555"]]) {
      await page.goto("/orders/lookup");
      const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
      await lookUp(page, number, contact);
      await page.getByRole("alert").waitFor();
      assert.equal(await page.getByLabel("訂單編號").inputValue(), number, "what was typed stays");
      answers.push([(await answered).status(), await page.getByRole("alert").innerText()]);
    }
    assert.match(answers[0][1], /找不到這筆訂單/);
    assert.deepEqual(answers[0], answers[1]);
    await inOrder(page, "lookup-nothing");
  });

  /** A12: a guessed link finds nothing, and says so in the shop's own words. */
  test("a link that was never given leads to a page in the shop's words", async (t) => {
    const page = await newPage(t, await startShop(), { tolerate: [/status 404/, /status of 404/] });
    const answer = await page.goto("/orders/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert.equal(answer.status(), 404);
    await page.getByRole("link", { name: "回首頁" }).waitFor();
    await inOrder(page, "not-found");
  });
});

describe("calling an order off", () => {
  for (const viewport of SCREENS) {
    /** ORD-17: the buyer cancels while nothing is picked; the page then says so and offers it no more. */
    test(`while it is allowed, on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const order = await placeOrder(shop, { payment: "bank_transfer", phone: "0911222666" });
      const page = await newPage(t, shop, { viewport });
      await page.goto(`/orders/${order.token}`);
      await page.getByText("訂單與商品為您保留到").waitFor();
      await page.getByText("取消訂單", { exact: true }).click();
      await page.getByRole("button", { name: "確定取消訂單" }).click();
      await page.locator(".states").getByText("已取消").first().waitFor();
      assert.equal(await page.getByRole("button", { name: "確定取消訂單" }).count(), 0);
      assert.equal(await page.getByRole("button", { name: "用這個方式支付" }).count(), 0, "a cancelled order takes no money");
      assert.equal(await page.getByText("訂單與商品為您保留到").count(), 0, "nothing is held any more");
      await inOrder(page, `cancelled-${viewport}`);
    });
  }

  /** ORD-17, P9, CHK-21: what was paid comes back when a paid order is called off, once that cannot be taken back any more. */
  test("gives back what was paid", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { payment: "card", phone: "0911222777" });
    const page = await newPage(t, shop, { viewport: "phone" });
    await page.goto(`/orders/${order.token}`);
    await page.locator(".states").getByText("已付款").first().waitFor();
    await page.getByText("取消訂單", { exact: true }).click();
    await page.getByRole("button", { name: "確定取消訂單" }).click();
    await page.locator(".states").getByText("已取消").first().waitFor();
    await page.getByText(/NT\$[\d,]+ 會在 .* 之後退還給您/).waitFor();
    await inOrder(page, "cancelled-paid");
  });
});

async function lookUp(page, number, contact) {
  await page.getByLabel("訂單編號").fill(number);
  await page.getByLabel("手機或電子郵件").fill(contact);
  await page.getByRole("button", { name: "查詢", exact: true }).click();
}
