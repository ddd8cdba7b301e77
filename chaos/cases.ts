import { apiCases } from "./blows/api.ts";
import { brokerCases } from "./blows/broker.ts";
import { databaseCases } from "./blows/database.ts";
import { diskCases } from "./blows/disk.ts";
import { entranceCases } from "./blows/entrance.ts";
import { hostCases } from "./blows/hosts.ts";
import { issuerCases } from "./blows/issuer.ts";
import { networkCases } from "./blows/network.ts";
import { overloadCases } from "./blows/overload.ts";
import { replacementCases } from "./blows/replacement.ts";
import type { Case } from "./case.ts";

/** Every fault, in the order in which `--all` strikes. */
export const CASES: readonly Case[] = [
  ...databaseCases,
  ...brokerCases,
  ...issuerCases,
  ...apiCases,
  ...overloadCases,
  ...networkCases,
  ...hostCases,
  ...entranceCases,
  ...diskCases,
  ...replacementCases,
];
