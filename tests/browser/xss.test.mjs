// What people type is text wherever it is shown: texts that want to be more are typed into every field of every form
// of the shop and of the back office, then every page is opened, every letter read and every list taken as a file.
// Runs last, because afterwards nothing in the shop has a sensible name.

import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { newPage, owner, startShop } from "./lib.mjs";
import { toCheckout } from "./steps.mjs";

/** Breaks out of an attribute, a comment, a title, a text area and a script at once. For forms that show again what was typed. */
const EVERYWHERE = `"'>--></title></textarea></script></style><img src=x onerror=zx(1)><svg onload=zx(2)>q{{7*7}}q`;
/** Short enough to be kept: one for each place where a text can end up. */
const KEPT = [
  `"><img src=x onerror=zx(3)>`,
  `' onmouseover='zx(4)`,
  `" autofocus onfocus="zx(5)`,
  `</script><script>zx(6)</script>`,
  `<svg onload=zx(7)>`,
  `q{{7*7}}q\${7*7}<%=7*7%>`,
  `</style><b style=zx:1>`,
  `[a](javascript:zx(8))`,
  `<a href="javascript:zx(9)">`,
  `</title><script>zx(10)</script>`,
  `=1+zx(11)`,
  `{% raw %}--><script>zx(12)</script>`,
];
/** Where a text becomes an address. */
const ADDRESS = "javascript:zx(13)";

/** Forms that end the session, are no place for a text, or write letters, whose words are markup and a template by their nature. */
const LEFT_ALONE = /\/(sign-in|sign-out|password|second-factor|sessions?|links|erasure|import|message-templates)(\/|$)/;
/** Fields whose text must be of a kind, or everything beside them is refused with them. */
const OF_A_KIND = /handle|code|sku|price|amount|percent|quantity|place|rate|weight|_mm|country|currency|locale|account|number|reference|minutes|days|hours|cutoff|digits|last_five|token|key|parent|method/;
/** Answers that refuse are what is wanted here; what fails is not. */
// The preview of a letter stands in a box of no origin, to which even the shop's own icon is foreign.
const REFUSALS = [
  /^answer: .* got status 4\d\d$/,
  /^console: Failed to load resource: .* 4\d\d /,
  /^console: .*NotSameOrigin .*favicon\.ico/,
];

/** Every address that shows a page, with how to recognise one. */
async function addresses(shop) {
  const routes = await shop.command("routes");
  const patterns = routes.filter(({ method }) => method === "GET").map(({ path: place }) => place);
  const known = patterns.map((place) => [place, new RegExp(`^${place.replace(/\{\w+\}/g, "[^/]+")}$`), place.split("{").length]);
  known.sort((a, b) => a[2] - b[2]);
  const patternOf = (place) => known.find(([, is]) => is.test(place))?.[0];
  return { patternOf, exports: patterns.filter((place) => /^\/admin\/[^{]*\/export$/.test(place)) };
}

const PAGES_ONLY = /\/(export|media|assets|sitemaps?|file)(\/|\.|$)|\.(json|txt|xml)$/;

/** One page of each kind that can be reached from `starts`. */
async function reach(page, patternOf, starts) {
  const found = new Map();
  const waiting = [...starts];
  while (waiting.length > 0) {
    const place = waiting.shift();
    const pattern = patternOf(place.split("?")[0]);
    if (!pattern || found.has(pattern) || PAGES_ONLY.test(pattern) || /sign-out/.test(pattern)) continue;
    found.set(pattern, place);
    const answer = await page.request.get(place, { headers: { accept: "text/html" } });
    assert.ok(answer.status() < 500, `${place} got ${answer.status()}`);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) {
      found.delete(pattern);
      continue;
    }
    const html = (await answer.text()).replaceAll("&#x2f;", "/").replaceAll("&amp;", "&");
    for (const [, link] of html.matchAll(/href="(\/[^"#]*)"/g)) waiting.push(link);
  }
  return [...found.values()];
}

/** The forms of the open page that have something to type into. */
function formsOf() {
  const typed = (field) => field.matches("textarea, input[type=text], input[type=search], input[type=url], input:not([type])") && !field.readOnly && !field.disabled;
  return [...document.forms].flatMap((form, index) => {
    const names = [...form.elements].filter(typed).map((field) => field.name).filter(Boolean);
    const action = new URL(form.getAttribute("action") ?? location.href, location.href);
    return names.length === 0 ? [] : [{ index, method: form.method, path: action.pathname + action.search, names }];
  });
}

/** Types into a form and sends it, past everything that a browser would check first. */
function send({ index, texts, address }) {
  const form = document.forms[index];
  let turn = 0;
  for (const field of form.elements) {
    if (field.disabled || field.readOnly || !field.name) continue;
    if (field.matches("input[type=url], [name*=url], [name*=link]")) field.value = address;
    else if (field.matches("textarea, input[type=text], input[type=search], input:not([type])")) {
      const text = texts[field.name];
      if (text !== undefined) field.value = text;
      turn += 1;
    } else if (field.matches("input[type=email]")) field.value ||= "ada@people.test";
    else if (field.matches("input[type=tel]")) field.value ||= "0912345678";
    else if (field.matches("input[type=number]")) field.value ||= field.min || "1";
    else if (field.matches("select") && !field.value) field.value = field.options[field.options.length - 1]?.value ?? "";
  }
  const button = form.querySelector("button[name], input[type=submit][name]");
  if (button) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: button.name, value: button.value }));
  HTMLFormElement.prototype.submit.call(form);
  return turn;
}

/** What a page has that was typed to be more than text; nothing in a page that is in order. */
function strange() {
  const wrong = [];
  const leads = ["href", "src", "action", "formaction", "data", "xlink:href", "poster"];
  for (const element of document.querySelectorAll("*")) {
    const { outerHTML } = element;
    const told = outerHTML.slice(0, 140);
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) wrong.push(`handler ${name}: ${told}`);
      if (leads.includes(name) && /^\s*(javascript|data:text)/i.test(value)) wrong.push(`address: ${told}`);
    }
    if (element.matches("img[src='x'], [autofocus][onfocus], iframe, object, embed, base")) wrong.push(`element: ${told}`);
    if (element.matches("script:not([src])")) {
      if (element.type === "application/ld+json") {
        try {
          JSON.parse(element.textContent);
        } catch (error) {
          wrong.push(`data that cannot be read: ${error}`);
        }
      } else if (/zx\(/.test(element.textContent)) wrong.push(`script: ${told}`);
    }
  }
  if (/q49q/.test(document.documentElement.innerHTML)) wrong.push("a template was run");
  return wrong;
}

/** The same of a whole page, which has its parts besides. */
async function inOrder(page, where) {
  const wrong = await page.evaluate(strange);
  // A letter is no page of the house.
  if (/\/preview(\?|$)/.test(page.url())) return assert.deepEqual(wrong, [], `${where} at ${page.url()}`);
  const parts = await page.evaluate(() => ["main", "h1", "title"].filter((part) => document.querySelectorAll(part).length !== 1 && !(part === "title" && document.title)));
  assert.deepEqual([...wrong, ...parts.map((part) => `not one ${part}`)], [], `${where} at ${page.url()}`);
}

const QUICK = { waitUntil: "domcontentloaded" };

/** Sends a form and waits for the page that comes of it. */
async function navigate(page, index, texts) {
  await Promise.all([page.waitForEvent("domcontentloaded"), page.evaluate(send, { index, texts, address: ADDRESS })]);
}

/** Sends a form beside the page and looks at the page that shows again what was typed. */
async function shownAgain(page, index, texts) {
  const { action, fields } = await page.evaluate(
    ({ index: at, texts: typed, address }) => {
      const form = document.forms[at];
      const said = new FormData(form);
      for (const [name, text] of Object.entries(typed)) said.set(name, /url|link/.test(name) ? address : text);
      const action = new URL(form.getAttribute("action") ?? location.href, location.href).href;
      return { action, fields: [...said].filter(([, value]) => typeof value === "string") };
    },
    { index, texts, address: ADDRESS },
  );
  const answer = await page.request.post(action, {
    headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded", origin: new URL(page.url()).origin },
    data: new URLSearchParams(fields).toString(),
    maxRedirects: 0,
  });
  assert.ok(answer.status() < 500, `${action} got ${answer.status()}`);
  assert.deepEqual(await strangeIn(page, await answer.text()), [], `${action} shows again what was typed`);
}

/** The same of a page that is not open. */
function strangeIn(page, html) {
  return page.evaluate(
    ([text, check]) => {
      const read = new DOMParser().parseFromString(text, "text/html");
      return new Function("document", `return (${check})()`)(read);
    },
    [html, strange.toString()],
  );
}

/** Types into every form of some pages. */
async function typeEverywhere(page, places) {
  const seen = new Set();
  let forms = 0;
  let fields = 0;
  for (const place of places) {
    await page.goto(place, QUICK);
    for (const form of await page.evaluate(formsOf)) {
      const sign = `${form.method} ${form.path.replace(/\w+_[0-9a-z]{26}|[\w-]{32}/g, "*")} ${form.names.join()}`;
      if (seen.has(sign) || LEFT_ALONE.test(form.path.split("?")[0])) continue;
      seen.add(sign);
      // What was sent before may have moved the forms of the page.
      const there = await page.evaluate(formsOf);
      if (!there.some(({ index, names }) => index === form.index && names.join() === form.names.join())) continue;
      forms += 1;
      fields += form.names.length;
      const every = Object.fromEntries(form.names.map((name) => [name, EVERYWHERE]));
      const some = form.names.filter((name) => !OF_A_KIND.test(name)).map((name, turn) => [name, KEPT[(turn + forms) % KEPT.length]]);
      if (form.method === "get") await navigate(page, form.index, every);
      else await shownAgain(page, form.index, every);
      await inOrder(page, `after ${sign}`);
      if (form.method === "get" || some.length === 0) await page.goto(place, QUICK);
      else {
        await navigate(page, form.index, Object.fromEntries(some));
        await inOrder(page, `after ${sign}`);
        await page.goto(place, QUICK);
      }
    }
  }
  return { forms, fields };
}

/** A customer whose name, address, order and question are such texts, by the addresses that programs use. */
async function customer(shop) {
  let cart;
  const tell = async (method, place, body) => {
    const headers = { accept: "application/json", "content-type": "application/json", ...(cart && { "cart-token": cart }) };
    const answer = await fetch(new URL(place, shop.url), { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    assert.ok(answer.status < 400, `${method} ${place} got ${answer.status}: ${text}`);
    cart ??= answer.headers.get("cart-token");
    return JSON.parse(text);
  };
  const { variants } = await tell("GET", "/products/jasmine-green.json");
  await tell("POST", "/cart/lines", { variant_id: variants[0].id, quantity: 1 });
  const email = "=zx@people.test";
  await tell("PUT", "/checkout", {
    email,
    phone: "0912345678",
    shipping_address: { name: KEPT[0], phone: "0912345678", country: "TW", postal_code: "106", region: "臺北市", city: "大安區", line1: KEPT[3] },
    payment_method: "cash_on_delivery",
    delivery_method: "home",
    gift_message: KEPT[5],
    note: EVERYWHERE,
  });
  const { order } = await tell("POST", "/checkout/complete", {});
  await tell("POST", "/contact", { name: "=1+zx(11)", email, message: EVERYWHERE, order_number: order.number });
  await tell("POST", "/contact", { name: KEPT[4], email, message: KEPT[3] });
  return order;
}

test("A17, A20: what people type is text in every page, letter and file", async (t) => {
  const shop = await startShop();
  const { patternOf, exports } = await addresses(shop);
  const order = await customer(shop);
  const ran = [];
  const reader = async (session) => {
    const page = await newPage(t, shop, { session, tolerate: REFUSALS });
    await page.exposeFunction("zx", (place) => ran.push(`${place} at ${page.url()}`));
    page.on("dialog", (dialog) => {
      ran.push(`a dialog says ${dialog.message()}`);
      dialog.dismiss();
    });
    return page;
  };
  const session = await owner(shop);
  const shopperStarts = ["/", `/orders/${order.token}`, "/checkout", "/account/sign-up", "/account/forgotten", "/orders/lookup", "/contact", "/search?q=x"];

  await t.test("typed into every form of the shop", async (step) => {
    const page = await newPage(step, shop, { javaScript: false, tolerate: REFUSALS });
    await toCheckout(page, "jasmine-green");
    const { forms, fields } = await typeEverywhere(page, await reach(page, patternOf, shopperStarts));
    step.diagnostic(`${fields} fields of ${forms} forms`);
    assert.ok(forms >= 4, `${forms}`);
  });

  await t.test("typed into every form of the back office", async (step) => {
    const page = await newPage(step, shop, { javaScript: false, session, tolerate: REFUSALS });
    const starts = ["/admin", `/admin/orders/${order.id}`, "/admin/settings", "/admin/staff", "/admin/message-templates/order_shipped"];
    const { forms, fields } = await typeEverywhere(page, await reach(page, patternOf, starts));
    step.diagnostic(`${fields} fields of ${forms} forms`);
    assert.ok(forms >= 25, `${forms}`);
  });

  await t.test("shown on every page", async (step) => {
    for (const [who, starts] of [
      [undefined, shopperStarts],
      [session, ["/admin", `/admin/orders/${order.id}`, "/admin/inquiries", "/admin/customers", "/admin/products", "/admin/settings"]],
    ]) {
      const page = await reader(who);
      const places = await reach(page, patternOf, starts);
      for (const place of places) {
        const answer = await page.goto(place, { waitUntil: "load" });
        assert.ok(answer.status() < 500, place);
        await inOrder(page, "shown");
      }
      step.diagnostic(`${places.length} pages`);
    }
    assert.deepEqual(ran, []);
  });

  await t.test("read in every letter", async (step) => {
    if (!shop.dataDir) return step.skip("the letters are elsewhere");
    const page = await reader();
    const folder = path.join(shop.dataDir, "mail");
    const letters = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".eml"));
    for (const name of letters) {
      const html = htmlOf(await readFile(path.join(folder, name), "latin1"));
      const wrong = await strangeIn(page, html);
      assert.deepEqual(wrong, [], name);
    }
    step.diagnostic(`${letters.length} letters`);
    assert.ok(letters.length > 0);
    assert.deepEqual(ran, []);
  });

  await t.test("a formula in no file", async (step) => {
    const page = await reader(session);
    let guarded = 0;
    for (const place of exports) {
      const csv = await page.request.get(`${place}?format=csv`);
      assert.equal(csv.status(), 200, place);
      for (const cell of cells(await csv.text())) {
        assert.ok(!/^\s*[=+@\t\r]|^\s*-(?!\d+([.,]\d+)?$)/.test(cell), `${place} has ${JSON.stringify(cell)}`);
        if (cell.includes("zx")) guarded += 1;
      }
      const xlsx = await page.request.get(`${place}?format=xlsx`);
      assert.equal(xlsx.status(), 200, place);
      for (const [name, text] of unzipped(await xlsx.body())) assert.ok(!/<f[ >]/.test(text), `${place}: ${name}`);
    }
    step.diagnostic(`${exports.length} lists, ${guarded} cells with what was typed`);
    assert.ok(guarded > 0, "what was typed is in the files");
  });
});

/** The part of a letter that is a page. */
function htmlOf(letter) {
  const boundary = /boundary="?([^"\s;]+)/i.exec(letter)?.[1];
  const parts = boundary ? letter.split(`--${boundary}`) : [letter];
  const part = parts.find((text) => /content-type: *text\/html/i.test(text)) ?? "";
  const [head, ...rest] = part.split(/\r?\n\r?\n/);
  const body = rest.join("\n\n");
  if (/encoding: *base64/i.test(head)) return Buffer.from(body, "base64").toString("utf8");
  if (!/quoted-printable/i.test(head)) return Buffer.from(body, "latin1").toString("utf8");
  const bytes = body.replace(/=\r?\n/g, "").replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** All cells of a CSV file. */
function cells(text) {
  const found = [];
  for (const [, quoted, plain] of text.replace(/^\uFEFF/, "").matchAll(/"((?:[^"]|"")*)"|([^",\r\n]+)/g)) found.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
  return found;
}

/** Names and texts of the files in an archive. */
function unzipped(archive) {
  const files = [];
  let at = archive.readUInt32LE(archive.lastIndexOf("PK\x05\x06", undefined, "latin1") + 16);
  while (archive.readUInt32LE(at) === 0x02014b50) {
    const [size, name, extra, comment] = [archive.readUInt32LE(at + 20), archive.readUInt16LE(at + 28), archive.readUInt16LE(at + 30), archive.readUInt16LE(at + 32)];
    const start = archive.readUInt32LE(at + 42);
    const content = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
    const bytes = archive.subarray(content, content + size);
    const text = archive.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes;
    files.push([archive.toString("utf8", at + 46, at + 46 + name), text.toString("utf8")]);
    at += 46 + name + extra + comment;
  }
  return files;
}
