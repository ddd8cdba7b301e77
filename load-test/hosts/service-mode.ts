import { SWARM_SERVICES } from "@gifticon/contract/facts/names.ts";
import { renderScript } from "../../infra/scripts/render-script.ts";

/**
 * Returns the script that changes the mode of the API, for the manager. Its verb `restore` sets the
 * declared mode again and reads no value.
 *
 * @param mode the mode that the verb `switch` sets.
 * @param poolSize database connections of each task in that mode.
 */
export function serviceModeScript(mode: "kafka" | "direct", poolSize: number): string {
  return renderScript("load-test/hosts/service-mode.sh", {
    SERVICE_NAME: SWARM_SERVICES.api,
    MODE: mode,
    POOL_SIZE: poolSize,
  });
}
