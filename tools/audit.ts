import { text as read } from "node:stream/consumers";
import { z } from "zod";
import { dated, readExceptionsFile, text } from "../policy/exceptions-file.ts";

const exception = z.strictObject({
  /** Its id, such as GHSA-xxxx-xxxx-xxxx. */
  advisory: z.string().regex(/^GHSA(-[0-9a-z]{4}){3}$/, { error: "an advisory such as GHSA-xxxx-xxxx-xxxx" }),
  package: text("the name of a package"),
  ...dated,
});

/** An advisory that is accepted for a while. */
export type AuditException = z.infer<typeof exception>;

/**
 * The parts of the output of `npm audit --json` that are read: packages with advisories, or with
 * the packages that cause them.
 */
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
 * Returns a line for each advisory that no exception covers.
 *
 * @param answer The output of `npm audit --json`.
 * @param today A date such as 2026-11-22. An exception is valid through its last day.
 * @throws Error when the answer is no report, because then nothing is known.
 */
export function faultsOfAudit(answer: string, exceptions: readonly AuditException[], today: string): string[] {
  const { success, data } = report.safeParse(JSON.parse(answer));
  if (!success) throw new Error(`npm audit returned no report: ${answer.slice(0, 500)}`);
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

/**
 * Reads the exceptions.
 *
 * @throws ExceptionsError when an entry is incomplete.
 */
export function readAuditExceptions(): AuditException[] {
  return readExceptionsFile(
    new URL("audit-exceptions.yaml", import.meta.url),
    "tools/audit-exceptions.yaml",
    exception,
  );
}

if (import.meta.main) {
  const faults = faultsOfAudit(await read(process.stdin), readAuditExceptions(), new Date().toISOString().slice(0, 10));
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
