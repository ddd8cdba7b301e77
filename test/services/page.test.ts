import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { waitUntil } from "@gifticon/runtime/wait-until.ts";
import { type Backing, startBacking } from "../../services/testing/backing.ts";
import { DESKTOP, inOrder, PHONE, startBrowser, visit } from "./support/browser.ts";
import { Crowd, range } from "./support/client.ts";
import { createEvent } from "../../services/testing/event.ts";

let backing: Backing;
let browser: Browser;
before(async () => {
  backing = await startBacking();
  browser = await startBrowser();
});
after(async () => {
  await browser.close();
  await backing[Symbol.asyncDispose]();
});

const text = (page: Page, id: string) => page.locator(`#${id}`).innerText();

/** Waits until the page shows these figures. */
async function shows(page: Page, figures: Record<string, string>): Promise<void> {
  await waitUntil(`the figures ${JSON.stringify(figures)}`, async () => {
    for (const [id, figure] of Object.entries(figures)) assert.equal(await text(page, id), figure);
    return true;
  });
}

/** Requests a gifticon with the keyboard. */
async function request(page: Page, user: string): Promise<void> {
  await page.getByLabel("User number").fill(user);
  await page.keyboard.press("Enter");
}

/** Waits until the page shows the expected message. */
async function message(page: Page, expected: RegExp): Promise<void> {
  await page.locator("#message", { hasText: expected }).waitFor();
}

// Code for the page is text, because its globals differ from those of the tests.

/** Returns the pixels of each chart. */
function drawings(page: Page): Promise<string[]> {
  return page.evaluate("[...document.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL())");
}

describe("the live page", () => {
  test("requests a gifticon, follows it to its code, and shows the progress of the whole event", async () => {
    await using event = await createEvent(backing, 50);
    await using crowd = new Crowd();
    const [api, other] = await Promise.all([event.start("main-api"), event.start("main-api")]);
    await using visited = await visit(browser, api.url, { width: PHONE, colorScheme: "dark" });
    const { page, problems } = visited;
    await shows(page, { live: "Live", accepted: "0", queued: "0", issued: "0", rejected: "0", remaining: "50" });
    await inOrder(page, problems);

    await request(page, "9007199254740993");
    await message(page, /waits for its turn/);
    await shows(page, { accepted: "1", queued: "1" });
    await inOrder(page, problems);
    const before = await drawings(page);
    await event.start("gifticon-issuer");
    const code = page.getByLabel("Your gifticon's code");
    await code.waitFor();
    const { rows } = await event.pool.query<{ code: string }>("select code from gifticon_request where user_id = $1", [
      "9007199254740993",
    ]);
    assert.deepEqual(
      [await code.innerText()],
      rows.map((row) => row.code),
    );

    // Other users send requests to another API than the page's.
    await crowd.askAll(other.url, range(1, 60));
    await shows(page, { accepted: "61", queued: "0", issued: "50", rejected: "11", remaining: "0" });
    const drawn = await drawings(page);
    assert.equal(drawn.length, 3);
    drawn.forEach((drawing, chart) => {
      assert.notEqual(drawing, before[chart], `chart ${chart} didn't change`);
    });

    await request(page, "9007199254740993");
    await message(page, /has a gifticon already/);
    await request(page, "61000");
    await message(page, /Sold out/);
    assert.equal(await code.isVisible(), false);
    await inOrder(page, problems);
  });

  test("explains a wrong user number, before and after the request", async () => {
    await using event = await createEvent(backing, 1);
    const api = await event.start("main-api");
    await using visited = await visit(browser, api.url, { width: DESKTOP, colorScheme: "light" });
    const { page, problems } = visited;
    for (const [user, problem] of [
      ["one", /1 to 19 digits/],
      [(2n ** 63n).toString(), /must be an integer from 1/],
    ] as const) {
      await request(page, user);
      await page.locator("#user-error", { hasText: problem }).waitFor();
      assert.equal(await page.getByLabel("User number").getAttribute("aria-invalid"), "true");
      await inOrder(page, problems);
    }
  });

  test("retries while requests can't be accepted, for one gifticon, even after a reload", async () => {
    await using event = await createEvent(backing, 5);
    const [api] = await Promise.all([event.start("main-api"), event.start("gifticon-issuer")]);
    await using visited = await visit(browser, api.url, { width: PHONE, colorScheme: "light" });
    const { page, problems } = visited;
    await shows(page, { remaining: "5" });
    await backing.broker.pause();
    try {
      await request(page, "7");
      await message(page, /Trying again in 1 s/);
      await page.locator("#mode", { hasText: "The broker is unavailable" }).waitFor();
      await inOrder(page, problems);
      await page.reload();
    } finally {
      await backing.broker.unpause();
    }
    const code = page.getByLabel("Your gifticon's code");
    await code.waitFor();
    await shows(page, { issued: "1", remaining: "4" });
    assert.deepEqual(problems, []);

    // When the API is gone, the figures stay, marked as old with their time.
    await api.end("SIGKILL");
    await page.locator("#live", { hasText: /No new figures since \d\d:\d\d:\d\d/ }).waitFor();
    assert.equal(await text(page, "issued"), "1");
    await inOrder(page, []);
  });

  test("shows in mode direct that there is no queue, and shows the code at once", async () => {
    await using event = await createEvent(backing, 5);
    const api = await event.start("main-api", { MODE: "direct" });
    await using visited = await visit(browser, api.url, { width: DESKTOP, colorScheme: "dark" });
    const { page, problems } = visited;
    await page.getByText("there is no queue and no lag").waitFor();
    await page.getByRole("button", { name: "Request a gifticon" }).click();
    await page.getByLabel("Your gifticon's code").waitFor();
    await shows(page, { accepted: "1", queued: "none", issued: "1", remaining: "4" });
    assert.equal(await page.locator("#lag").isVisible(), false);
    await inOrder(page, problems);
  });
});
