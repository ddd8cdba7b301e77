#!/usr/bin/env bash
# Function that tells a Docker engine that hangs from one that is off.
# environment: ENGINE_SECONDS
# ENGINE_SECONDS is the time that the engine has to answer, by default 15.

# Succeeds if the Docker engine hangs. Without an engine, docker fails at once.
engine_hangs() {
  timeout "${ENGINE_SECONDS:-15}" docker version >/dev/null 2>&1
  (($? == 124))
}
