#!/usr/bin/env bash
# Drives the quantize screen and the quality report of the real window under a virtual display, by keyboard and pointer.
#
#   tests/window/quality.sh [WIDTHxHEIGHT] [THEME] [SCALE]
#
# The built-in model opened as a folder, its table of precisions with all formats, quantized to two precisions and measured; both
# reports; a context that does not fit. Screenshots go to tests/artifacts/window/THEME-SIZE-SCALE. Needs what drive.sh needs.
# Fails if the window dies, if a model or its report does not appear, or if a screen does not change when it should.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tests/window/stage.sh"
set_stage "${1:-1280x800}" "${2:-light}" "${3:-1}"
model=$root/assets/starter

# Waits until the quality of a model was measured.
measured() {
    for _ in $(seq 600); do
        grep -q kl_mean "$home/models/$1.quality.json" 2> /dev/null && return
        alive
        sleep 0.1
    done
    fail "$1 was not measured"
}
stop() { kill "$window_pid"; wait "$window_pid" 2> /dev/null || true; }

start "$model"
settle
sleep 3 # the speed of memory is measured once, at the first advice
settle
shot q1-model
keys ctrl+Return
made starter-int4.gguf
measured starter-int4
settle
shot q2-chat-and-measured
differs q1-model q2-chat-and-measured
stop

sed -i '/^precision/d' "$home/settings.toml"
sed -i '1i precision = "q3_k_s"' "$home/settings.toml"
start "$model"
settle
shot q3-table-with-quality
differs q1-model q3-table-with-quality
keys ctrl+Return
made starter-q3_k_s.gguf
measured starter-q3_k_s
settle
shot q4-measured
# The palette leads to reports by name.
keys ctrl+k
settle
xdotool type --delay 25 "quality"
settle
shot q5-palette
keys Return
settle
shot q6-report
differs q4-measured q6-report
xdotool mousemove $((${size%x*} * 6 / 10)) $((${size#*x} * 6 / 10)) click --repeat 30 --delay 20 5
settle
shot q7-report-below
differs q6-report q7-report-below
xdotool click --repeat 4 --delay 20 4
settle
shot q7-report-middle
stop

# A context of a hundred million tokens fits nowhere.
sed -i '/^context/d' "$home/settings.toml"
sed -i '1i context = 100000000' "$home/settings.toml"
start "$home/models/starter-int4.gguf"
settle
keys ctrl+k
settle
xdotool type --delay 25 "int4"
settle
keys Return
settle
shot q8-too-large
differs q7-report-below q8-too-large
stop
echo "quality: $(ls "$shots"/q*.png | wc -l) screenshots in ${shots#"$root/"}"
