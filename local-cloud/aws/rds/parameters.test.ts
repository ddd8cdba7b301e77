import assert from "node:assert/strict";
import { test } from "node:test";
import { parameterFault } from "./parameters.ts";

const given = (name: string, value: string, applyMethod = "immediate") => ({ name, value, applyMethod });

for (const right of [
  given("rds.force_ssl", "1"),
  given("work_mem", "64"),
  given("log_statement", "ddl"),
  given("max_connections", "100", "pending-reboot"),
  given("work_mem", "64", "pending-reboot"),
  given("shared_preload_libraries", "pg_stat_statements, auto_explain", "pending-reboot"),
]) {
  test(`${right.name} = ${right.value} (${right.applyMethod}) is accepted`, () => {
    assert.equal(parameterFault(right), undefined);
  });
}

for (const [wrong, field] of [
  [given("no_such_parameter", "1"), "name"],
  [given("constructor", "1"), "name"],
  [given("rds.force_ssl", "on"), "value"],
  [given("work_mem", "63"), "value"],
  [given("work_mem", "4MB"), "value"],
  [given("log_statement", "some"), "value"],
  [given("search_path", "a\nb"), "value"],
  [given("shared_preload_libraries", "pg_cron", "pending-reboot"), "value"],
  [given("max_connections", "100"), "applyMethod"],
] as const) {
  test(`${wrong.name} = ${JSON.stringify(wrong.value)} (${wrong.applyMethod}) is refused at its ${field}`, () => {
    assert.equal(parameterFault(wrong)?.field, field);
  });
}
