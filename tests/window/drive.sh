#!/usr/bin/env bash
# Drives the real window under a virtual display as a person would, by keyboard, and keeps screenshots.
#
#   tests/window/drive.sh [WIDTHxHEIGHT] [THEME] [SCALE] [LANGUAGE]
#
# A first start, a question to the built-in model, the same model opened as a folder and quantized again, a second start.
# Screenshots go to tests/artifacts/window/THEME-SIZE-SCALE-LANGUAGE. Needs Xvfb, xdotool, imagemagick and a software OpenGL (packages
# xvfb xdotool imagemagick libgl1-mesa-dri libegl1 libxkbcommon-x11-0), and the release build of the window, or the one that NIBBLE names.
# Fails if the window dies, if a quantized model does not appear, or if a screen does not change when it should.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
. "$root/tests/window/stage.sh"
model=$root/assets/starter
set_stage "${1:-1280x800}" "${2:-light}" "${3:-1}" "${4:-en}"

start
settle
shot 1-first-start
xdotool type --delay 25 "What is Nibble?"
keys Return
made Nibble-Starter-int4.gguf
settle
shot 2-replied
differs 1-first-start 2-replied
keys ctrl+n
settle
shot 3-new-chat
differs 2-replied 3-new-chat
keys ctrl+comma
settle
shot 4-settings
differs 3-new-chat 4-settings
kill $window_pid
wait $window_pid 2> /dev/null || true

# The dialogs of the system do not exist here, so the folder is named as an argument, as a file manager does.
sed -i '/^precision/d' "$home/settings.toml"
sed -i '1i precision = "int8"' "$home/settings.toml"
start "$model"
settle
shot 5-model
differs 4-settings 5-model
keys ctrl+Return
sleep 0.2
shot 6-quantizing
made starter-int8.gguf
settle
shot 7-ready
differs 5-model 7-ready
xdotool type --delay 25 "How do I choose a precision?"
keys Return
sleep 0.3
shot 8-replying
settle
shot 9-replied
differs 7-ready 9-replied
# The up arrow in the empty composer changes the last message, which makes a second version of it.
keys Up
settle
shot 10-editing
xdotool type --delay 25 " Tell me"
keys Return
sleep 1
settle
shot 11-edited
differs 9-replied 11-edited
keys ctrl+n
settle
shot 12-new-chat
differs 11-edited 12-new-chat
keys ctrl+f
xdotool type --delay 25 "nibble"
settle
shot 13-found
differs 12-new-chat 13-found
keys Escape
keys ctrl+k
settle
shot 14-palette
keys Escape
grep -q 'last_model' "$home/settings.toml" || fail "the settings were not kept"
kill $window_pid
wait $window_pid 2> /dev/null || true

# Chats outlive the window, even when it was killed.
[ -s "$home/chats.db" ] || fail "no chats were kept"
start
settle
shot 15-again
differs 1-first-start 15-again

# The page about the program has its name in every language.
keys ctrl+k
settle
xdotool type --delay 25 "nibble"
settle
keys Return
settle
shot 16-about
differs 15-again 16-about
# Back to the chat, and its drawer.
keys ctrl+comma
keys ctrl+period
settle
shot 17-drawer
# From the first control of the drawer backwards lies its last one.
keys shift+Tab
keys shift+Tab
settle
shot 18-drawer-end
kill $window_pid
echo "drive: $(ls "$shots"/*.png | wc -l) screenshots in ${shots#"$root/"}"
