import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { contentSecurityPolicy, loadPage } from "./page.ts";

describe("the page", () => {
  test("is limited by its policy to its own script, style and origin", () => {
    // The hashes: printf %s SCRIPT | openssl dgst -sha256 -binary | base64
    assert.equal(
      contentSecurityPolicy('<style>a {}</style><script type="module">let b;</script>'),
      "default-src 'none'; script-src 'sha256-hsI9g1gl6FsTzmrcC9WiR+tkeMH1/0jO77fiJQKbJqM='; style-src 'sha256-mkSHzL7faOU7/U/v8Umg+058R69+vN2A2xmE3Fz1q98='; " +
        "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  test("is one small file without references", async () => {
    const { html, gzipped } = await loadPage();
    assert.match(html, /^<!doctype html>/);
    assert.doesNotMatch(html, /<script[^>]* src=|<link[^>]* href="(?!data:)|@import|url\(/);
    assert.ok(gzipped.length < 64 * 1024, `${gzipped.length} bytes`);
  });
});
