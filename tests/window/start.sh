#!/usr/bin/env bash
# How long the window takes from the start of its process to its first frame, and how much memory it has then, with
# 10,000 chats in the store, one of them of 5,000 messages.
#
#   tests/window/start.sh [TIMES]
#
# Under Xvfb with a software OpenGL, which is most of the memory of the process on such a machine; so its private memory is
# told beside that of a window without a chat. Needs what drive.sh needs, and the release build of the window and its tests.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
times=${1:-7}
home=$(mktemp -d)
export NIBBLE_LOG=nibble=info LIBGL_ALWAYS_SOFTWARE=1

display=97
while [ -e /tmp/.X$display-lock ]; do display=$((display + 1)); done
Xvfb ":$display" -screen 0 1200x800x24 > /dev/null 2>&1 &
screen_pid=$!
export DISPLAY=:$display
unset WAYLAND_DISPLAY
trap 'kill ${window_pid:-} $screen_pid 2> /dev/null || true; rm -rf "$home"' EXIT
for _ in $(seq 100); do [ -e /tmp/.X$display-lock ] && break; sleep 0.1; done

fail() { echo "start: $1" >&2; cat "$home/log" >&2; exit 1; }

# Milliseconds from the start of the process until the log says this.
until_said() {
    local said
    for _ in $(seq 200); do
        said=$(grep -m1 "$1" "$home/log" | cut -d' ' -f1 || true)
        if [ -n "$said" ]; then
            echo $((($(date -d "$said" +%s%N) - begun) / 1000000))
            return
        fi
        kill -0 $window_pid 2> /dev/null || fail "the window died"
        sleep 0.05
    done
    fail "the log never said: $1"
}

# MiB of this kind of memory of the window.
memory() { awk -v kind="$1:" '$1 == kind { print int($2 / 1024) }' "/proc/$window_pid/status"; }

measure() {
    for _ in $(seq "$times"); do
        begun=$(date +%s%N)
        "${NIBBLE:-$target/release/nibble}" 2> "$home/log" &
        window_pid=$!
        frame=$(until_said "first frame")
        store=$(until_said "the store is open")
        sleep 1.5
        echo "$frame ms to the first frame, $store ms to the list of chats, $(memory VmRSS) MiB resident, $(memory RssAnon) MiB of them private"
        kill $window_pid
        wait $window_pid 2> /dev/null || true
    done | sort -n
}

echo "without a chat:"
export NIBBLE_HOME=$home/empty
mkdir "$NIBBLE_HOME"
measure
echo "with 10,000 chats:"
export NIBBLE_HOME=$home/full
mkdir "$NIBBLE_HOME"
(cd "$root" && NIBBLE_TEST_STORE=$NIBBLE_HOME/chats.db cargo test --workspace --release --quiet --test store -- --ignored > "$home/log" 2>&1) ||
    fail "the store could not be made"
measure
