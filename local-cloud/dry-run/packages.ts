import { aws } from "../aws/package.ts";
import { command } from "../stand-ins/command/package.ts";
import { docker } from "../stand-ins/docker/package.ts";
import { random } from "../stand-ins/random/package.ts";
import { tls } from "../stand-ins/tls/package.ts";

/** All packages that a program can use in a dry run. */
export const packages = [aws, command, docker, random, tls];
