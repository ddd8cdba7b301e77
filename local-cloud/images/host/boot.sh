#!/bin/sh
# The first process of an instance.
exec sleep infinity
