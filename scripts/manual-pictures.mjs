// Takes the pictures of the operator's manual from a fresh demonstration: `make manual`.
//
//   node scripts/manual-pictures.mjs [NAME…]     only these; all without a name
//
// The goods, shoppers and history of the demonstration depend on its seed alone, so that pictures differ from one time
// to the next only by their dates. Each is taken in both languages, as WebP, and what the text speaks of is outlined.
// A page that does not open clean, a picture that is too heavy and a mark that is not there end the script.

import assert from "node:assert/strict";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { newPage, owner, startShop } from "../tests/browser/lib.mjs";

const FOLDER = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../docs/manual/pictures");
const LANGUAGES = { "zh-Hant": "zh-TW", en: "en-GB" };
/** Wide enough for the whole menu, narrow enough to be read in a column of text. */
const SCREEN = { width: 1180, height: 740 };
/** The heaviest that one picture, and all of them together, may be, in bytes. */
const ONE_LIMIT = 120 * 1024;
const ALL_LIMIT = 6 * 1024 * 1024;
/** How long a chart settles. */
const CHART_MS = 1_000;
/** From the best to the least that still reads well; the first that is light enough is kept. */
const QUALITIES = [82, 70, 55, 40];

/**
 * Every picture: its name; `at`, the address, or how it is found; `only`, the part of the page that is shown (else the
 * screen); `marks`, what is outlined; `height`, where the screen should end; `first`, what is done before.
 */
const PICTURES = [
  { name: "start", at: "/admin/start", only: ".start-steps" },
  { name: "start-walk", at: "/admin/start", first: walk, only: "#walk" },
  { name: "settings", at: "/admin/settings" },
  { name: "settings-delivery", at: "/admin/settings/delivery" },
  { name: "settings-hours", at: "/admin/settings/hours", only: "#calendar" },
  { name: "staff", at: "/admin/staff" },
  { name: "roles", at: "/admin/staff/roles", marks: [".matrix tfoot"] },
  { name: "product-new", at: "/admin/products/new" },
  { name: "product", at: (shop) => productOf(shop, "OL-JXN") },
  { name: "product-pictures", at: (shop) => productOf(shop, "OL-JXN"), only: "#pictures" },
  { name: "products-bulk", at: "/admin/products", first: bulk, only: "#bulk-page", height: 820 },
  { name: "products-import", at: "/admin/products/import", first: check },
  { name: "collection", at: (shop) => found(shop, "/admin/collections", "items", (collection) => collection.by_rules), only: "#rules" },
  { name: "bundle", at: bundle },
  { name: "stock", at: "/admin/inventory", marks: ["#rows tbody tr:first-child .num:nth-last-child(2)"] },
  { name: "stock-item", at: stockItem },
  { name: "orders", at: "/admin/orders" },
  { name: "orders-filtered", at: "/admin/orders?tab=to_ship", first: openMenus },
  { name: "order", at: (shop) => orderIn(shop, "to_ship"), height: 900 },
  { name: "order-edit", at: async (shop) => `${await orderIn(shop, "to_ship", (o) => o.state === "paid")}/edit`, first: another },
  { name: "order-refund", at: (shop) => orderIn(shop, "delivered"), first: refund, only: ".actions" },
  { name: "shipping", at: "/admin/shipping" },
  { name: "delays", at: "/admin/delays", first: delay },
  { name: "order-new", at: "/admin/orders/new?q=林" },
  { name: "order-draft", at: "/admin/orders/new?q=林", first: draft },
  { name: "payment-case", at: (shop) => found(shop, "/admin/payment-cases", "items") },
  { name: "bank-receipts", at: "/admin/bank-receipts" },
  { name: "payments", at: "/admin/payments" },
  { name: "customer", at: (shop) => found(shop, "/admin/customers", "items", (c) => c.orders > 1) },
  { name: "inquiry", at: (shop) => found(shop, "/admin/inquiries", "items") },
  { name: "message-template", at: "/admin/message-templates/order_shipped" },
  { name: "funnel", at: "/admin/funnel" },
  { name: "cards", at: "/admin/funnel/cards" },
  { name: "home", at: "/admin" },
  { name: "jobs", at: "/admin/jobs" },
  { name: "palette", at: "/admin", first: palette },
];

// ---- the ways to what is shown ------------------------------------------------------------------------------------

let desk = null;

/** The JSON of an address of the back office, as its owner gets it. */
async function asked(shop, address) {
  const [place, search = ""] = address.split("?");
  const answer = await desk.request.get(`${place}.json${search ? `?${search}` : ""}`);
  assert.equal(answer.status(), 200, address);
  return answer.json();
}

/** The page of the first thing in a list that fits. */
async function found(shop, list, field, fits = () => true) {
  const items = (await asked(shop, list))[field];
  const item = items.find(fits) ?? items[0];
  assert.ok(item, `${list} shows something`);
  return `${list.split("?")[0]}/${item.id}`;
}

const productOf = (shop, sku) => found(shop, `/admin/products?q=${sku}`, "items");
const orderIn = (shop, tab, fits) => found(shop, `/admin/orders?tab=${tab}`, "items", fits);

async function stockItem(shop) {
  const { items } = await asked(shop, "/admin/inventory");
  const held = items.find((item) => item.reserved > 0) ?? items[0];
  return `/admin/inventory/variants/${held.variant_id}`;
}

/** The bundle among the teas. */
async function bundle(shop) {
  const { items } = await asked(shop, "/admin/products");
  for (const { id } of items) {
    const { variants } = await asked(shop, `/admin/products/${id}`);
    const made = variants.find((variant) => variant.parts?.length > 0);
    if (made) return `/admin/variants/${made.id}/bundle`;
  }
  throw new Error("the demonstration has no bundle");
}

async function walk(page) {
  await page.locator("#walk button[type=submit]").click();
  await page.locator("#walk table").waitFor();
}

async function bulk(page) {
  const boxes = page.locator("#rows tbody input[type=checkbox]");
  for (const at of [0, 1, 2]) await boxes.nth(at).check();
  await page.locator(".bulk-bar button").first().click();
  await page.waitForURL(/products\/bulk/);
  await page.locator("#what").selectOption("percent_down");
  await page.locator("#percent").fill("10");
  await page.locator("form:has([name=preview]) button[type=submit]").click();
  await page.locator("#bulk-page table").first().waitFor();
}

async function check(page) {
  const file = ["handle,title,sku,price", "first-tea,,TEA-900,580", "second-tea,Second tea,TEA-901,many"].join("\n");
  await page.locator("input[type=file]").setInputFiles({ name: "goods.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
  await page.locator("main form button[type=submit]").first().click();
  await page.locator("main table").first().waitFor();
}

async function openMenus(page) {
  await page.locator("main details.menu > summary").first().click();
}

/** What a delay of some days would reach. */
async function delay(page) {
  const later = new Date(Date.now() + 5 * 24 * 3_600_000).toISOString().slice(0, 10);
  await page.locator("#d-on").fill(later);
  await page.locator("form:has(#d-on) button[type=submit]").click();
  await page.locator("main .banner, main .blank").first().waitFor();
}

/** One unit more, with the difference worked out. */
async function another(page) {
  const units = page.locator("table.lines input.units").first();
  await units.fill(String(Number(await units.inputValue()) + 1));
  await page.locator("#f-reason").fill("…");
  await page.locator(".order-side button[type=submit]").first().click();
  await page.locator("dl.sums").waitFor();
}

async function refund(page) {
  const money = page.locator("form[data-refund]").locator("xpath=ancestor::details");
  if (!(await money.evaluate((element) => element.open))) await money.locator("summary").first().click();
}

async function draft(page) {
  await page.locator("main form button[type=submit]").nth(1).click();
  await page.waitForURL(/order-drafts/);
  for (const sku of ["OL-JXN-S015", "OL-ALS-S015"]) {
    await page.locator("#q").fill(sku);
    await page.locator("#q").press("Enter");
    await page.locator("table.lines").filter({ hasText: sku }).waitFor();
  }
}

async function palette(page) {
  await page.keyboard.press("Control+k");
  await page.locator("#palette-q").fill("oolong");
  await page.locator("#palette-list [role=option]").first().waitFor();
}

// ---- taking them --------------------------------------------------------------------------------------------------

/** Outlines what the text speaks of. */
async function mark(page, selector) {
  const box = await page.locator(selector).first().boundingBox();
  assert.ok(box, `${page.url()} has no ${selector}`);
  await page.evaluate(({ x, y, width, height }) => {
    const frame = document.createElement("div");
    const place = { position: "absolute", left: `${x + scrollX - 4}px`, top: `${y + scrollY - 4}px`, width: `${width + 8}px`, height: `${height + 8}px` };
    Object.assign(frame.style, place, { border: "3px solid #c2410c", borderRadius: "8px", pointerEvents: "none", zIndex: "1000" });
    document.body.append(frame);
  }, box);
}

/** What part of the page is shown, in its own pixels. */
async function shown(page, { only, height }) {
  if (!only) return { x: 0, y: 0, width: SCREEN.width, height: height ?? SCREEN.height };
  const part = page.locator(only).first();
  // What sticks to the top of the window would lie over the part.
  await page.evaluate(() => scrollTo(0, 0));
  const box = await part.boundingBox();
  assert.ok(box, `${page.url()} has no ${only}`);
  const scrolled = await page.evaluate(() => [scrollX, scrollY]);
  const most = height ?? 900;
  return { x: Math.max(0, box.x + scrolled[0] - 8), y: Math.max(0, box.y + scrolled[1] - 8), width: box.width + 16, height: Math.min(box.height + 16, most) };
}

async function webp(page, clip) {
  const devtools = await page.context().newCDPSession(page);
  for (const quality of QUALITIES) {
    const { data } = await devtools.send("Page.captureScreenshot", {
      format: "webp",
      quality,
      clip: { ...clip, scale: 1 },
      // Otherwise the window takes another size for a moment, and charts are drawn anew for it.
      captureBeyondViewport: clip.y + clip.height > SCREEN.height,
    });
    const bytes = Buffer.from(data, "base64");
    if (bytes.length <= ONE_LIMIT) return bytes;
  }
  throw new Error(`${page.url()} makes a picture of more than ${ONE_LIMIT} bytes`);
}

async function take(shop, page, language, picture) {
  const address = typeof picture.at === "string" ? picture.at : await picture.at(shop);
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200, address);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
  await picture.first?.(page);
  if (await page.locator("[data-chart]").count()) {
    await page.locator("[data-chart] canvas").first().waitFor();
    // A chart takes the width of its card a moment after it is there.
    await page.waitForTimeout(CHART_MS);
  }
  for (const selector of picture.marks ?? []) await mark(page, selector);
  const bytes = await webp(page, await shown(page, picture));
  await writeFile(path.join(FOLDER, language, `${picture.name}.webp`), bytes);
  return bytes.length;
}

/** Old pictures that nothing asks for any more go. */
async function clearOthers(folder) {
  const names = new Set(PICTURES.map(({ name }) => `${name}.webp`));
  for (const file of await readdir(folder)) if (!names.has(file)) await rm(path.join(folder, file));
}

async function main() {
  const wanted = process.argv.slice(2);
  const pictures = PICTURES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const shop = await startShop();
  const closing = [];
  const work = { after: (close) => closing.push(close) };
  const failed = [];
  let total = 0;
  try {
    const session = await owner(shop);
    for (const [language, locale] of Object.entries(LANGUAGES)) {
      const folder = path.join(FOLDER, language);
      await mkdir(folder, { recursive: true });
      await clearOthers(folder);
      const page = await newPage(work, shop, { session, locale });
      desk = page;
      await page.setViewportSize(SCREEN);
      await page.goto(`/admin?lang=${language}`);
      for (const picture of pictures) {
        try {
          const bytes = await take(shop, page, language, picture);
          total += bytes;
          console.log(`${language}/${picture.name}.webp  ${Math.ceil(bytes / 1024)} KiB`);
        } catch (error) {
          failed.push(`${language}/${picture.name}`);
          console.error(`${language}/${picture.name}: ${String(error).split("\n", 4).join(" ")}`);
        }
      }
    }
    for (const close of closing) await close();
  } finally {
    await desk?.context().browser()?.close();
    await shop.stop();
  }
  assert.ok(total <= ALL_LIMIT, `all pictures together have ${total} bytes`);
  assert.equal(failed.length, 0, `not taken: ${failed.join(", ")}`);
}

await main();
