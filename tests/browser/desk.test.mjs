// The back office at work: the owner comes in, an order is picked, shipped, delivered and partly refunded while the
// shopper watches, stock is corrected, and a colleague from the warehouse sees only what is theirs.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { newPage, owner, OWNER_PASSWORD, startShop } from "./lib.mjs";
import { inOrder, placeOrder, SCREENS } from "./steps.mjs";

const HELPER = { name: "倉庫一號", email: "warehouse@example.com", password: "紙箱膠帶，還有氣泡紙" };

describe("the door", () => {
  /** STF-02, A4: the link works once; from then on it is the password. */
  test("the owner takes up the invitation, signs out and signs in", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { tolerate: [/\/admin\/sign-in.* status 4\d\d/, /status of 4\d\d .*\/admin\/sign-in/] });
    const session = await owner(shop);
    const link = await shop.invitation();
    const answer = await page.goto(link);
    assert.ok(answer.status() < 500);
    await page.getByText("這個連結已經用過或過期了。").waitFor();
    await inOrder(page, "invitation-used");

    const { email, page: inside } = await ownAccount(t, shop, session);
    await page.goto("/admin/orders");
    await page.waitForURL(/\/admin\/sign-in/);
    await inOrder(page, "sign-in");
    await signIn(page, email, "一壺好茶，配一本壞書");
    await page.getByText("電子郵件或密碼不對。").waitFor();
    assert.equal(await page.getByLabel("電子郵件").inputValue(), email, "what was typed stays, except the password");
    await signIn(page, email, OWNER_PASSWORD);
    await page.waitForURL("**/admin/orders");
    await page.getByRole("heading", { level: 1, name: "訂單" }).waitFor();

    await page.locator(".bo-who .menu > summary").last().click();
    await page.getByRole("button", { name: "登出" }).click();
    await page.waitForURL(/\/admin\/sign-in/);
    await page.goto("/admin");
    await page.waitForURL(/\/admin\/sign-in/);
    await inside.reload();
    await inside.getByRole("heading", { level: 1, name: "我的帳號" }).waitFor();
  });
});

describe("an order", () => {
  for (const viewport of SCREENS) {
    /** ORD-01, ORD-03, P9: found by number, picked, shipped, delivered, refunded in part; the shopper sees each step. */
    test(`is picked, shipped, delivered and partly refunded on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const order = await placeOrder(shop, { lines: [["jasmine-green", 2], ["steamed-sencha", 1]], phone: "0922333444" });
      const shopper = await newPage(t, shop, { viewport });
      await shopper.goto(`/orders/${order.token}`);
      await shopper.locator(".states").getByText("已付款").first().waitFor();

      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/orders");
      await inOrder(page, `desk-orders-${viewport}`);
      await page.locator("#q").fill(order.number);
      await page.waitForURL(/q=/);
      await page.waitForFunction((number) => [...document.querySelectorAll("#rows .row-link")].every((link) => link.textContent === number), order.number);
      await page.locator("#rows").getByRole("link", { name: order.number }).click();
      await page.getByRole("heading", { level: 1, name: order.number }).waitFor();
      await inOrder(page, `desk-order-${viewport}`);

      await page.getByRole("button", { name: "揀貨完成" }).click();
      await page.getByText("已記為揀貨完成。").waitFor();
      await page.locator(".headline").getByText("已揀貨").waitFor();

      const number = `9071${order.number.slice(-6)}88`;
      await page.getByLabel("物流業者").selectOption("tcat");
      await page.getByLabel("查件號碼").fill(number);
      await page.getByRole("button", { name: "出貨並通知顧客" }).click();
      await page.getByText("已出貨，也通知顧客了。").waitFor();
      await page.locator(".headline").getByText("已出貨").waitFor();
      assert.ok((await page.locator("section[aria-labelledby=parcels-title]").innerText()).includes(number));

      await shopper.reload();
      await shopper.locator(".states").getByText("已出貨").waitFor();
      const parcel = shopper.locator(".parcel");
      assert.ok((await parcel.innerText()).includes(number), "the shopper sees the tracking number");
      assert.ok((await parcel.getByRole("link").getAttribute("href")).includes(number), "and a link to the carrier");
      await inOrder(shopper, `shipped-${viewport}`);

      await page.getByRole("button", { name: "標記已送達" }).click();
      await page.getByText("已記為送達。").waitFor();
      await shopper.reload();
      await shopper.locator(".states").getByText("已送達").waitFor();

      await page.locator("details.action > summary", { hasText: "退款" }).click();
      await page.getByRole("radio", { name: "退一個金額" }).check();
      await page.locator("#refund-amount").fill("100");
      await page.locator("#refund-reason").selectOption({ label: "商品損壞" });
      await page.getByRole("button", { name: "退款", exact: true }).click();
      await page.getByText("退款已送出。").waitFor();
      const money = page.locator("section[aria-labelledby=money-title]");
      assert.match(await money.innerText(), /商品損壞[\s\S]*−NT\$100/);
      await inOrder(page, `desk-order-refunded-${viewport}`);

      await shopper.reload();
      await shopper.getByText(/(退款|正在退還) NT\$100/).waitFor();
      await inOrder(shopper, `refunded-${viewport}`);
    });
  }

  /** P9: no more can be given back than came in; the form says so and nothing happens. */
  test("refuses a refund of more than was paid", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { phone: "0922333555" });
    const page = await newPage(t, shop, { session: await owner(shop), tolerate: [/\/refunds got status 4\d\d/, /status of 4\d\d .*\/refunds/] });
    await page.goto(`/admin/orders/${order.id}`);
    await page.locator("details.action > summary", { hasText: "退款" }).click();
    await page.getByRole("radio", { name: "退一個金額" }).check();
    await page.locator("#refund-amount").fill("1000000");
    await page.getByRole("button", { name: "退款", exact: true }).click();
    await page.locator(".invalid-feedback, [role=alert]").first().waitFor();
    assert.equal(await page.getByText("退款已送出。").count(), 0);
    await page.goto(`/admin/orders/${order.id}`);
    assert.equal(await page.locator(".sums").getByText("已退").count(), 0);
  });

  /** STF-15: what has to leave stands in the queue and can be shipped from there. */
  test("leaves from the shipping queue", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { payment: "cash_on_delivery", phone: "0922333666" });
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/shipping");
    await inOrder(page, "desk-shipping");
    const job = await findInQueue(page, order.number);
    await job.getByRole("button", { name: "揀貨完成" }).click();
    await page.getByText("已記為揀貨完成。").waitFor();
    const picked = await findInQueue(page, order.number);
    await picked.getByLabel("物流業者").selectOption("tcat");
    await picked.getByLabel("查件號碼").fill("907100001111");
    await picked.getByRole("button", { name: "出貨並通知顧客" }).click();
    await page.getByText("已出貨，也通知顧客了。").waitFor();
    const shopper = await newPage(t, shop, { viewport: "phone" });
    await shopper.goto(`/orders/${order.token}`);
    await shopper.locator(".states").getByText("已出貨").waitFor();
  });

  /** CHK-08, ORD-15: money that arrives at the bank is matched to its order by a person. */
  test("waits for a transfer until its money is matched", async (t) => {
    const shop = await startShop();
    const order = await placeOrder(shop, { payment: "bank_transfer", phone: "0922333777" });
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto(`/admin/orders/${order.id}`);
    await page.locator("details.action > summary", { hasText: "登錄收到的轉帳" }).click();
    await page.getByLabel("匯款帳號末五碼").fill("13579");
    await page.getByRole("button", { name: "登錄收款" }).click();
    await page.getByText("款項已登錄，訂單付清了。").waitFor();
    const shopper = await newPage(t, shop, { viewport: "phone" });
    await shopper.goto(`/orders/${order.token}`);
    await shopper.locator(".states").getByText("已付款").first().waitFor();
  });
});

describe("a question", () => {
  for (const viewport of SCREENS) {
    /** SVC-07: asked through the contact form, marked at the menu, answered once, and gone from the list. */
    test(`waits at the menu until it is answered on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const words = `請問茶包可以泡幾次？（${viewport}）`;
      const shopper = await newPage(t, shop, { viewport });
      await shopper.goto("/contact");
      await shopper.getByLabel("怎麼稱呼您").fill(`周美玲 ${viewport}`);
      await shopper.getByLabel("電子郵件").fill("meiling@example.com");
      await shopper.locator("textarea[name=message]").fill(words);
      await shopper.getByRole("button", { name: "送出訊息" }).click();
      await shopper.waitForURL(/sent=1/);

      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin");
      const mark = page.getByRole("navigation", { name: "後台選單" }).locator("a", { hasText: "詢問" });
      await mark.locator(".count").waitFor();
      await mark.click();
      await page.getByRole("heading", { level: 1, name: "顧客詢問" }).waitFor();
      await inOrder(page, `desk-inquiries-${viewport}`);
      await page.locator("#q").fill(viewport);
      await page.waitForURL(/q=/);
      await page.locator("#rows").getByRole("link", { name: `周美玲 ${viewport}` }).click();
      await page.getByRole("heading", { level: 1, name: `周美玲 ${viewport}的詢問` }).waitFor();
      await inOrder(page, `desk-inquiry-${viewport}`);
      await page.getByLabel("要寄給顧客的內容").fill("三次左右，每次多泡半分鐘。");
      await page.getByRole("button", { name: "寄出回覆" }).click();
      await page.getByText("已回覆，信件寄給顧客了。").waitFor();
      await page.locator(".letter", { hasText: "三次左右" }).waitFor();
      assert.equal(await page.getByRole("button", { name: "寄出回覆" }).count(), 0);
      await inOrder(page, `desk-inquiry-answered-${viewport}`);
      await page.goto(`/admin/inquiries?q=${viewport}`);
      await page.getByText(`找不到符合「${viewport}」的詢問。`).waitFor();
    });
  }
});

describe("a product", () => {
  /** CAT-01: put away after a question, and taken back onto the shelf from its own page. */
  test("goes into the archive and back on sale", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/products?q=steamed-sencha");
    await page.locator("#rows .row-link").first().click();
    page.once("dialog", (dialog) => dialog.accept());
    await page.getByRole("button", { name: "封存" }).click();
    await page.getByText("已收進封存。").waitFor();
    await inOrder(page, "desk-product-archived");
    await page.getByRole("button", { name: "還原並重新上架" }).click();
    await page.locator(".headline").getByText("上架中").waitFor();
  });

  /** TRF-06: the reasons not to open a card stand beside what to do about them. */
  for (const viewport of SCREENS) {
    test(`is told what keeps people from its card on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      await page.goto("/admin/funnel");
      await page.getByRole("link", { name: "商品卡片" }).click();
      await page.getByRole("heading", { level: 1, name: "商品卡片" }).waitFor();
      assert.ok((await page.locator("tbody tr").count()) > 10, "the demo's products are listed");
      await page.getByText("買了沒有點數可以累積。").waitFor();
      await inOrder(page, `desk-cards-${viewport}`);
    });
  }
});

describe("stock", () => {
  /** INV-01, INV-04: a correction names its reason and stands in the ledger; the shop sells the new number. */
  test("is corrected with a reason that stays in the ledger", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/inventory?q=FL-JSM-P075");
    await inOrder(page, "desk-stock");
    await page.locator("#rows .row-link").first().click();
    await page.getByRole("heading", { level: 1, name: /茉莉綠茶/ }).waitFor();
    const before = await onSale(shop);
    const form = page.locator("section[aria-labelledby=adjust-title]");
    await form.getByLabel("增減數量").fill("-1");
    await form.getByLabel("原因").selectOption({ label: "損壞" });
    await form.getByLabel("內部備註").fill("外盒壓壞");
    await form.getByRole("button", { name: "記一筆調整" }).click();
    await page.getByText("庫存已調整。").waitFor();
    const newest = page.locator("section[aria-labelledby=ledger-title] tbody tr").first();
    assert.match(await newest.innerText(), /調整[\s\S]*[-−]1[\s\S]*損壞[\s\S]*外盒壓壞/);
    // The shop's pages may be a moment old, no more.
    for (const end = Date.now() + 5_000; (await onSale(shop)) !== before - 1; await new Promise((go) => setTimeout(go, 200))) {
      assert.ok(Date.now() < end, `the shop still sells ${before}`);
    }
    await inOrder(page, "desk-stock-item");
  });
});

describe("every page of the back office", () => {
  const pages = [
    ["home", "/admin", "今天"],
    ["shipping", "/admin/shipping", "出貨"],
    ["receipts", "/admin/bank-receipts", "轉帳對帳"],
    ["products", "/admin/products", "商品"],
    ["product-new", "/admin/products/new", "新增商品"],
    ["stock", "/admin/inventory", "庫存"],
    ["funnel", "/admin/funnel", "五點漏斗"],
    ["messages", "/admin/message-templates", "訊息範本"],
    ["message", "/admin/message-templates/order_shipped", "出貨通知"],
    ["jobs", "/admin/jobs", "背景工作"],
    ["staff", "/admin/staff", "員工"],
    ["account", "/admin/account", "我的帳號"],
  ];
  for (const viewport of SCREENS) {
    /** STF-16: opens clean, with the main heading that it promises. */
    test(`opens clean on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport, session: await owner(shop) });
      for (const [name, path, heading] of pages) {
        await t.test(path, async () => {
          await page.goto(path);
          await page.getByRole("heading", { level: 1, name: heading }).waitFor();
          await inOrder(page, `desk-${name}-${viewport}`);
        });
      }
      await t.test("a product", async () => {
        await page.goto("/admin/products?q=%E8%8C%89%E8%8E%89%E7%B6%A0%E8%8C%B6");
        await page.locator("#rows .row-link").first().click();
        await page.getByRole("heading", { level: 1, name: "茉莉綠茶" }).waitFor();
        await inOrder(page, `desk-product-${viewport}`);
      });
    });
  }

  /** TRF-05, TRF-06: five points, each a figure of the demo's own history, and sources below. */
  test("the funnel counts people at five points", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/funnel");
    await page.getByRole("link", { name: "90 天" }).click();
    await page.waitForURL(/from=/);
    await page.locator("a[aria-current=true]", { hasText: "90 天" }).waitFor();
    const people = (await page.locator(".points > li > strong").allInnerTexts()).map((text) => Number(text.replaceAll(",", "")));
    assert.equal(people.length, 5);
    const [, visitors, , orderers, payers] = people;
    assert.ok(visitors > orderers && orderers > payers && payers > 0, `${people}`);
    assert.ok((await page.locator("table[data-points] tbody tr").count()) > 3, "several sources are told apart");
    await page.locator(".chart canvas").first().waitFor();
    await inOrder(page, "desk-funnel-90-days");
  });
});

describe("a colleague from the warehouse", () => {
  /** STF-03, A1: sees and opens the pages of the job, and no other, whatever the address. */
  test("is invited, comes in, and cannot open the payments", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop) });
    await page.goto("/admin/staff");
    await page.locator("#staff-name").fill(HELPER.name);
    await page.locator("#staff-email").fill(HELPER.email);
    await page.locator("#staff-role").selectOption({ label: "倉庫" });
    await page.getByRole("button", { name: "產生登入連結" }).click();
    const link = new URL(await page.getByLabel("一次性登入連結").inputValue()).pathname;
    await inOrder(page, "desk-staff-invited");

    const helper = await newPage(t, shop, { viewport: "phone", tolerate: [/\/admin\/(bank-receipts|staff) got status 403/, /status of 403/] });
    await helper.goto(link);
    await helper.getByText(`${HELPER.name}，你好。`).waitFor();
    await inOrder(helper, "invitation");
    await helper.getByLabel("新密碼", { exact: true }).fill(HELPER.password);
    await helper.getByLabel("再輸入一次新密碼").fill(HELPER.password);
    await helper.getByRole("button", { name: "設定並登入" }).click();
    await helper.waitForURL(/\/admin$/);
    await inOrder(helper, "desk-home-warehouse");
    const menu = helper.getByRole("navigation", { name: "後台選單" });
    await menu.getByRole("link", { name: "出貨" }).waitFor();
    assert.equal(await menu.getByRole("link", { name: "轉帳對帳" }).count(), 0);

    for (const path of ["/admin/bank-receipts", "/admin/staff"]) {
      const answer = await helper.goto(path);
      assert.equal(answer.status(), 403, path);
      await helper.getByText("您的角色沒有這個權限。").waitFor();
    }
    await inOrder(helper, "forbidden");
    await helper.getByRole("link", { name: "回後台首頁" }).click();
    await helper.waitForURL(/\/admin$/);

    const order = await placeOrder(shop, { phone: "0922333888" });
    await helper.goto(`/admin/orders/${order.id}`);
    await helper.getByRole("button", { name: "揀貨完成" }).waitFor();
    assert.equal(await helper.getByText("款項", { exact: true }).count(), 0, "money is not the warehouse's business");
    assert.equal(await helper.locator("details.action > summary", { hasText: "退款" }).count(), 0);
    await inOrder(helper, "desk-order-warehouse");
  });
});

async function ownAccount(t, shop, session) {
  const page = await newPage(t, shop, { session });
  await page.goto("/admin/account");
  await inOrder(page, "account");
  const text = await page.getByRole("main").innerText();
  return { email: /[\w.+-]+@[\w.-]+/.exec(text)[0], page };
}

async function signIn(page, email, password) {
  await page.getByLabel("電子郵件").fill(email);
  await page.getByLabel("密碼").fill(password);
  await page.getByRole("button", { name: "登入" }).click();
}

/** The queue is sorted by promise: the newest order may stand on a later page. */
async function findInQueue(page, number) {
  await page.goto("/admin/shipping?tab=all");
  for (;;) {
    const job = page.locator(".parcel-job", { has: page.getByRole("link", { name: number }) });
    if (await job.count()) return job;
    const next = page.getByRole("link", { name: "下一頁" });
    assert.ok(await next.count(), `order ${number} is in the queue`);
    const before = page.url();
    await next.click();
    await page.waitForURL((url) => url.href !== before);
    await page.locator(".parcel-job").first().waitFor();
  }
}

async function onSale(shop) {
  const { variants } = await (await fetch(`${shop.url}/products/jasmine-green.json`)).json();
  return variants.find(({ sku }) => sku === "FL-JSM-P075").available;
}
