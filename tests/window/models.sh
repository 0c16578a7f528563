#!/usr/bin/env bash
# Drives the screens of models under a virtual display, with a Hub on loopback: search, model page, downloading, paused,
# continued, failed, tried again, library, chat.
#
#   tests/window/models.sh [WIDTHxHEIGHT] [THEME] [SCALE]
#
# By keyboard alone. Screenshots go to tests/artifacts/window/THEME-SIZE-SCALE, beside those of drive.sh, which says what is
# needed; and the example `hub_server` of the tests, built with `cargo build --workspace --release --examples`.
# Fails if the window dies, if a model does not arrive, or if a screen does not change when it should.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tests/window/stage.sh"
set_stage "${1:-1280x800}" "${2:-light}" "${3:-1}"

# The Hub: the starter under another name, and a model that does not run.
served=$home/served
mkdir -p "$served/good" "$served/pickle"
cp "$root"/assets/starter/*.json "$root/assets/starter/model.safetensors" "$served/good"
cat > "$served/good/README.md" <<'CARD'
---
license: apache-2.0
---
# A small model to practise with

It answers questions about **Nibble** and nothing else.

| Question | Answer |
| --- | --- |
| What is Nibble? | A chat application |
| Which precision? | One that fits |

```sh
nibble-cli pull small/practice
```
CARD
echo '{"downloads": 12345, "likes": 67, "tags": ["license:apache-2.0"], "lastModified": "2026-05-04T03:02:01.000Z", "safetensors": {"total": 4460000}}' > "$served/good/facts.json"
echo 'x' > "$served/pickle/pytorch_model.bin"
echo '{"model_type": "llama"}' > "$served/pickle/config.json"
echo '{"downloads": 321, "likes": 1, "tags": [], "safetensors": {"total": 4460000}}' > "$served/pickle/facts.json"

mkfifo "$home/orders"
"${CARGO_TARGET_DIR:-$root/target}/release/examples/hub_server" 0 small/practice="$served/good" small/practice-pickle="$served/pickle" \
    < "$home/orders" > "$home/endpoint" &
hub_pid=$!
exec 9> "$home/orders"
for _ in $(seq 100); do [ -s "$home/endpoint" ] && break; sleep 0.1; done
HF_ENDPOINT=$(cat "$home/endpoint")
export HF_ENDPOINT HF_HOME=$home/hf
order() { echo "$1" >&9; sleep 0.2; }
# Does what the palette finds first for these words.
palette() { keys ctrl+k; settle; xdotool type --delay 25 "$1"; settle; keys Return; }
tabs() { for _ in $(seq "$1"); do keys Tab; done; }

start
settle
palette "find models"
settle
shot m1-catalog
xdotool type --delay 25 "practice"
keys Return
settle
shot m2-found
differs m1-catalog m2-found
# Past the three choices and the check box to the first result.
tabs 5
keys Return
settle
shot m3-page
differs m2-found m3-page

order "model.safetensors stall 3000000"
keys ctrl+Return
settle
# The second process of the engine starts, asks for the listing, and gets as far as the Hub lets it.
sleep 3
shot m4-downloading
differs m3-page m4-downloading
palette "pause"
settle
shot m5-paused
differs m4-downloading m5-paused
order "model.safetensors status 404"
palette "resume"
# The engine's process starts again before the Hub is asked.
sleep 3
settle
shot m6-failed
differs m5-paused m6-failed
order "model.safetensors behave"
palette "try again"
made practice-q8_0.gguf
settle
shot m7-ready
differs m6-failed m7-ready

palette "models"
settle
shot m8-library
differs m7-ready m8-library
palette "chat practice"
settle
xdotool type --delay 25 "What is Nibble?"
keys Return
sleep 2
settle
shot m9-chat
differs m8-library m9-chat

# A Hub that is gone is told, with a way on.
kill $hub_pid
palette "find models"
settle
keys ctrl+a
xdotool type --delay 25 "other"
keys Return
sleep 1
shot m10-asking
# Six tries, each after twice the wait of the one before.
sleep 25
shot m11-silent
differs m10-asking m11-silent
kill $window_pid
