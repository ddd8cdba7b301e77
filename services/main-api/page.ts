import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { pageHtml } from "./page-assets.ts";

/** The live page, ready to send. */
export interface Page {
  html: string;
  gzipped: Buffer;
  contentSecurityPolicy: string;
}

let loaded: Promise<Page> | undefined;

/** Returns the live page. It is built once. */
export function loadPage(): Promise<Page> {
  loaded ??= pageHtml().then((html) => ({
    html,
    gzipped: gzipSync(html),
    contentSecurityPolicy: contentSecurityPolicy(html),
  }));
  return loaded;
}

/**
 * Returns a policy that allows the page's inline scripts and styles (by hash), requests to its own
 * origin, and inline images.
 */
export function contentSecurityPolicy(html: string): string {
  const hashes = (element: string) =>
    [...html.matchAll(new RegExp(`<${element}\\b[^>]*>(.*?)</${element}>`, "gs"))]
      .map(
        ([, content]) =>
          `'sha256-${createHash("sha256")
            .update(content ?? "")
            .digest("base64")}'`,
      )
      .join(" ");
  return [
    "default-src 'none'",
    `script-src ${hashes("script")}`,
    `style-src ${hashes("style")}`,
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
