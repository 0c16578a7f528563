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
    local display=97
    while [ -e /tmp/.X$display-lock ]; do display=$((display + 1)); done
    Xvfb ":$display" -screen 0 "${size}x24" > /dev/null 2>&1 &
    screen_pid=$!
    export DISPLAY=:$display
    unset WAYLAND_DISPLAY
    trap 'kill ${window_pid:-} ${hub_pid:-} $screen_pid 2> /dev/null || true; rm -rf "$home"' EXIT
    for _ in $(seq 100); do [ -e /tmp/.X$display-lock ] && break; sleep 0.1; done
}

fail() { echo "$(basename "$0"): $1" >&2; cat "$shots/log" >&2; exit 1; }
alive() { kill -0 "$window_pid" 2> /dev/null || fail "the window died"; }
shot() { alive; import -window root "$shots/$1.png"; }
differs() { cmp -s "$shots/$1.png" "$shots/$2.png" && fail "$2 shows nothing new" || true; }
keys() { xdotool key --delay 60 "$@"; }

# Waits until the screen stays as it is.
settle() {
    local before=none now
    for _ in $(seq 80); do
        sleep 0.3
        alive
        now=$(import -window root rgb:- | md5sum)
        [ "$now" = "$before" ] && return
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
