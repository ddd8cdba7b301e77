#!/usr/bin/env bash
# Answers the first manager's key on a worker: this host leaves the Swarm as the node that the
# manager names. The key can do nothing else here.
# uses: leave-request

leave_swarm </dev/null
