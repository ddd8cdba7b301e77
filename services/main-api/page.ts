import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { pageHtml } from "./page-assets.ts";

/** The live page as it is sent. */
export interface Page {
  html: string;
  gzipped: Buffer;
  contentSecurityPolicy: string;
}

let loaded: Promise<Page> | undefined;

/** The live page, made once. */
export function loadPage(): Promise<Page> {
  loaded ??= pageHtml().then((html) => ({
    html,
    gzipped: gzipSync(html),
    contentSecurityPolicy: contentSecurityPolicy(html),
  }));
  return loaded;
}

/**
 * Lets a page do nothing but what is written in it: its own inline scripts and styles (by their hashes), requests to its own
 * origin, and images that are in it.
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
