// Themes: tried out by the owner alone, in order on both screens by day and by night, put on and taken back.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { axe, newPage, owner, shot, startShop } from "./lib.mjs";
import { inOrder, SCREENS, toCheckout } from "./steps.mjs";

const JOURNAL = "journal";

/** Opens the page of looks and tries a theme out. */
async function tries(page) {
  await page.goto("/admin/themes");
  await page.getByRole("button", { name: "先看看 週刊" }).click();
  await page.waitForURL((url) => url.pathname === "/");
  await page.locator(".masthead").waitFor();
}

describe("a theme", () => {
  for (const viewport of SCREENS) {
    /** STF-05, STF-20: the second theme is another shop to look at, and as easy to use; nobody else sees it. */
    test(`is tried out on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await tries(page);
      await page.getByText("只有你看得到這個外觀").waitFor();
      for (const [name, path] of [["home", "/"], ["collection", "/collections/oolong"], ["product", "/products/jasmine-green"], ["contact", "/contact"]]) {
        await page.goto(path);
        await inOrder(page, `${JOURNAL}-${name}-${viewport}`);
        await page.goto(`${path}?theme=dark`);
        await axe(page);
        await shot(page, `${JOURNAL}-${name}-${viewport}-night`, { fullPage: true });
        await page.goto(`${path}?theme=auto`);
      }
      await page.goto("/");
      await page.locator(".masthead .menu > summary").click();
      await page.getByRole("searchbox").waitFor();
      await axe(page);
      await shot(page, `${JOURNAL}-menu-${viewport}`);
      await toCheckout(page, "jasmine-green");
      await inOrder(page, `${JOURNAL}-checkout-${viewport}`);
      const stranger = await newPage(t, shop, { viewport });
      await stranger.goto("/");
      assert.equal(await stranger.locator(".masthead").count(), 0, "nobody else sees it");
      await page.goto("/");
      await page.getByRole("button", { name: "結束預覽" }).click();
      await page.waitForURL("**/admin/themes");
      await page.goto("/");
      assert.equal(await page.locator(".masthead").count(), 0);
    });

    /** STF-05: a colour that cannot be read is refused with one that can; a kept one is seen, and undone. */
    test(`has colours that are checked on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop), tolerate: [/\/admin\/themes\/journal.* status 422/, /status of 422 .*\/admin\/themes\/journal/] });
      await page.goto("/admin/themes");
      await inOrder(page, `looks-${viewport}`);
      await page.getByRole("link", { name: "調整 週刊" }).click();
      await page.getByLabel("主色：按鈕與連結").waitFor();
      await inOrder(page, `looks-theme-${viewport}`);
      await page.getByLabel("主色：按鈕與連結").fill("#e8d44d");
      await page.getByRole("button", { name: "儲存" }).click();
      const refusal = await page.locator("#error-accent").textContent();
      const [instead] = /#[0-9a-f]{6}/.exec(refusal) ?? [];
      assert.ok(instead, refusal);
      await page.getByLabel("主色：按鈕與連結").fill(instead);
      await page.getByRole("button", { name: "儲存" }).click();
      await page.locator(".notice-ok").waitFor();
      assert.equal(await page.getByLabel("主色：按鈕與連結").inputValue(), instead);
      await page.getByRole("button", { name: "復原上一次更動" }).click();
      await page.locator(".notice-ok").waitFor();
      assert.notEqual(await page.getByLabel("主色：按鈕與連結").inputValue(), instead);
    });
  }
});
