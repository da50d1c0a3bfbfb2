# Runs "$@" with a Secret Service of its own: a fresh GNOME keyring in the private HOME, unlocked.
# Started by `dbus-run-session`, whose bus ends with the command and takes the daemon with it.
set -eu
log=$HOME/keyring.log
printf test | gnome-keyring-daemon --unlock --components=secrets >"$log" 2>&1
# The daemon reports success even for a wrong password, so ask for the collection itself.
tries=0
until dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
    org.freedesktop.Secret.Service.ReadAlias string:default 2>>"$log" | grep -q login; do
    tries=$((tries + 1))
    if [ "$tries" -ge 100 ]; then
        echo "the keyring's login collection did not appear within 10 s:" >&2
        cat "$log" >&2
        exit 1
    fi
    sleep 0.1
done
exec "$@"
