// A present is wrapped: whoever packs sees it on every page and paper they look at, staff take the wrap away and add it
// again, and the shop decides whether it wraps at all.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, shot, startShop } from "./lib.mjs";
import { inOrder, placeOrder, SCREENS } from "./steps.mjs";

describe("a present", () => {
  for (const viewport of SCREENS) {
    /** ORD-15, ORD-08, ORD-04: queue, order, pick list and slip say it; the slip shows no price; the sheet previews it. */
    test(`is seen by whoever packs on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const order = await placeOrder(shop, { payment: "bank_transfer", phone: "0933444555", gift_wrap: true });
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto(`/admin/orders/${order.id}`);
      await page.locator(".callouts").getByText("要包成禮物").waitFor();
      await page.locator(".sums").getByText("禮物包裝").waitFor();
      await inOrder(page, `present-order-${viewport}`);

      await page.goto(`/admin/orders/${order.id}/edit`);
      const box = page.getByRole("checkbox", { name: /^加禮物包裝/ });
      assert.ok(await box.isChecked());
      await box.uncheck();
      await page.getByLabel("更改原因").fill("不送禮了");
      await page.getByRole("button", { name: "試算" }).last().click();
      await page.getByRole("button", { name: "確定更改並通知顧客" }).waitFor();
      assert.equal(await page.locator(".sums").getByText("禮物包裝").count(), 0);
      await box.check();
      await page.getByRole("button", { name: "試算" }).last().click();
      await page.locator(".sums").getByText("禮物包裝").waitFor();
      await inOrder(page, `present-edit-${viewport}`);

      await page.goto(`/admin/print/packing-slips?orders[]=${order.id}`);
      const slip = page.locator(".slip");
      await slip.getByText("禮物包裝").waitFor();
      assert.ok(!(await slip.innerText()).includes("NT$"), "no price inside a present");
      await inOrder(page, `present-slip-${viewport}`);

      await page.goto("/admin/settings/packing");
      assert.ok(await page.getByRole("checkbox", { name: "提供禮物包裝" }).isChecked());
      await inOrder(page, `present-settings-${viewport}`);
    });
  }

  test("stands in the queue, on the pick list and on the customer's page", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { payment: "cash_on_delivery", phone: "0933444666", gift_wrap: true });
    const page = await newPage(t, shop, { viewport: "desktop", session: await owner(shop) });
    await page.goto("/admin/shipping?sort=-placed_at");
    const job = page.locator(".parcel-job", { hasText: order.number });
    await job.getByText("要包成禮物").waitFor();
    await inOrder(page, "present-queue");
    await page.goto(`/admin/print/pick-list?orders[]=${order.id}`);
    await page.getByText("要包成禮物").waitFor();
    await inOrder(page, "present-pick-list");
    const shopper = await newPage(t, shop, { viewport: "phone" });
    await shopper.goto(`/orders/${order.token}`);
    await shopper.locator(".totals").getByText("禮物包裝").waitFor();
    await shot(shopper, "present-tracking-phone", { fullPage: true });
  });
});
