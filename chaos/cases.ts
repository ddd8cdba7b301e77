import { brokerCases } from "./blows/broker.ts";
import { databaseCases } from "./blows/database.ts";
import type { Case } from "./case.ts";

/** Every fault, in the order in which `--all` strikes. */
export const CASES: readonly Case[] = [...databaseCases, ...brokerCases];
