// A card was refused: what helps stands on the shopper's page, and the shop's people work on the case until it is paid.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, placeUnpaid, SCREENS } from "./steps.mjs";

describe("a failed payment", () => {
  for (const viewport of SCREENS) {
    /** CHK-06, CHK-07: opened with the refusal, worked on with words, link and notes, closed by the money itself. */
    test(`is helped with on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const { order, pay } = await placeUnpaid(shop, { phone: viewport === "phone" ? "0911000111" : "0911000222" });
      await pay("limit_reached");
      const shopper = await newPage(t, shop, { viewport });
      await shopper.goto(`/orders/${order.token}/result`);
      await shopper.getByRole("heading", { name: "通常這樣就能解決" }).waitFor();
      await shopper.getByText("大多可以在銀行 App 裡幾分鐘內調高").waitFor();
      await inOrder(shopper, `payment-help-${viewport}`);

      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/payment-cases");
      await inOrder(page, `payment-cases-${viewport}`);
      await page.locator("#rows").getByRole("link", { name: order.number }).click();
      await page.getByRole("heading", { level: 1, name: `${order.number} 付款失敗` }).waitFor();
      await inOrder(page, `payment-case-${viewport}`);
      await page.getByRole("button", { name: "我來處理" }).click();
      await page.getByText("這個個案由你負責了。").waitFor();
      await page.getByLabel("和顧客說好了什麼").fill("下午再打一次");
      await page.getByRole("button", { name: "記下來" }).click();
      await page.getByText("下午再打一次").waitFor();
      await page.getByRole("button", { name: "已聯絡上顧客" }).click();
      await page.getByText("已記下：聯絡上顧客了。").waitFor();
      const link = await page.locator("#pay-url").inputValue();
      assert.ok(link.endsWith(`/orders/${order.token}`), link);

      await pay("succeed");
      await page.reload();
      await page.locator(".headline").getByText("已付款").waitFor();
      await inOrder(page, `payment-case-closed-${viewport}`);

      await page.goto("/admin/payments");
      await page.getByRole("heading", { level: 1, name: "收款" }).waitFor();
      await inOrder(page, `payments-${viewport}`);
      await page.goto("/admin/payment-help");
      await page.getByRole("heading", { level: 1, name: "付款遇到問題時的說明" }).waitFor();
      await inOrder(page, `payment-help-texts-${viewport}`);
    });
  }
});
