// Collecting a parcel at a convenience store (CHK-04): chosen, named, mended and placed, with a script and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { inOrder, SCREENS, SHOPPER, toCheckout } from "./steps.mjs";

const TEA = "alishan-high-mountain-oolong";

async function fillPerson(page) {
  await page.getByLabel("收件人姓名").fill(SHOPPER.name);
  await page.getByLabel("手機", { exact: true }).fill(SHOPPER.phone);
  await page.getByLabel("電子郵件").fill(SHOPPER.email);
}

describe("collecting at a store", () => {
  for (const viewport of SCREENS) {
    /**
     * CHK-04, ORD-04: the street gives way to the store, what is wrong is told beside it, and the cash is for the counter.
     * Then it is to go home after all, in another county: its districts follow, and the new total is agreed to first.
     */
    test(`on a ${viewport}`, async (t) => {
      const tolerate = [/status of 4(09|22)|got status 4(09|22)/];
      const page = await newPage(t, await startShop(), { viewport, tolerate });
      await toCheckout(page, TEA);
      await fillPerson(page);
      const street = page.getByLabel("地址", { exact: true });
      const number = page.getByLabel("門市店號");
      assert.ok(await street.isVisible());
      assert.ok(!(await number.isVisible()), "no store is asked for where a courier comes");

      await page.getByRole("radio", { name: /^7-ELEVEN 取貨/ }).check();
      await page.locator("[data-live=totals]").getByText("NT$60", { exact: true }).waitFor();
      assert.ok(!(await street.isVisible()), "no street is asked for at a store");
      await page.getByText("拿到包裹時才付現金", { exact: false }).first().waitFor();
      await page.getByRole("radio", { name: /^取貨付款/ }).check();
      await number.fill("13138");
      await page.getByLabel("門市名稱").fill("建盛門市");
      await inOrder(page, `pickup-checkout-${viewport}`);
      await page.getByRole("button", { name: "送出訂單" }).click();

      await page.locator(".field-error", { hasText: "門市店號是 6 位數字" }).waitFor();
      await inOrder(page, `pickup-refused-${viewport}`);
      assert.equal(await number.inputValue(), "13138");
      assert.equal(await page.getByLabel("門市名稱").inputValue(), "建盛門市");
      await number.fill("131386");
      await page.getByRole("button", { name: "送出訂單" }).click();

      await page.waitForURL(/\/orders\/[\w-]+\/result/);
      await page.getByText("7-ELEVEN 131386").waitFor();
      await inOrder(page, `pickup-result-${viewport}`);
      await page.getByRole("link", { name: "查看訂單進度" }).click();
      await page.getByText("門市保留 7 天", { exact: false }).waitFor();
      await inOrder(page, `pickup-tracking-${viewport}`);
      await page.getByRole("link", { name: "更改收件資料" }).click();
      await number.waitFor();
      assert.equal(await number.inputValue(), "131386");
      assert.ok(!(await street.isVisible()), "no street is asked for at a store");
      await inOrder(page, `readdress-store-${viewport}`);

      await page.getByRole("radio", { name: /^宅配到府/ }).check();
      await street.waitFor();
      await page.getByLabel("縣市").selectOption("高雄市");
      await page.locator("option", { hasText: "前鎮區" }).first().waitFor({ state: "attached" });
      await page.getByLabel("鄉鎮市區").selectOption("前鎮區");
      await street.fill("中山三路 12 號");
      await page.getByRole("button", { name: "儲存" }).click();
      const agree = page.getByRole("button", { name: /^同意並更改/ });
      await agree.waitFor();
      assert.equal(await street.inputValue(), "中山三路 12 號");
      await inOrder(page, `readdress-agree-${viewport}`);
      await agree.click();
      await page.waitForURL(/\/orders\/[\w-]+$/);
      await page.getByText("高雄市前鎮區", { exact: false }).first().waitFor();
      await inOrder(page, `readdress-done-${viewport}`);
    });
  }

  /** CHK-04: no script runs: the fields of the store are there as soon as the way is chosen. */
  test("without JavaScript", async (t) => {
    const page = await newPage(t, await startShop(), { viewport: "phone", javaScript: false });
    await toCheckout(page, TEA);
    await fillPerson(page);
    await page.getByRole("radio", { name: /^7-ELEVEN 取貨/ }).check();
    await page.getByLabel("門市店號").fill("131386");
    await page.getByLabel("門市名稱").fill("建盛門市");
    await page.getByRole("button", { name: "更新金額" }).click();
    assert.equal(await page.getByLabel("門市店號").inputValue(), "131386");
    await page.getByRole("radio", { name: /^取貨付款/ }).check();
    await page.getByRole("button", { name: "送出訂單" }).click();
    await page.waitForURL(/\/orders\/[\w-]+\/result/);
    await page.getByText("7-ELEVEN 131386").waitFor();
  });

  /** CHK-04, ORD-08: the shop sees the store in its settings, in the queue and on the label. */
  test("as the shop sees it", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { viewport: "desktop", session: await owner(shop) });
    await page.goto("/admin/settings/delivery");
    await page.getByRole("link", { name: "7-ELEVEN 取貨" }).click();
    await page.getByLabel("門市保留天數").waitFor();
    assert.ok(!(await page.getByLabel("物流業者").isVisible()), "the chain carries its parcels itself");
    await inOrder(page, "pickup-settings-desktop");
    await page.goto("/admin/print/labels");
    await page.locator(".store-number").first().waitFor();
    await inOrder(page, "pickup-labels-desktop");
    await page.goto("/admin/shipping");
    await page.getByText("131386 建盛門市", { exact: false }).first().waitFor();
    await inOrder(page, "pickup-queue-desktop");
  });
});
