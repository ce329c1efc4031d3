#!/bin/sh
# Whole processes side by side: bursar, hledger, ledger and plain SQL on the same transactions.
#
#     benches/peers.sh [TRANSACTIONS]        default 10000
#
# Prints the best and the median of ROUNDS runs (default 3) and the most memory of any. Needs hledger, ledger, sqlite3
# and GNU time; what is missing is said and left out. BURSAR names another binary than target/release/bursar.
set -eu

cd "$(dirname "$0")/.."
size=${1:-10000}
rounds=${ROUNDS:-3}
target=${CARGO_TARGET_DIR:-target}
bursar=${BURSAR:-$target/release/bursar}

if [ ! -x /usr/bin/time ]; then
    echo "GNU time is missing (apt install time): it measures time and memory" >&2
    exit 1
fi
if [ -z "${BURSAR:-}" ]; then
    cargo build --release --quiet
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export BURSAR_BOOK="$folder/b.db"

# measure LABEL COMMAND…: one row of the table. Output goes to $folder/out.
measure() {
    label=$1
    shift
    : >"$folder/times"
    round=0
    while [ "$round" -lt "$rounds" ]; do
        round=$((round + 1))
        if ! /usr/bin/time -o "$folder/time" -f '%e %M' "$@" >"$folder/out" 2>"$folder/err"; then
            printf '%-34s failed: %s\n' "$label" "$(head -n 1 "$folder/err")"
            return 0
        fi
        tail -n 1 "$folder/time" >>"$folder/times"
    done
    sort -n "$folder/times" | awk -v label="$label" '
        { seconds[NR] = $1; if ($2 > peak) peak = $2 }
        END { printf "%-34s %9.2f %9.2f %9.1f\n", label, seconds[1], seconds[int((NR + 1) / 2)], peak / 1024 }'
}

# peer PROGRAM LABEL COMMAND…: the same, if the program is there.
peer() {
    if command -v "$1" >/dev/null 2>&1; then
        shift
        measure "$@"
    else
        printf '%-34s %s\n' "$2" "left out: $1 is not installed (apt install $1)"
    fi
}

echo "generating $size transactions" >&2
cargo bench --quiet --bench books -- generate "$size" "$folder/journal.csv"

printf '%s transactions, best and median of %s\n\n' "$size" "$rounds"
printf '%-34s %9s %9s %9s\n' '' 'best s' 'median s' 'peak MB'
cat >"$folder/import" <<'END'
set -eu
rm -f "$BURSAR_BOOK"
"$1" init --name Bench --currency USD
"$1" import hledger "$2"
END
measure 'bursar init, import hledger' sh "$folder/import" "$bursar" "$folder/journal.csv"
measure 'bursar import again (adds nothing)' "$bursar" import hledger "$folder/journal.csv"
measure 'bursar export hledger' "$bursar" export hledger
mv "$folder/out" "$folder/journal.hledger"
measure 'bursar export ledger' "$bursar" export ledger
mv "$folder/out" "$folder/journal.ledger"
echo
measure 'bursar report trial-balance' "$bursar" report trial-balance
measure 'bursar report activities' "$bursar" report activities
measure 'bursar verify' "$bursar" verify
peer hledger 'hledger bal' hledger -f "$folder/journal.hledger" bal
peer ledger 'ledger bal' ledger -f "$folder/journal.ledger" bal
peer sqlite3 'sqlite3, GROUP BY account' sqlite3 -readonly "$BURSAR_BOOK" \
    'SELECT account, sum(amount) FROM posting GROUP BY account'
