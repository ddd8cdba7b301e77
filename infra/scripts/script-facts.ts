import { HOST_FOLDER } from "@gifticon/contract/facts/paths.ts";
import { PORTS } from "@gifticon/contract/facts/ports.ts";
import {
  EXTRA_COPY_LABEL,
  HOST_LABEL,
  SERVICE_LABEL,
  STACK_FILE_LABEL,
  STACK_LABEL,
  TASK_LABEL,
} from "@gifticon/contract/facts/names.ts";
import type { ScriptValues } from "./shell-scripts.ts";

/**
 * Facts that a script can declare among its values. `renderScript` adds them, so no caller passes
 * them.
 */
export const SCRIPT_FACTS: ScriptValues = {
  EXTRA_COPY_LABEL,
  HOST_FOLDER,
  HOST_LABEL,
  SERVICE_LABEL,
  STACK_FILE_LABEL,
  STACK_LABEL,
  TASK_LABEL,
  SWARM_PORT: PORTS.swarmControl,
};
