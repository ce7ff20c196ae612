// Every room of the back office and of an account opens clean: no error in the console, nothing wider than the screen,
// nothing that axe finds, on a phone and on a desktop.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, startShop } from "./lib.mjs";
import { SCREENS, inOrder } from "./steps.mjs";

const ROOMS = [
  ["start", "/admin/start"],
  ["settings", "/admin/settings"],
  ["settings-shop", "/admin/settings/shop"],
  ["settings-rules", "/admin/settings/rules"],
  ["settings-payment", "/admin/settings/payment"],
  ["settings-delivery", "/admin/settings/delivery"],
  ["settings-zone", "/admin/settings/delivery/zones/new"],
  ["settings-hours", "/admin/settings/hours"],
  ["settings-desk", "/admin/settings/desk"],
  ["settings-letters", "/admin/settings/letters"],
  ["settings-privacy", "/admin/settings/privacy"],
  ["second-step", "/admin/account/second-factor"],
  ["audit", "/admin/audit"],
  ["roles", "/admin/staff/roles"],
  ["customers", "/admin/customers"],
  ["order-new", "/admin/orders/new"],
  ["cases", "/admin/payment-cases"],
  ["payments", "/admin/payments"],
  ["payment-help", "/admin/payment-help"],
  ["collections", "/admin/collections"],
  ["collection-new", "/admin/collections/new"],
  ["import", "/admin/products/import"],
  ["after-sales", "/admin/after-sales"],
  ["tax-classes", "/admin/tax-classes"],
  ["drafts", "/admin/order-drafts"],
  ["bulk-edits", "/admin/products/bulk/edits"],
  ["announcements", "/admin/delays/announcements"],
  ["letters", "/admin/messages"],
  ["warehouses", "/admin/warehouses"],
  ["transfers", "/admin/transfers"],
  ["packing", "/admin/settings/packing"],
  ["picking", "/admin/print/pick-list"],
  ["slips", "/admin/print/packing-slips"],
];
/** A label is a hundred millimetres wide, which is more than a telephone. */
const WIDE = [["labels", "/admin/print/labels"]];
/** Pages of one thing, opened from its list. */
const FIRST = [
  ["warehouse", "/admin/warehouses", "a[href^='/admin/warehouses/location_']"],
  ["stock-transfer", "/admin/transfers", "a[href^='/admin/transfers/stocktransfer_']"],
];

const DOORS = [
  ["account-door", "/account/sign-in"],
  ["account-new", "/account/sign-up"],
  ["account-forgotten", "/account/forgotten"],
];

describe("rooms", () => {
  for (const viewport of SCREENS) {
    /** STF-05, CAT-01, CRM-01, PLT-08: every page that people of the shop work in. */
    test(`of the back office open clean on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      for (const [name, path] of viewport === "desktop" ? [...ROOMS, ...WIDE] : ROOMS) {
        await t.test(path, async () => {
          const answer = await page.goto(path);
          assert.equal(answer.status(), 200);
          await page.getByRole("heading", { level: 1 }).first().waitFor();
          await inOrder(page, `room-${name}-${viewport}`);
        });
      }
      for (const [name, list, link] of FIRST) {
        await t.test(`the first of ${list}`, async () => {
          await page.goto(list);
          await page.goto(await page.locator(link).first().getAttribute("href"));
          await page.getByRole("heading", { level: 1 }).first().waitFor();
          await inOrder(page, `room-${name}-${viewport}`);
        });
      }
      await t.test("the page on which a customer is forgotten", async () => {
        await page.goto("/admin/customers");
        const first = page.locator("a[href^='/admin/customers/customer_']").first();
        await page.goto(`${await first.getAttribute("href")}/erase`);
        await page.getByRole("heading", { level: 1 }).first().waitFor();
        await inOrder(page, `room-erase-${viewport}`);
      });
    });

    test(`in front of an account open clean on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport });
      for (const [name, path] of DOORS) {
        await t.test(path, async () => {
          const answer = await page.goto(path);
          assert.equal(answer.status(), 200);
          await inOrder(page, `room-${name}-${viewport}`);
        });
      }
    });
  }
});
