import { bundlePage } from "./page-bundle.ts";

/**
 * Returns the live page as one HTML file. From source, this bundles the page. The service's bundle
 * replaces this module by the finished text (services/bundle.ts).
 */
export function pageHtml(): Promise<string> {
  return bundlePage();
}
