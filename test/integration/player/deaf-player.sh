#!/bin/sh
# Starts, and neither answers nor ends when it is asked to.
trap '' TERM
while :; do read -r _ <&3 || exec sleep 60; done
