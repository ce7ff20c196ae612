// Steps that several browser tests share: what a shopper types, and orders made without a browser by the same
// addresses that other programs use.

import assert from "node:assert/strict";
import { axe, fits, shot } from "./lib.mjs";

/** Both screens, for tests that run on each. */
export const SCREENS = ["phone", "desktop"];

/** Somebody who buys. Values are written as Taiwanese shoppers write them. */
export const SHOPPER = {
  name: "林茶香",
  phone: "0912 345 678",
  email: "tea@example.com",
  postal_code: "106",
  region: "臺北市",
  city: "大安區",
  line1: "和平東路一段 129 號 3 樓",
};

/** A page must be in order by itself: no serious barrier, no sideways scroll, one main heading, its language told. */
export async function inOrder(page, name) {
  // Charts are drawn by a script that arrives after the page.
  if (await page.locator("[data-chart]").count()) await page.locator("[data-chart] canvas").first().waitFor();
  await shot(page, name, { fullPage: true });
  await fits(page);
  await axe(page);
  assert.equal(await page.locator("h1").count(), 1, `${page.url()} has one main heading`);
  assert.match(await page.locator("html").getAttribute("lang"), /^(zh-Hant|zh-Hans|en)$/);
}

/** Fills the checkout's recipient, in the order in which the form asks. */
export async function fillRecipient(page, shopper = SHOPPER) {
  await page.getByLabel("收件人姓名").fill(shopper.name);
  await page.getByLabel("手機", { exact: true }).fill(shopper.phone);
  await page.getByLabel("電子郵件").fill(shopper.email);
  await page.getByLabel("縣市", { exact: true }).selectOption(shopper.region);
  const show = page.getByRole("button", { name: "顯示對應的欄位" });
  if (await show.isVisible()) await show.click();
  const city = page.getByLabel("鄉鎮市區", { exact: true });
  await city.locator("option", { hasText: shopper.city }).waitFor({ state: "attached" });
  await city.selectOption(shopper.city);
  // The fields of another place come from the server, and what is typed into those that go is lost on nobody but a test.
  await page.waitForFunction(() => !document.querySelector(".busy"));
  await page.getByLabel("郵遞區號").fill(shopper.postal_code);
  await page.getByLabel("地址", { exact: true }).fill(shopper.line1);
}

/** Puts one unit of a product into the visitor's cart and goes on to the checkout. */
export async function toCheckout(page, handle) {
  await page.goto(`/products/${handle}`);
  await page.getByRole("button", { name: "加入購物車" }).click();
  await page.waitForURL("**/cart");
  await page.getByRole("link", { name: "前往結帳" }).click();
  await page.waitForURL("**/checkout");
}

/** Buys the product as far as the card page, and lets the bank answer there. Ends at the order's result page. */
export async function payByCard(page, handle, answer) {
  await toCheckout(page, handle);
  await fillRecipient(page);
  await page.getByRole("radio", { name: /^信用卡/ }).check();
  await page.getByRole("button", { name: "送出訂單" }).click();
  await page.waitForURL(/\/orders\/[\w-]+\/payments\//);
  await page.getByRole("radio", { name: answer, exact: true }).check();
  await page.getByRole("button", { name: /示範付款/ }).click();
  await page.waitForURL(/\/orders\/[\w-]+\/result/);
}

/**
 * Places an order without a browser, as another program would. `lines` are `[product handle, quantity]`; a card is paid
 * at once. Answers `{ id, number, token, total, lines }`.
 */
export async function placeOrder(shop, wanted = {}) {
  const { order, pay } = await placeUnpaid(shop, wanted);
  if ((wanted.payment ?? "card") === "card") await pay("succeed");
  return order;
}

/** An order that is not paid yet, and the way to try a card: each try chooses the card anew. */
export async function placeUnpaid(shop, wanted = {}) {
  const { lines = [["jasmine-green", 2]], payment = "card", delivery = "home", phone = "0987654321", gift_wrap = false } = wanted;
  const email = `buyer-${phone}@example.com`;
  let cart;
  const send = async (method, path, body, headers = {}) => {
    const answer = await fetch(new URL(path, shop.url), {
      method,
      headers: { accept: "application/json", "content-type": "application/json", ...(cart && { "cart-token": cart }), ...headers },
      body: body && JSON.stringify(body),
      redirect: "manual",
    });
    const text = await answer.text();
    assert.ok(answer.status < 400, `${method} ${path} got ${answer.status}: ${text}`);
    cart ??= answer.headers.get("cart-token");
    return text ? JSON.parse(text) : null;
  };
  for (const [handle, quantity] of lines) {
    const { variants } = await send("GET", `/products/${handle}.json`);
    await send("POST", "/cart/lines", { variant_id: variants[0].id, quantity });
  }
  const { email: _, phone: __, ...place } = SHOPPER;
  await send("PUT", "/checkout", {
    email,
    phone,
    shipping_address: { ...place, phone, country: "TW" },
    delivery_method: delivery,
    payment_method: payment,
    gift_wrap,
  });
  const placed = await send("POST", "/checkout/complete", {}, { "idempotency-key": crypto.randomUUID() });
  let open = placed.payment;
  const pay = async (outcome) => {
    open ??= await send("POST", `/orders/${placed.order.token}/payments`, { payment_method: "card" });
    await send("POST", open.next_action.url, { outcome });
    open = null;
  };
  return { order: { ...placed.order, phone, email }, pay };
}
