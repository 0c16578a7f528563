# What the scripts that drive the window share: a virtual display, a home of its own, keys, screenshots. Sourced, not run.

# Makes the display and the home: SIZE THEME SCALE [LANGUAGE].
set_stage() {
    size=$1
    local language=${4:-en}
    shots=$root/tests/artifacts/window/$2-$size-$3-$language
    home=$(mktemp -d)
    export NIBBLE_HOME=$home LIBGL_ALWAYS_SOFTWARE=1 WINIT_X11_SCALE_FACTOR=$3
    mkdir -p "$shots"
    printf 'theme = "%s"\nlanguage = "%s"\nmax_tokens = 64\n' "$2" "$language" > "$home/settings.toml"
    # The server takes a free display, and says which when it is ready.
    # It stays as it is when its last window ends, where it would begin anew and refuse the next one meanwhile.
    Xvfb -displayfd 3 -noreset -screen 0 "${size}x24" 3> "$home/display" > /dev/null 2>&1 &
    screen_pid=$!
    trap 'kill ${window_pid:-} ${hub_pid:-} $screen_pid 2> /dev/null || true; rm -rf "$home"' EXIT
    for _ in $(seq 300); do [ -s "$home/display" ] && break; sleep 0.1; done
    DISPLAY=:$(cat "$home/display")
    export DISPLAY
    unset WAYLAND_DISPLAY
}

fail() { echo "$(basename "$0"): $1" >&2; cat "$shots/log" >&2; exit 1; }
alive() { kill -0 "$window_pid" 2> /dev/null || fail "the window died"; }
shot() { alive; import -window root "$shots/$1.png"; }
differs() { cmp -s "$shots/$1.png" "$shots/$2.png" && fail "$2 shows nothing new" || true; }
keys() { xdotool key --delay 60 "$@"; }

# Waits until the screen stays as it is for three looks.
settle() {
    local before=none now same=0
    for _ in $(seq 80); do
        sleep 0.3
        alive
        now=$(import -window root rgb:- | md5sum)
        if [ "$now" = "$before" ]; then same=$((same + 1)); else same=0; fi
        [ "$same" = 2 ] && return
        before=$now
    done
}

# Starts the window and waits until it takes the keyboard.
start() {
    "${NIBBLE:-${CARGO_TARGET_DIR:-$root/target}/release/nibble}" "$@" 2> "$shots/log" &
    window_pid=$!
    local window=
    for _ in $(seq 300); do
        sleep 0.1
        alive
        window=$(xdotool search --onlyvisible --name Nibble 2> /dev/null | head -1 || true)
        [ -n "$window" ] || continue
        xdotool windowmove "$window" 0 0 windowsize "$window" "${size%x*}" "${size#*x}" 2> /dev/null || continue
        xdotool windowfocus "$window" 2> /dev/null && return
    done
    fail "no window appeared"
}

# Waits until a quantized model of this name is there.
made() {
    for _ in $(seq 600); do
        [ -e "$home/models/$1" ] && return
        alive
        sleep 0.1
    done
    fail "no $1 appeared"
}
