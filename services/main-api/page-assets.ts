import { bundlePage } from "./page-bundle.ts";

/**
 * The live page, one file with all that it needs. From the sources it is bundled here and now; the bundle of the service has
 * the finished text in place of this module (services/bundle.ts).
 */
export function pageHtml(): Promise<string> {
  return bundlePage();
}
