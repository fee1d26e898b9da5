// Opens pages in Chromium and tells what is on them, as JSON on standard output: one entry per page.
// usage: node look.mjs CHROMIUM PAGE.html...      (playwright-core and axe-core beside this file)
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(import.meta.url);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const [executablePath, ...files] = process.argv.slice(2);
const args = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

// What a reader sees of the days: the date, and each dose with what it is made of; hidden rows are not seen.
function seen() {
  const visible = (one) => one.getClientRects().length > 0 && getComputedStyle(one).visibility === "visible";
  return [...document.querySelectorAll("table.days tbody tr")].filter(visible).map((row) => ({
    date: row.querySelector("time").dateTime,
    shown: row.querySelector("time").textContent,
    doses: [...row.querySelectorAll("td strong")].filter(visible).map((dose) => dose.textContent),
    boxes: [...row.querySelectorAll(".box")].filter(visible).length,
  }));
}

// How far the page is wider than the window, and everything that sticks out of it.
function wider() {
  const root = document.documentElement;
  const out = [...document.querySelectorAll("body *")].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width > 1 && (box.right > root.clientWidth + 1 || box.left < -1);
  });
  return { by: root.scrollWidth - root.clientWidth, out: out.map((one) => one.outerHTML.slice(0, 100)) };
}

// The smallest letters in px, as they are drawn (a picture scales its own).
function smallest() {
  let least = Infinity;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const holder = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !holder.getClientRects().length) continue;
    const svg = holder.closest("svg");
    const scale = svg ? svg.getBoundingClientRect().width / svg.viewBox.baseVal.width : 1;
    least = Math.min(least, parseFloat(getComputedStyle(holder).fontSize) * scale);
  }
  return least;
}

async function faults(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  return found.violations.map((one) => `${one.id}: ${one.help}: ${one.nodes[0].html.slice(0, 120)}`);
}

const browser = await chromium.launch({ executablePath, args });
const told = [];
for (const file of files) {
  const requests = [], errors = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  page.on("request", (one) => requests.push(one.url()));
  page.on("console", (one) => errors.push(one.text()));
  await page.goto(pathToFileURL(file).href);
  const wide = { rows: await page.evaluate(seen), wider: await page.evaluate(wider), faults: await faults(page) };
  if (process.env.PICTURES) await page.screenshot({ path: file.replace(/html$/, "wide.png"), fullPage: true });
  await page.setViewportSize({ width: 320, height: 640 });
  const narrow = { rows: await page.evaluate(seen), wider: await page.evaluate(wider), faults: await faults(page) };
  if (process.env.PICTURES) await page.screenshot({ path: file.replace(/html$/, "narrow.png"), fullPage: true });
  // A window of 1280 by 1024 px at 400 %, as WCAG 1.4.10 asks: each px of the page is four of the screen.
  const screen = await page.context().newCDPSession(page);
  const magnified = { width: 320, height: 256, deviceScaleFactor: 4, mobile: false };
  await screen.send("Emulation.setDeviceMetricsOverride", magnified);
  const zoomed = { rows: await page.evaluate(seen), wider: await page.evaluate(wider), faults: await faults(page) };
  zoomed.scale = await page.evaluate(() => devicePixelRatio);
  if (process.env.PICTURES) await page.screenshot({ path: file.replace(/html$/, "zoomed.png") });
  await screen.send("Emulation.clearDeviceMetricsOverride");
  // The width of A4 between its margins.
  await page.setViewportSize({ width: 680, height: 970 });
  await page.emulateMedia({ media: "print" });
  const print = { rows: await page.evaluate(seen), smallest: await page.evaluate(smallest) };
  await page.pdf({ path: file.replace(/html$/, "printed.pdf"), preferCSSPageSize: true, printBackground: false });
  told.push({ file, requests: requests.slice(1), errors, wide, narrow, zoomed, print });
  await page.close();
}
await browser.close();
process.stdout.write(JSON.stringify(told));
