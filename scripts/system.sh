#!/bin/sh
# Install the Debian packages that pip cannot bring; say what to do where that is not possible.
# system.sh runtime: graphics libraries that MediaPipe and OpenCV link to.  system.sh browser: Chromium for the tests.
set -eu

missing=""
case "$1" in
runtime)
    for pair in libEGL.so.1:libegl1 libGLESv2.so.2:libgles2 libGL.so.1:libgl1 libgthread-2.0.so.0:libglib2.0-0; do
        /sbin/ldconfig -p 2>/dev/null | grep -q "${pair%%:*}" || missing="$missing ${pair##*:}"
    done
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing="$missing python3-venv"
    purpose="MediaPipe and OpenCV load these libraries" ;;
browser)
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="chromium"
    purpose="the browser tests drive it" ;;
esac
[ -n "$missing" ] || exit 0

run=""
if [ "$(id -u)" -ne 0 ]; then
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then run="sudo -n"; else run="none"; fi
fi
if [ "$run" = none ] || ! command -v apt-get >/dev/null; then
    echo "Please install$([ "$1" = browser ] && echo '') as root: apt-get install$missing ($purpose)." >&2
    [ "$1" = browser ] && exit 0 # pytest then names the browser tests that it had to leave out
    exit 1
fi
echo "Installing$missing ($purpose)"
$run apt-get update -qq
# shellcheck disable=SC2086 # a list on purpose
DEBIAN_FRONTEND=noninteractive $run apt-get install -y -qq --no-install-recommends $missing >/dev/null
