import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { parse } from "yaml";
import { z } from "zod";

const exception = z.strictObject({
  /** As GHSA-xxxx-xxxx-xxxx. */
  advisory: z.string().regex(/^GHSA(-[0-9a-z]{4}){3}$/, { error: "an advisory as GHSA-xxxx-xxxx-xxxx" }),
  package: z.string().min(1),
  reason: z.string().min(10, { error: "a sentence that says why" }),
  /** The last day that it holds. */
  until: z.iso.date({ error: "a day as 2026-12-31" }),
});
const exceptionsFile = z.strictObject({ exceptions: z.array(exception) });

/** An advisory that is let pass for a while. */
export type AuditException = z.infer<typeof exception>;

/** What `npm audit --json` answers, as far as it is read: packages, each with advisories, or with the names of packages that bring them. */
const report = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      via: z.array(
        z.union([
          z.string(),
          z.object({ url: z.string(), title: z.string(), severity: z.string(), range: z.string() }),
        ]),
      ),
    }),
  ),
});

/**
 * Says of each advisory in a report that no exception covers what it is, one line each.
 *
 * @param answer what `npm audit --json` wrote.
 * @param today as 2026-11-22: an exception holds through its last day.
 * @throws Error when that is no report: where the registry answers no audit, nothing is known, and that is not well.
 */
export function judgeAudit(answer: string, exceptions: readonly AuditException[], today: string): string[] {
  const { success, data } = report.safeParse(JSON.parse(answer));
  if (!success) throw new Error(`npm audit gave no report: ${answer.slice(0, 500)}`);
  const found = Object.entries(data.vulnerabilities).flatMap(([name, { via }]) =>
    via
      .filter((cause) => typeof cause !== "string")
      .map(({ url, title, severity, range }) => ({
        name,
        advisory: url.slice(url.lastIndexOf("/") + 1),
        title,
        severity,
        range,
      })),
  );
  return found
    .filter(
      ({ name, advisory }) =>
        !exceptions.some((one) => one.advisory === advisory && one.package === name && one.until >= today),
    )
    .map(({ name, advisory, title, severity, range }) => `${name} ${range}: ${title} (${severity}, ${advisory})`);
}

/** Reads the exceptions. Throws z.ZodError when an entry is incomplete. */
export function readAuditExceptions(path = new URL("audit-exceptions.yaml", import.meta.url)): AuditException[] {
  return exceptionsFile.parse(parse(readFileSync(path, "utf8"))).exceptions;
}

if (import.meta.main) {
  const faults = judgeAudit(await text(process.stdin), readAuditExceptions(), new Date().toISOString().slice(0, 10));
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
