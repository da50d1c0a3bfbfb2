// Opens an authorize address in a real Chromium, decides as a person does, and tells what the page is
// that the browser ends at: as one JSON value on standard output.
//
// Usage: node browser.mjs PLAYWRIGHT AXE CHROMIUM ADDRESS approve|refuse SCREENSHOT

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const [playwright, axe, executablePath, address, decision, screenshot] = process.argv.slice(2);
const { chromium } = await import(pathToFileURL(join(playwright, "index.mjs")));

// Continuous integration runs as root, where Chromium's own sandbox does not work.
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const page = await browser.newPage({ viewport: { width: 900, height: 600 } });
  await page.goto(address);
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.locator(`button[value=${decision}]`).click();
  await page.waitForURL((url) => url.pathname === "/callback");
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: screenshot });
  // The page's own policy allows no script; this one stands outside of the page.
  await page.evaluate(readFileSync(join(axe, "axe.min.js"), "utf8"));
  const result = await page.evaluate(() => globalThis.axe.run(document));
  const strip = ({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map((node) => node.html) });
  const answer = {
    title: await page.title(),
    heading: await page.locator("h1").innerText(),
    text: await page.locator("body").innerText(),
    language: await page.locator("html").getAttribute("lang"),
    // Besides the form's own answer and the page, nothing may be fetched.
    fetched: requests.filter((url) => !url.includes("/authorize") && !url.includes("/callback")),
    checked: result.passes.length,
    violations: result.violations.map(strip),
  };
  process.stdout.write(JSON.stringify(answer));
} finally {
  await browser.close();
}
