// Pictures of a product: the owner sends several at once, says what they show and drags them into order; shoppers see
// them in widths that fit, swipe or step through them, and enlarge them, with a script and without.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import zlib from "node:zlib";
import { axe, newPage, owner, shot, startShop } from "./lib.mjs";
import { inOrder, SCREENS } from "./steps.mjs";

const TEA = "jasmine-green";

/** A PNG of two colours, made here, so that no picture has to lie in the repository. */
function png(width, height, [red, green, blue]) {
  const chunk = (kind, data) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const rows = Buffer.alloc((1 + width * 3) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = y * (1 + width * 3) + 1 + x * 3;
      const inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (width / 3) ** 2;
      rows.set(inside ? [red, green, blue] : [241, 234, 221], at);
    }
  }
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", head), chunk("IDAT", zlib.deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (sum ^ 0xffffffff) >>> 0;
}

const file = (name, size, colour) => ({ name, mimeType: "image/png", buffer: png(size, size, colour) });

/** Opens the back office's page of the tea. */
async function openTea(page) {
  await page.goto(`/admin/products?q=${TEA}`);
  await page.locator("#rows .row-link, .row-link").first().click();
  await page.locator("#pictures").waitFor();
}

const places = (page) => page.locator("#pictures .pictures:not(.pictures-removed) > li");

describe("the owner's pictures", () => {
  /** A14, STF-12: several at once; one that is none is named and the others are there; words, order, undo. */
  test("are sent, described, ordered, removed and put back", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { session: await owner(shop), tolerate: [/pictures got status 422/, /status of 422/] });
    await openTea(page);
    const before = await places(page).count();
    await page.locator("#pictures-files").setInputFiles([
      file("front.png", 1200, [47, 93, 74]),
      { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no picture") },
      file("leaves.png", 900, [161, 67, 42]),
    ]);
    await page.getByRole("button", { name: "上傳" }).click();
    await page.locator("[data-refused] li").getByText("「notes.txt」不是圖片").waitFor();
    await page.waitForFunction((n) => document.querySelectorAll("#pictures .pictures:not(.pictures-removed) > li").length === n, before + 2);
    await inOrder(page, "desk-pictures");

    const last = places(page).nth(before + 1);
    const id = await last.getAttribute("id");
    await last.locator("summary").click();
    await last.getByLabel("圖片說明（繁體中文）").fill("攤開的茶葉");
    await axe(page);
    await shot(page, "desk-pictures-words", { fullPage: true });
    await last.getByRole("button", { name: "儲存" }).click();
    await page.locator(`[id="${id}"] img[alt="攤開的茶葉"]`).waitFor();

    await page.locator(`[id="${id}"]`).dragTo(places(page).first());
    await page.waitForFunction((first) => document.querySelector("#pictures .pictures > li")?.id === first, id);
    await places(page).first().getByRole("button", { name: /^往後移/ }).click();
    await page.waitForFunction((second) => document.querySelectorAll("#pictures .pictures > li")[1]?.id === second, id);

    await page.locator(`[id="${id}"]`).getByRole("button", { name: /移除/ }).click();
    await page.getByText("圖片已移除，可以在下方放回。").waitFor();
    assert.equal(await places(page).count(), before + 1);
    await page.getByText(/^最近移除的圖片/).click();
    await page.getByRole("button", { name: "放回" }).first().click();
    await page.locator(`[id="${id}"]`).waitFor();
    assert.equal(await places(page).count(), before + 2);

    await page.getByLabel("影片網址").fill("https://youtu.be/dQw4w9WgXcQ?si=abc");
    await page.locator("#video").getByRole("button", { name: "儲存" }).click();
    await page.getByText("已儲存").first().waitFor();
    assert.equal(await page.getByLabel("影片網址").inputValue(), "https://www.youtube.com/watch?v=dQw4w9WgXcQ");
  });
});

describe("the gallery", () => {
  for (const viewport of SCREENS) {
    /** STF-05, STF-10, STF-12, TRF-18: thumbnails, the picture that fits, enlarging by keyboard, and a film unloaded. */
    test(`shows pictures and enlarges them on a ${viewport}`, async (t) => {
      const shop = await startShop();
      const page = await newPage(t, shop, { viewport });
      await page.goto(`/products/${TEA}`);
      await inOrder(page, `product-gallery-${viewport}`);
      const thumbs = page.locator(".thumbs a");
      const count = await thumbs.count();
      assert.ok(count >= 3, `${count} thumbnails`);
      await thumbs.nth(count - 1).click();
      await page.waitForFunction(() => {
        const gallery = document.querySelector(".gallery");
        return gallery.scrollLeft + gallery.clientWidth >= gallery.scrollWidth - 40;
      });
      assert.equal(await thumbs.nth(count - 1).getAttribute("aria-current"), "true");
      const fitting = await page.locator(".gallery img[srcset]").first().evaluate(async (image) => {
        image.loading = "eager";
        await image.decode();
        return image.currentSrc;
      });
      assert.match(fitting, /-(640|1280)\.webp$/, "a browser takes a width of its screen");

      await page.locator(".gallery a[data-zoom]").first().click();
      const dialog = page.locator("dialog[data-zoom-dialog]");
      await dialog.waitFor();
      const first = await dialog.locator("img").getAttribute("src");
      await page.keyboard.press("ArrowRight");
      assert.notEqual(await dialog.locator("img").getAttribute("src"), first);
      await dialog.getByText(`2 / ${count}`).waitFor();
      await axe(page);
      await shot(page, `product-zoom-${viewport}`);
      await page.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });

      const film = page.getByRole("link", { name: /觀看影片介紹/ });
      assert.equal(await film.getAttribute("href"), "https://www.youtube.com/watch?v=dQw4w9WgXcQ");
      assert.equal(await film.getAttribute("rel"), "noopener noreferrer");
    });
  }

  /** STF-05: without a script a picture is a link to its large version, and thumbnails jump to theirs. */
  test("works without a script", async (t) => {
    const shop = await startShop();
    const page = await newPage(t, shop, { viewport: "phone", javaScript: false });
    await page.goto(`/products/${TEA}`);
    await page.locator(".thumbs a").nth(1).click();
    assert.equal(new URL(page.url()).hash, "#picture-2");
    const large = await page.locator(".gallery a[data-zoom]").first().getAttribute("href");
    const answer = await fetch(new URL(large, shop.url));
    assert.match(answer.headers.get("content-type"), /^image\//);
  });
});
