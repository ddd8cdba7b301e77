import { run } from "@gifticon/contract/runtime/run.ts";
import { startMainApi } from "./service.ts";

await run(() => startMainApi(process.env));
