import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import axe, { type AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";

/**
 * Paths of Debian's browser, which `./run test services` installs if neither exists, and Chrome's.
 */
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/google-chrome"];
const ARGUMENTS = [
  // Chromium's own sandbox doesn't start for root, who runs these tests. It loads only the
  // project's own page.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Widths of screens, in pixels. */
export const PHONE = 390;
export const DESKTOP = 1_280;

/** Time limit of every wait of a test in milliseconds, far more than needed on a busy machine. */
const BOUND_MS = 180_000;

/** Starts a browser with an empty profile; close it when done. */
export function startBrowser(): Promise<Browser> {
  const executablePath = BROWSERS.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error(`there is no browser; expected one of ${BROWSERS.join(", ")}`);
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** A page, and the problems on it. */
export interface Visit extends AsyncDisposable {
  page: Page;
  /**
   * Errors of its scripts, violations of its policy, console errors, and requests to other sites.
   */
  problems: string[];
}

/** Opens a page in its own window. */
export async function visit(
  browser: Browser,
  url: string,
  { width, colorScheme }: { width: number; colorScheme: "light" | "dark" },
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme, reducedMotion: "reduce" });
  const page = await context.newPage();
  page.setDefaultTimeout(BOUND_MS);
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // The browser reports each answer of 400 and above as an error. The tests check how the page
    // handles them.
    const answer = /^Failed to load resource: the server responded with a status of/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !answer) problems.push(message.text());
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol !== "data:" && origin !== new URL(url).origin) problems.push(`a request to ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems, [Symbol.asyncDispose]: () => context.close() };
}

/** Checks that the page has no problems, fits its screen, and passes the accessibility rules. */
export async function inOrder(page: Page, problems: string[]): Promise<void> {
  assert.deepEqual(problems, []);
  const [content, window] = await page.evaluate<[number, number]>("[document.documentElement.scrollWidth, innerWidth]");
  assert.ok(content <= window, `the page is ${content} px wide on a screen of ${window} px`);
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>("axe.run()");
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(", ")}`),
    [],
  );
}
