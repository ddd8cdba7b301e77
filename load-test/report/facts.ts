import type { Report } from "./report.ts";
import { milliseconds, number, percent } from "./rows.ts";

/** Returns the parameters of the test: the users, the environment and the versions. */
export function factsOf({ options, stack, versions, runs, services }: Report): [name: string, value: string][] {
  const plan = runs[0]?.plan;
  const generator = runs[0]?.generator;
  return [
    [
      "Users",
      options.model === "open"
        ? `open model, ${options.rate} new users a second, at most ${options.users} waiting`
        : `closed model, ${options.users} at once, ${milliseconds(plan?.thinkMs ?? 0)} between an answer and the next request`,
    ],
    [
      "Of them",
      `every ${plan?.repeatEvery ?? 0}th requests twice, every ${plan?.followEvery ?? 0}th follows its request to the result; an answer may take ${milliseconds(plan?.timeoutMs ?? 0)}`,
    ],
    ["Allowed errors", percent(options.maxErrorRate)],
    ["Stack", `${stack.name}, mode ${stack.mode}, ${stack.apiUrl}`],
    ["Hosts", stack.hosts.map(({ name }) => name).join(", ")],
    ["Stock", number(runs[0]?.database.stock ?? 0)],
    ...services.map(({ name, tasks, image }): [string, string] => [name, `${tasks}, ${image}`]),
    [
      "Generator",
      `${generator?.version ?? ""}; ${number(generator?.openFiles ?? 0)} files, ports ${generator?.ports.first ?? 0} to ${generator?.ports.last ?? 0}, ${generator?.cores ?? 0} cores`,
    ],
    ["Database", `${runs[0]?.database.version ?? ""}; at most ${runs[0]?.database.maxConnections ?? 0} connections`],
    ...Object.entries(versions),
  ];
}
